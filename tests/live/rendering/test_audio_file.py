"""Audio files: what is in them, how loud it is, and that there is never half of one."""

import signal
import subprocess
import sys
import tempfile
from errno import ENOSPC
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from composer_app.errors import ComposerError, DeviceError, SettingError
from composer_app.live.rendering import audio_file
from composer_app.live.rendering.audio_file import (
    FORMATS,
    RATES,
    AudioFormat,
    AudioSettings,
    AudioWritten,
    write_audio,
)
from composer_app.live.rendering.rendering import FloatArray, music_frames
from composer_app.live.rendering.true_peak import TruePeak
from composer_app.music.composition import Composition, Track
from composer_app.music.files.cancelling import FileCancelledError
from composer_app.music.note import Note
from composer_app.music.timing import TempoMap
from tests.live.rig import strongest_pitch
from tests.streams import next_line

SUFFIXES = [each.suffix for each in FORMATS]
OCARINA = 79


def chords(count: int = 4, program: int = 48) -> Composition:
    """Chords of four voices, each half a second long."""
    tracks = tuple(
        Track("", program, tuple(Note(4 * i, pitch + i % 5, 4, 110) for i in range(count)))
        for pitch in (72, 67, 64, 48)
    )
    return Composition(tracks, TempoMap.constant(120))


def true_peak(samples: FloatArray) -> float:
    """In decibels."""
    meter = TruePeak()
    meter.add(samples)
    return float(20 * np.log10(meter.finish()))


def read(path: Path) -> tuple[FloatArray, int]:
    samples, rate = soundfile.read(path, dtype="float32")
    return samples, rate


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_format_holds_the_same_music_below_the_ceiling(
    soundfont: Path, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"Études{suffix.upper()}"
    written = write_audio(chords(), path, soundfont)
    samples, rate = read(path)
    assert rate == 48000
    assert samples.shape[1] == 2
    assert len(samples) == round(written.seconds * rate) > music_frames(chords(), rate)
    assert -3 < true_peak(samples) < -1
    assert written.peak == pytest.approx(true_peak(samples), abs=0.6)
    reference = write_audio(chords(), tmp_path / "reference.wav", soundfont)
    assert reference.seconds == written.seconds
    expected = read(tmp_path / "reference.wav")[0]
    assert np.corrcoef(samples[:, 0], expected[:, 0])[0, 1] > 0.98
    assert {each.name for each in tmp_path.iterdir()} == {path.name, "reference.wav"}


@pytest.mark.parametrize("rate", RATES)
def test_every_rate_sounds_at_the_same_pitch(soundfont: Path, tmp_path: Path, rate: int) -> None:
    piece = Composition((Track("", OCARINA, (Note(0, 69, 8, 100),)),), TempoMap.constant(120))
    path = tmp_path / "a.flac"
    written = write_audio(piece, path, soundfont, AudioSettings(rate))
    samples, found = read(path)
    assert found == rate
    assert written.seconds == pytest.approx(len(samples) / rate)
    # At another rate than 48 kHz the same frequency has another number.
    heard = strongest_pitch(samples[rate // 10 : rate // 2].mean(axis=1))
    assert heard + 12 * np.log2(rate / 48000) == pytest.approx(69, abs=0.2)


def test_gain_is_relative_to_playing_and_never_clips(soundfont: Path, tmp_path: Path) -> None:
    def level(gain: float) -> tuple[AudioWritten, float]:
        path = tmp_path / f"{gain}.wav"
        written = write_audio(flute, path, soundfont, AudioSettings(gain=gain))
        return written, true_peak(read(path)[0])

    flute = chords(program=73)
    plain, quiet, much = level(0.0), level(-6.0), level(40.0)
    assert plain[0].gain == 0
    assert quiet[1] == pytest.approx(plain[1] - 6, abs=0.05)
    assert -1.1 < much[1] < -1
    assert much[0].gain < 40


def test_silence_is_not_made_louder(
    soundfont: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hum = np.full((4800, 2), 1e-7, np.float32)
    monkeypatch.setattr(audio_file, "render", lambda *_: (block for block in [hum]))
    written = write_audio(chords(), tmp_path / "a.wav", soundfont)
    assert written.gain == 0
    assert not read(tmp_path / "a.wav")[0].any()


@pytest.mark.parametrize("share", [0.0, 0.3, 0.95])
@pytest.mark.parametrize("suffix", [".wav", ".mp3"])
def test_stopping_leaves_no_file_and_an_earlier_one_alone(
    soundfont: Path, tmp_path: Path, suffix: str, share: float
) -> None:
    for earlier in (None, b"an earlier file"):
        path = tmp_path / f"a{suffix}"
        if earlier is not None:
            path.write_bytes(earlier)
        answers: list[bool] = []

        def go_on(done: float, answers: list[bool] = answers) -> bool:
            answers.append(done < share)
            return answers[-1]

        with pytest.raises(FileCancelledError):
            write_audio(chords(), path, soundfont, progress=go_on)
        assert answers.count(False) == 1
        assert [each.read_bytes() for each in tmp_path.iterdir()] == ([earlier] if earlier else [])


def test_progress_rises_to_the_end(soundfont: Path, tmp_path: Path) -> None:
    for each in FORMATS:
        shares: list[float] = []
        path = tmp_path / f"a{each.suffix}"

        def note(share: float, shares: list[float] = shares) -> bool:
            shares.append(share)
            return True

        write_audio(chords(20), path, soundfont, progress=note)
        assert shares == sorted(shares)
        assert shares[0] < 0.1
        assert shares[-1] == 1
        assert any(abs(share - each.rendering) < 1e-9 for share in shares)


KILLED = """
import sys, time
from pathlib import Path
from composer_app.live.rendering.audio_file import write_audio
from tests.live.rendering.test_audio_file import chords
def say(share):
    if share > float(sys.argv[2]):
        print("here", flush=True)
        time.sleep(60)
    return True
write_audio(chords(), Path(sys.argv[1]), progress=say)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "share"), [(signal.SIGKILL, 0.1), (signal.SIGKILL, 0.3), (signal.SIGTERM, 0.3)]
)
def test_a_process_that_is_killed_leaves_nothing(
    soundfont: Path, tmp_path: Path, repository: Path, number: signal.Signals, share: float
) -> None:
    """While it renders, and while it encodes."""
    command = [sys.executable, "-c", KILLED, str(tmp_path / "a.mp3"), str(share)]
    with subprocess.Popen(command, cwd=repository, stdout=subprocess.PIPE, text=True) as process:
        assert next_line(process) == "here\n"
        process.send_signal(number)
        assert process.wait(20) == -number
    assert list(tmp_path.iterdir()) == []


def test_places_that_cannot_be_written_are_sentences(soundfont: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder.wav").mkdir()
    for name in ("gone/a.wav", "file/a.wav", "folder.wav", f"{'x' * 300}.wav", "a\0.wav"):
        with pytest.raises(SettingError, match=r"cannot be written: .*; choose another place\.$"):
            write_audio(chords(1), tmp_path / name, soundfont)
    assert {each.name for each in tmp_path.iterdir()} == {"file", "folder.wav"}


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("which", [0, 1])
def test_a_full_disk_is_a_sentence(
    soundfont: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    which: int,
    suffix: str,
) -> None:
    """Full while the samples are kept, or while they are encoded."""
    plain, opened = tempfile.TemporaryFile, []

    def small(**settings: Any) -> Any:
        file = plain(**settings)
        opened.append(file)
        if len(opened) - 1 != which:
            return file
        return FullDisk(file)

    monkeypatch.setattr(tempfile, "TemporaryFile", small)
    with pytest.raises(SettingError, match=r"the disk is full; choose another place\.$"):
        write_audio(chords(), tmp_path / f"a{suffix}", soundfont)
    assert len(opened) == which + 1
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr().err == ""


class FullDisk:
    """A file with room for a thousand bytes."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.seek, self.tell, self.read = file.seek, file.tell, file.read

    def __enter__(self) -> "FullDisk":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, data: bytes) -> int:
        if self._file.tell() + len(data) > 1000:
            raise OSError(ENOSPC, "No space left on device")
        return int(self._file.write(data))


def test_what_does_not_fit_is_a_sentence(
    soundfont: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(name: str, piece: Composition, settings: AudioSettings | None = None) -> str:
        with pytest.raises(SettingError) as error:
            write_audio(piece, tmp_path / name, soundfont, settings)
        return str(error.value)

    assert refused("a.aiff", chords()).endswith("that ends in .wav, .flac, .mp3 or .ogg.")
    assert "no notes" in refused("a.wav", Composition())
    assert "48,000" in refused("a.mp3", chords(), AudioSettings(96_000))
    monkeypatch.setattr(audio_file, "_MOST_WAV_BYTES", 1000)
    assert "4 GB" in refused("a.wav", chords(1))
    write_audio(chords(1), tmp_path / "a.flac", soundfont)
    assert [each.name for each in tmp_path.iterdir()] == ["a.flac"]


@pytest.mark.parametrize("settings", [{"rate": 44_101}, {"gain": 41.0}, {"gain": float("nan")}])
def test_settings_check_themselves(settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"rate|gain"):
        AudioSettings(**settings)


def test_without_a_library_there_is_a_command_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.wav"
    for module, sentence in (
        ("fluidsynth", "pip install pyfluidsynth"),
        ("soundfile", "pip install soundfile"),
    ):
        monkeypatch.setitem(sys.modules, module, None)
        with pytest.raises(DeviceError, match=sentence):
            write_audio(chords(), path, Path("any.sf2"))
    assert list(tmp_path.iterdir()) == []


def test_a_broken_libsndfile_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> None:
        raise OSError("cannot load library 'libsndfile.so'")

    monkeypatch.setattr(audio_file, "import_module", fail)
    with pytest.raises(ComposerError, match="libsndfile is missing: type: "):
        write_audio(chords(), tmp_path / "a.wav")


def test_a_format_that_an_old_library_lacks_is_a_sentence(
    soundfont: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soundfile, "check_format", lambda container, coding: container != "MP3")
    with pytest.raises(SettingError, match=r"writes no MP3 files: choose another format\.$"):
        write_audio(chords(1), tmp_path / "a.mp3", soundfont)


def test_formats_say_what_soundfile_can_do() -> None:
    each: AudioFormat
    for each in FORMATS:
        assert soundfile.check_format(each.container, each.coding)
