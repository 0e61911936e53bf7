"""Writes the tables of keys in docs/user-guide.md, from the table that the window is made of.

Run with ``python docs/make_key_tables.py`` after a change of
composer_app/studio/widgets/commands/command_table.py; a test sees whether it has been done.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from composer_app.studio.widgets.commands.command_table import (
    CHANGING,
    FILES,
    GENERATING,
    IN_FIELDS,
    IN_ROLL,
    IN_SCORE,
    LOOKING,
    NOTES_IN,
    ON_KEYBOARD,
    PLAYING,
    Command,
    KeyUse,
    works,
)

GUIDE: Final = "docs/user-guide.md"
_BEGIN: Final = "<!-- Made by docs/make_key_tables.py -->\n"
_END: Final = "<!-- The end of what it makes -->\n"
_COMMANDS: Final = (
    ("Playing", PLAYING),
    ("Getting notes in", NOTES_IN),
    ("Generating", GENERATING),
    ("Changing", CHANGING),
    ("Looking", LOOKING),
    ("Files and settings", FILES),
)
_PLACES: Final = (
    ("In the piano roll", IN_ROLL),
    ("In the score", IN_SCORE),
    ("In a field: a number, a list, a slider", IN_FIELDS),
    ("On the keyboard, once it has been clicked", ON_KEYBOARD),
)


def key_tables() -> str:
    """All tables, with their headings."""
    columns = ("key", "command", "what it does")
    tables = [_table(name, columns, _rows(commands)) for name, commands in _COMMANDS]
    columns = ("key", "what it does")
    tables += [_table(name, columns, _uses(uses)) for name, uses in _PLACES]
    return "\n".join(tables)


def with_key_tables(guide: str) -> str:
    """``guide`` with the tables as they are to be."""
    before, _, rest = guide.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}\n{key_tables()}\n{_END}{after}"


def _table(heading: str, columns: tuple[str, ...], rows: Iterable[str]) -> str:
    lines = (_row(*columns), "|---" * len(columns) + "|", *rows)
    return f"**{heading}**\n\n" + "".join(f"{line}\n" for line in lines)


def _rows(commands: Mapping[str, Command]) -> list[str]:
    return [
        _row(
            ", ".join(map(_key, command.keys)),
            command.text.replace("&", "").removesuffix("…"),
            command.guide or command.tip,
        )
        for command in commands.values()
        if command.keys
    ]


def _uses(uses: Iterable[KeyUse]) -> list[str]:
    return [_row(", ".join(use.keys), use.text) for use in uses]


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _key(key: str) -> str:
    return key if works(key, letters=True) else f"{key} (while letters do not play)"


def main() -> None:
    """Bring the guide up to date."""
    path = Path(__file__).resolve().parents[1] / GUIDE
    text = path.read_text(encoding="utf-8")
    path.write_text(with_key_tables(text), encoding="utf-8")


if __name__ == "__main__":
    main()
