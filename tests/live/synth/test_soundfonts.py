from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from composer_app.live.synth import soundfonts
from composer_app.live.synth.soundfonts import find_soundfonts, is_soundfont, soundfont_folders
from tests.irregular import IRREGULAR, put_irregular

HOME = Path("/home/someone")


def make(folder: Path, *names: str) -> Path:
    folder.mkdir()
    for name in names:
        (folder / name).touch()
    return folder


def test_folders_are_searched_in_turn_and_the_bundled_copy_last(tmp_path: Path) -> None:
    mine = make(tmp_path / "mine", "Zither.SF2", "notes.txt")
    system = make(tmp_path / "system", "a-piano.sf2", "TimGM6mb.sf2", "FluidR3_GM.sf3")
    bundled = make(tmp_path / "bundled", "bundled.sf2") / "bundled.sf2"
    missing = tmp_path / "missing"
    names = [path.name for path in find_soundfonts([missing, mine, system], bundled)]
    assert names == ["Zither.SF2", "FluidR3_GM.sf3", "TimGM6mb.sf2", "a-piano.sf2", "bundled.sf2"]


@pytest.mark.parametrize("kind", IRREGULAR)
def test_what_is_no_file_is_no_soundfont(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.chdir(tmp_path)
    put_irregular(tmp_path / "a.sf2", kind)
    assert not is_soundfont(tmp_path / "a.sf2")
    # As the settings may say.
    assert not is_soundfont(Path("a\0.sf2"))


def test_a_bundled_copy_that_is_missing_is_not_offered(tmp_path: Path) -> None:
    assert list(find_soundfonts([], tmp_path / "bundled.sf2")) == []


@pytest.mark.parametrize(
    ("spec", "found"),
    [
        (None, False),
        (ModuleSpec("pretty_midi", None), False),
        (ModuleSpec("pretty_midi", None, is_package=True), True),
    ],
)
def test_the_copy_of_pretty_midi_is_found_without_importing_it(
    spec: ModuleSpec | None, found: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "TimGM6mb.sf2").touch()
    if found:
        assert spec is not None
        spec.submodule_search_locations = [str(tmp_path)]
    monkeypatch.setattr(soundfonts, "find_spec", {"pretty_midi": spec}.get)
    assert list(find_soundfonts([])) == ([tmp_path / "TimGM6mb.sf2"] if found else [])


@pytest.mark.parametrize(
    ("platform", "environment", "some"),
    [
        ("linux", {}, ["/home/someone/.local/share/sounds/sf2", "/usr/share/sounds/sf3"]),
        ("linux", {"XDG_DATA_HOME": "/data"}, ["/data/soundfonts", "/usr/share/soundfonts"]),
        ("darwin", {}, ["/home/someone/Library/Audio/Sounds/Banks"]),
        ("win32", {"APPDATA": "/roaming"}, ["/roaming/SoundFonts", "C:/soundfonts"]),
    ],
)
def test_where_each_platform_keeps_them(
    platform: str, environment: dict[str, str], some: list[str]
) -> None:
    folders = [path.as_posix() for path in soundfont_folders(platform, HOME, environment)]
    assert set(some) <= set(folders)
    assert folders[0] == some[0] or platform == "linux"


def test_the_standard_folders_are_those_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(soundfonts, "_soundfonts_in", lambda folder: asked.append(folder) or [])
    list(find_soundfonts())
    assert asked == soundfont_folders()


@pytest.mark.parametrize(
    ("content", "good"),
    [
        (b"RIFF\x10\x00\x00\x00sfbkLIST", True),
        (b"RIFF\x10\x00\x00\x00WAVEfmt ", False),
        (b"RIFF", False),
        (b"", False),
    ],
)
def test_a_soundfont_is_known_by_its_first_bytes(
    content: bytes, good: bool, tmp_path: Path
) -> None:
    path = tmp_path / "any.sf2"
    path.write_bytes(content)
    assert is_soundfont(path) is good


def test_what_cannot_be_read_is_no_soundfont(tmp_path: Path) -> None:
    assert not is_soundfont(tmp_path)
    assert not is_soundfont(tmp_path / "missing.sf2")
