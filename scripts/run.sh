#!/usr/bin/env bash
# Opens the studio; where there is no screen, composes something instead, to show that all works.
# The argument is the environment's bin folder.
set -euo pipefail
cd "$(dirname "$0")/.."
composer="${1:-.venv/bin}/composer-app"

has_display() {
    [ "$(uname)" != Linux ] || [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}${QT_QPA_PLATFORM:-}" ]
}

if has_display; then
    exec "$composer"
fi

echo "There is no display here, so the studio cannot open. Composing a sample melody instead:"
mkdir -p build
"$composer" sample twinkle -o build/melody.mid
"$composer" generate build/melody.mid -o build/twinkle.mid
"$composer" picture build/twinkle.mid -o build/twinkle.png
echo "The composition:      build/twinkle.mid"
echo "Its piano roll:       build/twinkle.png"
