"""Finding a SoundFont: the recorded instruments that a synthesizer plays with."""

import os
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from composer_app.music.files.regular_file import is_file, open_regular

_SUFFIXES: Final = (".sf2", ".sf3")
# Sets known to hold all General MIDI instruments, best first; others may be a single piano.
_PREFERRED: Final = ("default-gm", "fluidr3", "generaluser", "musescore", "default", "timgm")


def find_soundfonts(
    folders: list[Path] | None = None, bundled: Path | None = None
) -> Iterator[Path]:
    """SoundFonts on this machine, the one to try first coming first.

    ``folders`` are searched in this order (:func:`soundfont_folders` when omitted), then comes
    ``bundled`` (the copy inside the pip package pretty_midi when omitted). Folders that are
    missing or may not be read count as empty.
    """
    for folder in soundfont_folders() if folders is None else folders:
        yield from sorted(_soundfonts_in(folder), key=_rank)
    copy = _copy_in_pretty_midi() if bundled is None else bundled
    if copy is not None and is_file(copy):
        yield copy


def soundfont_folders(
    platform: str = sys.platform,
    home: Path | None = None,
    environment: Mapping[str, str] = os.environ,
) -> list[Path]:
    """Where SoundFonts are kept on ``platform`` (as in ``sys.platform``), the user's first."""
    home = Path.home() if home is None else home
    if platform == "darwin":
        return [
            home / "Library/Audio/Sounds/Banks",
            Path("/Library/Audio/Sounds/Banks"),
            Path("/opt/homebrew/share/soundfonts"),
            Path("/usr/local/share/soundfonts"),
        ]
    if platform == "win32":
        roots = [environment.get(name) for name in ("APPDATA", "PROGRAMDATA")]
        return [Path(root) / "SoundFonts" for root in roots if root] + [Path("C:/soundfonts")]
    data = Path(environment.get("XDG_DATA_HOME") or home / ".local/share")
    kinds = ("sounds/sf2", "sounds/sf3", "soundfonts")
    roots_linux = (data, Path("/usr/local/share"), Path("/usr/share"))
    return [root / kind for root in roots_linux for kind in kinds]


def is_soundfont(path: Path) -> bool:
    """Whether ``path`` is a file that begins as SoundFonts do; it may be damaged further on."""
    try:
        with open_regular(path) as file:
            header = file.read(12)
    except (OSError, ValueError):
        return False
    return header[:4] == b"RIFF" and header[8:] == b"sfbk"


def _soundfonts_in(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.suffix.lower() in _SUFFIXES]
    except OSError:
        return []


def _rank(path: Path) -> tuple[int, str]:
    name = path.name.lower()
    place = (index for index, known in enumerate(_PREFERRED) if name.startswith(known))
    return next(place, len(_PREFERRED)), name


def _copy_in_pretty_midi() -> Path | None:
    # Found without importing it: the package is slow to import and only its file is wanted.
    spec = find_spec("pretty_midi")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "TimGM6mb.sf2"
