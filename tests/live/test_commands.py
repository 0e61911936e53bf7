"""The commands that sound, as a person types them: ``render`` and ``play``."""

import json
import os
import pty
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile

from composer_app.errors import DeviceError
from composer_app.live import commands
from composer_app.live.commands import choose_output
from composer_app.live.note_sink import SilentSynthesizer, Synthesizer
from composer_app.live.playback.mixing import Mix
from composer_app.live.playback.player import Player
from composer_app.music.composition import Composition, Track
from composer_app.music.midi.file import write_midi
from composer_app.music.mix import PieceMix, TrackMix
from composer_app.music.note import Note
from composer_app.music.timing import TempoMap
from composer_app.translation import verbatim
from tests.live import rig
from tests.live.peer import peer
from tests.live.rig import (
    RATE,
    AudioServer,
    Recording,
    pitches_in,
    skip_if_overloaded,
    strongest_pitch,
    wait_for,
)

OCARINA = 79
PITCHES = (60, 67, 64, 72)
AUDIBLE, SILENT = 0.005, 0.0005

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a command leaves behind is seen there."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def tune(tmp_path: Path) -> Path:
    return write_tune(tmp_path / "tune.mid")


def write_tune(path: Path, notes: int = 4) -> Path:
    """At 60 BPM: a note of half a second every three quarters of one."""
    pitches = (PITCHES * notes)[:notes]
    line = tuple(Note(3 * index, pitch, 2, 100) for index, pitch in enumerate(pitches))
    write_midi(Composition((Track("", OCARINA, line),), TempoMap.constant(60)), path)
    return path


# render ---------------------------------------------------------------------------------


def test_render_writes_what_the_file_says(soundfont: Path, run: Run, tune: Path) -> None:
    for name, rate in (("out.wav", 48000), ("out.ogg", 44100)):
        status, out, err = run("render", str(tune), "-o", name, "--rate", str(rate))
        assert (status, err) == (0, "")
        assert out.startswith(f"{name}: 0:0")
        assert "dBFS" in out
        samples, found = soundfile.read(name)
        assert found == rate
        starts = [int((0.75 * index + 0.15) * rate) for index in range(4)]
        heard = [strongest_pitch(samples[s : s + rate // 4].mean(axis=1)) for s in starts]
        assert np.add(heard, 12 * np.log2(rate / RATE)) == pytest.approx(PITCHES, abs=0.2)


def test_render_heeds_the_balance_of_the_file(soundfont: Path, run: Run) -> None:
    line = Track("", OCARINA, (Note(0, 69, 8, 100),))
    write_midi(Composition((line,)), "left.mid", PieceMix((TrackMix(pan=0),)))
    status, _, err = run("render", "left.mid", "-o", "left.wav")
    assert (status, err) == (0, "")
    samples, _ = soundfile.read("left.wav")
    left, right = np.abs(samples).max(axis=0)
    assert left > 4 * right


def test_play_heeds_the_balance_of_the_file(
    run: Run, hurried: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    mixes: list[Mix] = []

    class NotingPlayer(Player):
        def set_mix(self, mix: Mix) -> None:
            mixes.append(mix)
            super().set_mix(mix)

    monkeypatch.setattr(commands, "SilentSynthesizer", type(None))
    monkeypatch.setattr(commands, "Player", NotingPlayer)
    monkeypatch.setattr(commands, "open_synthesizer", opened(SilentSynthesizer(), None))
    write_midi(Composition((Track("", 0, (Note(0, 69, 1),)),)), "a.mid", PieceMix((TrackMix(20),)))
    run("play", "a.mid")
    assert mixes == [Mix((TrackMix(20),))]


def test_render_with_a_soundfont_of_ones_own_and_a_gain(
    soundfont: Path, run: Run, tune: Path
) -> None:
    assert run("render", str(tune), "-o", "loud.wav")[0] == 0
    arguments = ("--soundfont", str(soundfont), "--gain", "-20")
    assert run("render", str(tune), "-o", "quiet.wav", *arguments)[0] == 0
    loud, quiet = (np.abs(soundfile.read(name)[0]).max() for name in ("loud.wav", "quiet.wav"))
    assert quiet < loud / 5


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("gone.mid", "-o", "a.wav"), "gone.mid cannot be opened"),
        (("tune.mid", "-o", "a.aac"), "a.aac is no audio file that Composer writes: choose"),
        (("tune.mid", "-o", "gone/a.wav"), "gone/a.wav cannot be written: there is no such"),
        (("tune.mid", "-o", "a.wav", "--soundfont", "tune.mid"), "cannot be read as a SoundFont"),
        (("tune.mid", "-o", "a.mp3", "--rate", "96000"), "MP3 files hold at most 48,000"),
        (("tune.mid", "-o", "a.wav", "--rate", "100"), "invalid choice"),
        (("tune.mid", "-o", "a.wav", "--gain", "nan"), "nan is not a number from -60 to 40"),
        (("tune.mid", "-o", "a.wav", "--gain", "loud"), "loud is not a number from -60 to 40"),
    ],
)
def test_what_render_cannot_do_is_one_sentence(
    library: None, run: Run, tune: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    status, out, err = run("render", *arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert sentence in err
    assert {each.name for each in tune.parent.iterdir()} == {"tune.mid"}


def test_progress_is_shown_on_a_terminal_only_and_goes(
    soundfont: Path, run: Run, tune: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "_PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(commands, "_BETWEEN_LINES_SECONDS", 0.0)
    assert run("render", str(tune), "-o", "out.wav")[2] == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    shown = run("render", str(tune), "-o", "out.wav")[2]
    assert "\rout.wav  90%\x1b[K" in shown
    assert shown.endswith("\r\x1b[K")


@pytest.mark.slow
def test_ctrl_c_while_rendering_leaves_nothing(soundfont: Path, tmp_path: Path) -> None:
    """On a terminal, where the progress shows that it is under way."""
    tune, folder = write_tune(tmp_path / "long.mid", 4000), tmp_path / "out"
    folder.mkdir()
    terminal, theirs = pty.openpty()
    with composer("render", str(tune), "-o", str(folder / "out.wav"), stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        while b"out.wav   1%" not in shown:
            shown += os.read(terminal, 1000)
        process.send_signal(signal.SIGINT)
        while b"Stopped.\r\n" not in shown:
            shown += os.read(terminal, 1000)
        assert process.wait(20) == 130
    os.close(terminal)
    assert shown.endswith(b"\r\x1b[KStopped.\r\n")
    assert list(folder.iterdir()) == []


@contextmanager
def composer(
    *arguments: str, environment: dict[str, str] | None = None, stderr: int = subprocess.PIPE
) -> Iterator[subprocess.Popen[str]]:
    """A command as a process of its own, gone afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "composer_app", *arguments],
        env=environment,
        cwd=Path(__file__).resolve().parents[2],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


# play -----------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.unhurried
def test_play_is_heard_in_order_and_ends_by_itself(
    server: AudioServer, soundfont: Path, tune: Path
) -> None:
    with server.recording() as recording:
        command = ("play", str(tune), "--soundfont", str(soundfont))
        with composer(*command, environment=server.environment) as process:
            out, err = process.communicate(timeout=60)
        samples = recording.samples()
    assert (process.returncode, err) == (0, "")
    assert out.startswith(f"{tune}: 0:03, ")
    assert f"{soundfont.resolve().stem} through" in out
    heard = pitches_in(samples)
    if len(heard) < len(PITCHES) and set(heard) <= set(PITCHES):
        skip_if_overloaded()
    assert heard == list(PITCHES)


@pytest.mark.slow
@pytest.mark.unhurried
@pytest.mark.parametrize(
    ("number", "status", "sentence"),
    [(signal.SIGINT, 130, "Stopped.\n"), (signal.SIGTERM, 143, "")],
)
def test_play_stops_when_told_to(
    server: AudioServer,
    soundfont: Path,
    tmp_path: Path,
    number: signal.Signals,
    status: int,
    sentence: str,
) -> None:
    tune = write_tune(tmp_path / "long.mid", 400)
    with (
        server.recording() as recording,
        composer("play", str(tune), environment=server.environment) as process,
    ):
        wait_until_audible(recording)
        process.send_signal(number)
        _, err = process.communicate(timeout=20)
        assert (process.returncode, err) == (status, sentence)
        wait_for(lambda: recording.level(0.1) < SILENT, "silence")


@pytest.mark.parametrize("handler", [signal.SIG_IGN, signal.SIG_DFL])
def test_a_hangup_that_is_ignored_ends_nothing(handler: signal.Handlers) -> None:
    # nohup has it ignored.
    before = signal.signal(signal.SIGHUP, handler)
    try:
        with commands._ending_in_order():
            assert (signal.getsignal(signal.SIGHUP) is handler) == (handler is signal.SIG_IGN)
            with pytest.raises(SystemExit):
                signal.raise_signal(signal.SIGTERM)
        assert signal.getsignal(signal.SIGHUP) is handler
    finally:
        signal.signal(signal.SIGHUP, before)


def wait_until_audible(recording: Recording) -> None:
    wait_for(lambda: recording.level(0.1) > AUDIBLE, "a sound")


@pytest.mark.slow
@pytest.mark.unhurried
def test_ctrl_c_releases_every_note_of_a_midi_output(tmp_path: Path) -> None:
    path = tmp_path / "chord.mid"
    chord = tuple(Note(0, pitch, 4000, 100) for pitch in PITCHES)
    write_midi(Composition((Track("", 0, chord),)), path)
    with (
        rig.midi_cable() as cable,
        peer("tests.live.midi_listener", "Test synth", environment=cable.environment) as synth,
    ):
        assert synth.line() == "ready"
        command = ("play", str(path), "--output", "test SYNTH")
        with composer(*command, environment=cable.environment) as process:
            held: set[int] = set()
            while len(held) < len(PITCHES):
                held = follow(held, synth.event())
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=20)
        assert (process.returncode, err) == (130, "Stopped.\n")
        assert "the MIDI output" in out
        while held:
            held = follow(held, synth.event())


def follow(held: set[int], message: list[int]) -> set[int]:
    """The pitches that are held after ``message``."""
    if message[0] & 0xF0 == 0x90:
        return held | {message[1]}
    return held - {message[1]} if message[0] & 0xF0 == 0x80 else held


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for nothing."""
    for name in ("_TAIL_SECONDS", "_PARTING_SECONDS", "_BETWEEN_CHECKS_SECONDS"):
        monkeypatch.setattr(commands, name, 0.0)


def opened(synthesizer: Synthesizer, problem: DeviceError | None) -> Callable[[object], object]:
    return lambda soundfont: (synthesizer, problem)


@pytest.mark.slow
@pytest.mark.unhurried
def test_a_sound_server_that_dies_ends_the_playing(soundfont: Path, tmp_path: Path) -> None:
    tune = write_tune(tmp_path / "long.mid", 400)
    with (
        rig.audio_server() as server,
        server.recording() as recording,
        composer("play", str(tune), environment=server.environment) as process,
    ):
        wait_until_audible(recording)
        server.process.kill()
        _, err = process.communicate(timeout=30)
    assert process.returncode == 2
    assert err.startswith("The sound device has vanished: connect it again")
    assert err.count("\n") == 1


class Broken(SilentSynthesizer):
    """A device that has vanished."""

    description = "a broken device"
    alive = False


def test_a_device_that_vanishes_ends_the_playing(
    run: Run, tune: Path, hurried: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It is no SilentSynthesizer in name, which would not be played into.
    monkeypatch.setattr(commands, "SilentSynthesizer", type(None))
    monkeypatch.setattr(
        commands, "open_synthesizer", opened(Broken(), DeviceError(verbatim("A word of warning.")))
    )
    status, out, err = run("play", str(tune))
    assert status == 2
    assert out == f"{tune}: 0:03, a broken device\n"
    assert err.splitlines()[0] == "A word of warning."
    assert "The sound device has vanished" in err.splitlines()[1]


def test_where_nothing_can_sound_play_says_why(
    run: Run, tune: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        commands,
        "open_synthesizer",
        opened(SilentSynthesizer(), DeviceError(verbatim("Nothing can be heard: buy one."))),
    )
    assert run("play", str(tune)) == (2, "", "Nothing can be heard: buy one.\n")


def test_the_position_is_shown_on_a_terminal(
    run: Run, tune: Path, hurried: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    class QuickPlayer(Player):
        """Is at the next step at each look."""

        steps = 0

        @property
        def playing(self) -> bool:
            return self.steps < 9

        @property
        def position(self) -> float:
            self.steps += 1
            return float(self.steps)

    monkeypatch.setattr(commands, "SilentSynthesizer", type(None))
    monkeypatch.setattr(commands, "Player", QuickPlayer)
    monkeypatch.setattr(commands, "_BETWEEN_LINES_SECONDS", 0.0)
    monkeypatch.setattr(commands, "open_synthesizer", opened(SilentSynthesizer(), None))
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    status, _, err = run("play", str(tune))
    assert status == 0
    assert "\rbar 1.1  0:01 / 0:03\x1b[K" in err
    assert "\rbar 1.3  0:02 / 0:03\x1b[K" in err
    assert err.endswith("\r\x1b[K")


def test_a_midi_output_is_chosen_by_a_part_of_its_name() -> None:
    names = ["Piano", "Piano (2)", "Organ"]
    assert choose_output("Piano", names) == "Piano"
    assert choose_output("org", names) == "Organ"
    assert choose_output("Composer out", []) == "Composer out"
    for wanted, there, sentence in (
        ("pian", names, "several MIDI outputs named pian: choose one of these: Piano, Piano (2)."),
        ("flute", names, "no MIDI output named flute: choose one of these: Piano, Piano (2), O"),
        ("flute", [], "no MIDI output to play through"),
    ):
        with pytest.raises(DeviceError) as error:
            choose_output(wanted, there)
        assert sentence in str(error.value)
    with pytest.raises(DeviceError, match="it is broken"):
        choose_output("flute", [], DeviceError(verbatim("it is broken")))


@pytest.mark.unhurried
def test_the_doctor_finds_the_null_sink(audio: AudioServer, soundfont: Path) -> None:
    from composer_app.live.doctor import sound_facts

    facts = {fact.name: fact for fact in sound_facts()}
    assert all(fact.ok for fact in facts.values())
    assert "PulseAudio" in facts["sound device"].value
    if shutil.which("pactl"):
        assert facts["sound device"].value.endswith(", testsink")
    assert Path(facts["SoundFont"].value).is_file()
    assert "MP3" in facts["audio files"].value
    assert json.dumps([fact.value for fact in facts.values()])
