#!/usr/bin/env bash
# Opens the studio. Where no window can be opened, says why and composes a sample melody instead,
# which shows all the same that everything is installed.
# The argument is the environment's bin folder.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=${1:-.venv/bin}

problem=$("$bin/python" -c \
    'from composer_app.studio.runtime.display import display_problem; print(display_problem() or "")')
if [ -z "$problem" ]; then
    exec "$bin/composer-app"
fi

echo "$problem"
echo "Composing a sample melody instead:"
mkdir -p build
"$bin/composer-app" sample twinkle -o build/melody.mid
"$bin/composer-app" generate build/melody.mid -o build/twinkle.mid
"$bin/composer-app" picture build/twinkle.mid -o build/twinkle.png
echo
echo "The composition: $PWD/build/twinkle.mid"
echo "Its piano roll:  $PWD/build/twinkle.png"
