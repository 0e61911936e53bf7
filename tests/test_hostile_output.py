"""Whatever stands in a file, or is the name of one, no command prints what a terminal obeys."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from composer_app import doctor
from composer_app.generation import commands
from composer_app.generation.models.model_info import ModelInfo
from composer_app.live.commands import choose_output
from composer_app.live.doctor import Fact
from composer_app.music.midi.file import read_midi
from tests.generation.fake_generator import FakeGenerator
from tests.generation.model_files import GRAPH, metadata
from tests.hostile import HOSTILE, HOSTILE_NAME, assert_harmless, write_hostile

Run = Callable[..., tuple[int, str, str]]
OUT = HOSTILE_NAME.replace("evil", "out")


@pytest.fixture
def tune(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The hostile piece in the working folder, and a hostile model where models are looked for."""
    monkeypatch.chdir(tmp_path)
    models = tmp_path / "mod\x1b[2Jels"
    models.mkdir()
    texts = {"format": "1", "technique": "refining", "title": HOSTILE, "description": HOSTILE}
    content = GRAPH + b"".join(metadata(key, value) for key, value in texts.items())
    (models / HOSTILE_NAME.replace(".mid", ".onnx")).write_bytes(content)
    (models / "odd\x1b[31m.onnx").write_bytes(content.replace(b"refining", b"\x1b[2Jxyz\n"))
    (models / "none\x1b[31m.onnx").write_bytes(b"")
    monkeypatch.setenv("COMPOSER_MODELS", str(models))
    monkeypatch.setattr(commands, "load_generator", lambda name: FakeGenerator(HOSTILE))
    info = ModelInfo(HOSTILE, Path(HOSTILE_NAME), HOSTILE, HOSTILE, "gan", supports=())
    monkeypatch.setattr(commands, "find_model", lambda name: info)
    return write_hostile(tmp_path).name


def seen(result: tuple[int, str, str], status: int = 0) -> str:
    """What was printed, which is harmless."""
    assert result[0] == status, result
    for text in result[1:]:
        assert_harmless(text, breaks=True)
        assert "\n\n\n" not in text
    return result[1] + result[2]


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["stats", "{tune}"], "evil"),
        (["stats", "{tune}", "--compare", "hymn"], "Lead 2J"),
        (["stats", "{tune}", "--track", "2", "--plot", f"{OUT}.png"], "track 2, Lead 2J"),
        (["picture", "{tune}", "-o", f"{OUT}.png"], "out"),
        (["generate", "{tune}", "-o", OUT, "--seed", "7"], "out"),
        (["generate", "{tune}", "-o", OUT, "--temperature", "0.5"], "takes no notice"),
        (["generate", "{tune}", "-o", "a.mid", "--takes", "2", "--improve", "--lock", "bass"], ""),
        (["models"], "Lead 2J"),
        (["sample", "twinkle", "-o", OUT], "out"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_what_works(run: Run, tune: str, arguments: list[str], part: str) -> None:
    status = 2 if "--improve" in arguments else 0
    assert part in seen(run(*(each.replace("{tune}", tune) for each in arguments)), status)


def test_the_tables_keep_their_lines(run: Run, tune: str) -> None:
    Path("plain.mid").write_bytes(Path(tune).read_bytes())
    lines = run("stats", tune)[1].splitlines()
    assert len(lines) == len(run("stats", "plain.mid")[1].splitlines())
    rows = [line for line in lines if line[:2].strip().isdecimal()]
    assert len(rows) == len(read_midi(tune).tracks)


@pytest.mark.parametrize(
    "arguments",
    [
        ["stats", f"no{HOSTILE_NAME}"],
        ["stats", "{tune}", "--track", "\x1b[31m9"],
        ["picture", f"no{HOSTILE_NAME}", "-o", "x.png"],
        ["picture", "{tune}", "-o", f"no/{HOSTILE_NAME}"],
        ["generate", f"no{HOSTILE_NAME}", "-o", "x.mid"],
        ["generate", "{tune}", "-o", f"no\x1b[2J/{HOSTILE_NAME}"],
        ["generate", "{tune}", "-o", "{tune}"],
        ["sample", HOSTILE],
        ["sample", HOSTILE, "-o", "x.mid"],
        ["render", "{tune}", "-o", f"{OUT}.xyz\x1b[2J"],
        ["render", "{tune}", "-o", "x.wav", "--soundfont", f"{HOSTILE_NAME}.sf2"],
        ["models", f"--{HOSTILE}"],
        [f"nonsense{HOSTILE}"],
        ["stats", "numbers.txt", "--fit", "gaussian"],
        ["evaluate", "--report", f"{OUT}.\x1b[2J"],
        ["evaluate", "--corpus", HOSTILE_NAME],
        ["profile", "bach", "--corpus", HOSTILE_NAME],
        ["export", HOSTILE_NAME],
    ],
    ids=lambda value: ascii(" ".join(value))[:30],
)
def test_what_does_not(run: Run, tune: str, arguments: list[str]) -> None:
    Path("numbers.txt").write_text(f"1\n{HOSTILE}\n", encoding="utf-8")
    text = seen(run(*(each.replace("{tune}", tune) for each in arguments)), 2)
    # Of a file with several tracks it is said first which one is the melody.
    assert text.count("\n") == 1 + ("chooses another melody" in text)


def test_json_is_ascii_and_the_texts_in_it_are_faithful(run: Run, tune: str) -> None:
    for arguments in (["models", "--json"], ["stats", tune, "--json"]):
        status, out, err = run(*arguments)
        assert (status, err) == (0, "")
        assert out.isascii()
        assert "\x1b" not in out
    assert json.loads(run("stats", tune, "--json")[1])["file"] == HOSTILE_NAME
    paths = [row["path"] for row in json.loads(run("models", "--json")[1])["models"]]
    assert any("mod\x1b[2Jels" in path for path in paths)


def test_the_doctor(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = [Fact("MIDI inputs", HOSTILE), Fact(HOSTILE, HOSTILE, ok=False, remedy=HOSTILE)]
    monkeypatch.setattr(doctor, "examine", lambda: facts)
    text = seen(run("doctor"))
    assert text.count("\n") == 4
    out = run("doctor", "--json")[1]
    assert out.isascii()
    assert json.loads(out)["facts"][0]["value"] == HOSTILE


def test_ports_are_named_harmlessly() -> None:
    with pytest.raises(Exception, match="choose one of these: Lead 2J") as caught:
        choose_output("flute\x1b[2J", [HOSTILE, HOSTILE])
    assert_harmless(str(caught.value))


@pytest.mark.slow
def test_the_doctor_with_hostile_models(run: Run, tune: str) -> None:
    text = seen(run("doctor"))
    assert "Lead 2J" in text or "evil" in text
