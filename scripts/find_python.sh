#!/bin/sh
# Prints the interpreter to build the virtual environment with: $PYTHON where it is set, else the
# one that the environment in $VENV was made with, else the first of the candidates that runs.
#
# 3.11 and 3.12 come first because every library has ready-made wheels for them; for later ones
# python-rtmidi has to be built. Python 3.15 and later have to be named: nobody has tried them.
#
# Each candidate is really run: version managers leave commands on the path that only print how
# to install what they are named after.

new_enough='import sys; sys.exit(sys.version_info < (3, 11))'
tried='import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))'

if [ -n "${PYTHON:-}" ]; then
    test=$new_enough
    set -- "$PYTHON"
else
    test=$tried
    made_with=
    if [ -n "${VENV:-}" ]; then
        made_with=$("$VENV/bin/python" -c 'import sys; print(sys._base_executable)' 2>/dev/null)
    fi
    set -- "${made_with:-python3.11}" python3.11 python3.12 python3.13 python3.14 python3 python
fi

for candidate; do
    if "$candidate" -c "$test" >/dev/null 2>&1; then
        exec "$candidate" -c 'import sys; print(sys.executable)'
    fi
done

if [ -n "${PYTHON:-}" ]; then
    echo "PYTHON=$PYTHON does not run, or is older than Python 3.11." >&2
else
    echo "Composer needs Python 3.11, 3.12, 3.13 or 3.14, and found none." >&2
    echo "Install one (Debian, Ubuntu: apt-get install python3 python3-venv) or name it:" >&2
    echo "    make run PYTHON=/path/to/python3.13" >&2
fi
exit 1
