"""What is remembered between sessions."""

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings

from composer_app.live.synth.soundfonts import is_soundfont
from composer_app.music.performing.performance import Grid, Quantization, Reduction
from composer_app.studio.runtime.settings import Settings


def test_everything_survives_a_restart(tmp_path: Path) -> None:
    first = Settings(tmp_path)
    first.midi_input = "DeepComposer"
    first.midi_channel = 15
    first.midi_shift = -12
    first.midi_output = "Piano"
    first.midi_clock = "Drum machine"
    first.midi_ports_offered = False
    first.metronome = False
    first.count_in_bars = 2
    first.computer_keys = False
    first.model = "bach"
    first.window_geometry = QByteArray(b"\x01\x02")
    del first
    again = Settings(tmp_path)
    assert again.midi_input == "DeepComposer"
    assert (again.midi_channel, again.midi_shift) == (15, -12)
    assert (again.midi_output, again.midi_clock) == ("Piano", "Drum machine")
    assert not again.midi_ports_offered
    again.midi_channel = None
    assert again.midi_channel is None
    assert not again.metronome
    assert again.count_in_bars == 2
    assert not again.computer_keys
    assert again.model == "bach"
    assert again.window_geometry == QByteArray(b"\x01\x02")


def test_the_first_start_has_sensible_values(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    assert (settings.metronome, settings.count_in_bars, settings.computer_keys) == (True, 1, True)
    assert (settings.midi_input, settings.model, settings.recent_files) == (None, "", ())
    assert (settings.midi_channel, settings.midi_shift, settings.midi_output) == (None, 0, "")
    assert (settings.midi_clock, settings.midi_ports_offered) == ("", True)
    assert settings.window_geometry.isEmpty()
    assert settings.music_folder.is_dir()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("metronome/count_in", "many"),
        ("metronome/count_in", ["1", "2"]),
        ("files/recent", 7),
        ("window/geometry", "no bytes"),
        ("midi/input", ["a", "b"]),
        ("midi/channel", 17),
        ("midi/channel", "every"),
        ("midi/shift", 7),
    ],
)
def test_damaged_values_are_as_good_as_none(tmp_path: Path, key: str, value: object) -> None:
    store = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    store.setValue(key, value)
    store.sync()
    settings = Settings(tmp_path)
    assert settings.count_in_bars == 1
    assert settings.recent_files == ()
    assert settings.window_geometry.isEmpty()
    assert settings.midi_input is None
    assert settings.midi_channel is None
    assert settings.midi_shift == 0


KEYS = (
    *("files/recent", "files/folder", "midi/input", "midi/channel", "midi/shift", "midi/output"),
    *("midi/clock", "midi/ports_offered", "sound/driver", "sound/period", "sound/soundfont"),
    *("mix/master", "roll/follow", "metronome/on", "metronome/always"),
    *("metronome/volume", "quantize/grid", "quantize/strength", "quantize/reduction"),
    *("recording/correction_ms", "metronome/count_in", "keyboard/computer_keys", "generate/model"),
    "window/geometry",
)


def everything(settings: Settings) -> dict[str, object]:
    names = [name for name, member in vars(Settings).items() if isinstance(member, property)]
    return {name: getattr(settings, name) for name in names}


@pytest.mark.parametrize(
    "odd",
    [
        *("", "x", "-1", "1e999", "NaN", "9" * 5000, "1 2 x", "1 " * 200, "a, b", "true, 1"),
        *("@Invalid()", "@Rect(1 2 3 4)", "@Size(a b)", "@ByteArray(\\0\\x1b[2J)", "@DateTime(zz)"),
        *("@Variant(", "\\x0\\x1b[31m", "١٢", "²"),
    ],
)
def test_values_of_another_kind_harm_nobody(tmp_path: Path, odd: str) -> None:
    lines = ["[General]"]
    for group in dict.fromkeys(key.partition("/")[0] for key in KEYS):
        lines.append(f"[{group}]")
        lines += [f"{key.partition('/')[2]}={odd}" for key in KEYS if key.startswith(f"{group}/")]
    (tmp_path / "settings.ini").write_text("\n".join(lines), encoding="utf-8")
    found, usual = everything(Settings(tmp_path)), everything(Settings(tmp_path / "none"))
    assert set(found) == set(usual)
    for name in ("midi_channel", "midi_shift", "count_in_bars", "metronome_volume"):
        assert found[name] is None or -24 <= found[name] <= 24  # type: ignore[operator]
    sound = Settings(tmp_path).sound
    assert sound.soundfont is None or not is_soundfont(sound.soundfont)


def test_recent_files_are_few_and_exist(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    paths = [tmp_path / f"{number}.mid" for number in range(10)]
    for path in [*paths, paths[5]]:
        path.touch()
        settings.remember_file(path)
    (tmp_path / "9.mid").unlink()
    names = [path.stem for path in Settings(tmp_path).recent_files]
    assert names == ["5", "8", "7", "6", "4", "3", "2"]
    assert settings.music_folder == tmp_path
    settings.forget_recent_files()
    assert settings.recent_files == ()


def test_a_single_recent_file_is_still_a_list(tmp_path: Path) -> None:
    path = tmp_path / "one.mid"
    path.touch()
    Settings(tmp_path).remember_file(path)
    assert Settings(tmp_path).recent_files == (path,)


def test_how_recordings_are_seen_is_remembered(tmp_path: Path) -> None:
    view = Quantization(Grid.QUARTER_TRIPLET, 35, Reduction.LATEST)
    settings = Settings(tmp_path)
    assert settings.quantization == Quantization()
    settings.quantization = view
    settings.recording_correction = 0.045
    settings.metronome_always = False
    assert settings.metronome_volume == 1.0
    settings.metronome_volume = 0.3
    again = Settings(tmp_path)
    assert again.quantization == view
    assert again.recording_correction == 0.045
    assert not again.metronome_always
    assert again.metronome_volume == 0.3


@pytest.mark.parametrize(
    ("key", "value"),
    [("quantize/grid", "1/7"), ("quantize/strength", "500"), ("quantize/reduction", "none")],
)
def test_a_way_of_seeing_that_somebody_spoilt_is_the_usual_one(
    tmp_path: Path, key: str, value: str
) -> None:
    settings = Settings(tmp_path)
    settings.quantization = Quantization(Grid.EIGHTH)
    settings._store.setValue(key, value)
    settings._store.setValue("recording/correction_ms", "90000")
    assert settings.quantization == Quantization()
    assert settings.recording_correction == 0.5
