"""The doctor: what it finds, and what it says of planted faults."""

import json
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import pytest

from composer_app import cli, doctor
from composer_app.errors import DeviceError
from composer_app.live.doctor import Fact, missing
from composer_app.package_names import midi_line, pip_line
from composer_app.resources import resource_folder
from composer_app.translation import _
from tests.irregular import put_irregular

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs ``composer-app doctor``: its exit status and what it prints."""

    def run_doctor(*arguments: str) -> tuple[int, str]:
        status = cli.main(["doctor", *arguments])
        captured = capsys.readouterr()
        assert captured.err == ""
        return status, captured.out

    return run_doctor


def no_package(name: str) -> str:
    raise PackageNotFoundError(name)


def plant(folder: Path, monkeypatch: pytest.MonkeyPatch, module: str, code: str) -> None:
    """Let ``code`` stand in for an installed module in every process that is started."""
    (folder / f"{module}.py").write_text(code)
    monkeypatch.setenv("PYTHONPATH", str(folder))


def facts_of(out: str) -> dict[str, dict[str, Any]]:
    return {fact["name"]: fact for fact in json.loads(out)["facts"]}


@pytest.mark.slow
def test_what_works_is_found(run: Run) -> None:
    status, out = run("--json")
    facts = facts_of(out)
    assert status == 0
    assert json.loads(out)["works"] is True
    for name in (
        "onnxruntime",
        "model bach",
        "composing",
        "Composer",
        "Python",
        "numpy",
        "mido",
        "chardet",
    ):
        assert facts[name]["ok"], facts[name]
        assert facts[name]["remedy"] is None
    assert facts["window"]["value"].endswith("platform offscreen")
    assert facts["composing"]["value"].startswith("a test melody was read, got 4 tracks")
    assert {"FluidSynth", "SoundFont", "sound device", "MIDI inputs", "MIDI outputs"} <= set(facts)
    for fact in facts.values():
        assert set(fact) == {"name", "value", "ok", "remedy", "needed"}
    assert {name for name, fact in facts.items() if fact["needed"]} == {
        "onnxruntime",
        "model bach",
        "composing",
    }


@pytest.mark.slow
def test_a_damaged_default_model_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = (resource_folder("models") / "bach-gan.onnx").read_bytes()
    for name in ("bach", "bach-gan"):
        (tmp_path / f"{name}.onnx").write_bytes(whole[: len(whole) // 2])
    monkeypatch.setenv("COMPOSER_MODELS", str(tmp_path))
    facts = {fact.name: fact for fact in doctor.ask("composing", 60)}
    for name in ("bach", "bach-gan"):
        fact = facts[f"model {name}"]
        assert not fact.ok
        assert fact.remedy
        assert fact.needed == (name == "bach")
    assert facts["onnxruntime"].ok
    assert "composing" not in facts


@pytest.mark.slow
def test_one_bad_model_and_a_folder_that_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_irregular(tmp_path / "odd.onnx", "pipe")
    monkeypatch.setenv("COMPOSER_MODELS", str(tmp_path))
    facts = {fact.name: fact for fact in doctor.ask("composing", 60)}
    assert not facts["model odd"].ok
    assert facts["composing"].ok
    assert "models folder" not in facts
    monkeypatch.setenv("COMPOSER_MODELS", str(tmp_path / "none"))
    facts = {fact.name: fact for fact in doctor.ask("composing", 60)}
    assert not facts["models folder"].ok
    assert "COMPOSER_MODELS" in facts["models folder"].value
    assert facts["composing"].ok


@pytest.mark.slow
def test_without_onnxruntime_the_command_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(tmp_path, monkeypatch, "onnxruntime", "raise ModuleNotFoundError('No such module')")
    facts = {fact.name: fact for fact in doctor.ask("composing", 60)}
    assert not facts["onnxruntime"].ok
    assert facts["onnxruntime"].needed
    assert facts["onnxruntime"].remedy == pip_line("onnxruntime")
    # The models themselves are not to blame.
    assert facts["model bach"].ok
    assert "composing" not in facts


def test_the_status_says_whether_composer_can_compose(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for needed, expected in ((True, 1), (False, 0)):
        lacking = missing("thing", "It is gone.", needed=needed)
        monkeypatch.setattr(doctor, "examine", lambda fact=lacking: [fact])
        status, out = run("--json")
        assert (status, json.loads(out)["works"]) == (expected, not needed)
        status, out = run()
        assert status == expected
        assert out.startswith("missing  thing  It is gone.\n")


@pytest.mark.slow
def test_without_sound_and_midi_the_commands_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(tmp_path, monkeypatch, "fluidsynth", "raise ImportError('Could not find it')")
    plant(tmp_path, monkeypatch, "rtmidi", "raise ImportError('libasound.so.2')")
    plant(tmp_path, monkeypatch, "soundfile", "raise OSError('libsndfile.so')")
    facts = {fact.name: fact for fact in (*doctor.ask("sound", 60), *doctor.ask("MIDI", 60))}
    for name, command in (
        ("FluidSynth", "fluid"),
        ("sound device", "fluid"),
        ("MIDI inputs", "libasound2"),
        ("MIDI outputs", "libasound2"),
        ("audio files", "sndfile"),
    ):
        assert not facts[name].ok
        assert not facts[name].needed
        assert command in str(facts[name].remedy)


@pytest.mark.slow
def test_without_rtmidi_the_line_to_type_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(tmp_path, monkeypatch, "rtmidi", "raise ModuleNotFoundError('No module named rtmidi')")
    for fact in doctor.ask("MIDI", 60):
        assert (fact.ok, fact.needed, fact.remedy) == (False, False, midi_line())
    monkeypatch.setattr(doctor, "_PACKAGES", ("python-rtmidi",))
    monkeypatch.setattr("importlib.metadata.version", no_package)
    assert doctor._versions()[-1].remedy == midi_line()


@pytest.mark.slow
def test_a_check_that_hangs_crashes_or_babbles_is_told_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hang = "import time\ntime.sleep(60)"
    crash = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
    babble = "print('facts: nonsense')\nraise SystemExit(3)"
    for code, seconds, sentence in (
        (hang, 2, "The check did not end within 2 s."),
        (crash, 60, "The check broke off with status -9: it says nothing"),
        (babble, 60, "The check broke off with status 3: it says nothing"),
    ):
        plant(tmp_path, monkeypatch, "rtmidi", code)
        (fact,) = doctor.ask("MIDI", seconds)
        assert fact == Fact("MIDI", sentence, ok=False)
    (other,) = doctor.ask("window", 60)
    assert other.ok


def test_a_check_that_cannot_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    (fact,) = doctor.ask("composing", 5)
    assert (fact.ok, fact.needed) == (False, True)
    assert "cannot be started" in fact.value


def test_a_package_that_is_missing_has_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_PACKAGES", ("numpy", "composer-nonsense"))
    monkeypatch.setattr(doctor, "ask", lambda probe, limit: [])
    facts = {fact.name: fact for fact in doctor.examine()}
    assert facts["numpy"].ok
    assert facts["composer-nonsense"].remedy == pip_line("composer-nonsense")


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (DeviceError(_("It is missing"), _("type: {command}", command="make x")), "make x"),
        (
            DeviceError(
                _("It is torn"), _("install it with '{command}' or {b}", command="a", b="b")
            ),
            "a",
        ),
        (DeviceError(_("The server has gone"), _("start it again")), None),
        (DeviceError(_("It is gone: type: what nobody should read")), None),
    ],
)
def test_the_command_is_the_error_s_own(error: DeviceError, remedy: str | None) -> None:
    assert missing("x", error).remedy == remedy
    assert missing("x", error).value == str(error)
    assert missing("x", error, "another").remedy == "another"
    assert missing("x", str(error)).remedy is None


def test_the_report_is_a_line_each_and_a_verdict() -> None:
    fine, lacking = Fact("a", "1.0"), missing("long name", "It is gone.", "mend it")
    needed = missing("b", "Type: this", "this", needed=True)
    assert doctor.report([fine]) == ["ok       a  1.0", "", "Everything works."]
    assert doctor.report([fine, lacking]) == [
        "ok       a          1.0",
        "missing  long name  It is gone. To mend it, type: mend it",
        "",
        "Composer can compose; see what is missing above.",
    ]
    assert doctor.report([fine, needed])[1:] == [
        "missing  b  Type: this",
        "",
        "Composer cannot compose: see what is missing above.",
    ]
