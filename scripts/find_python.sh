#!/bin/sh
# Prints the interpreter to build the virtual environment with: $PYTHON where it is set, else the
# first of the candidates that runs and is new enough. 3.11 comes first because every library,
# the training ones included, has ready-made wheels for it.
#
# Each candidate is really run: version managers leave commands on the path that only print how
# to install what they are named after.

new_enough='import sys; sys.exit(sys.version_info < (3, 11))'

if [ -n "${PYTHON:-}" ]; then
    set -- "$PYTHON"
else
    set -- python3.11 python3.12 python3 python
fi

for candidate; do
    if "$candidate" -c "$new_enough" >/dev/null 2>&1; then
        exec "$candidate" -c 'import sys; print(sys.executable)'
    fi
done

if [ -n "${PYTHON:-}" ]; then
    echo "PYTHON=$PYTHON does not run, or is older than Python 3.11." >&2
else
    echo "Composer needs Python 3.11 or 3.12, and found none." >&2
    echo "Install one (Debian, Ubuntu: apt-get install python3 python3-venv) or name it:" >&2
    echo "    make run PYTHON=/path/to/python3.12" >&2
fi
exit 1
