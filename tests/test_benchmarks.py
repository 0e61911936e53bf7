"""What is measured, and how it is shown; the clock and the models are stand-ins."""

import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

from benchmarks import figures, keyboard, opening, rendering, score_view
from benchmarks.memory import own_peak
from benchmarks.models import Figures, bars_of, compared, in_turns, measure, table
from composer_app.errors import ModelError
from composer_app.generation.models.model_info import ModelInfo
from composer_app.live.rendering.audio_file import FORMATS, AudioWritten
from composer_app.music.composition import Composition
from composer_app.translation import verbatim
from tests.generation.fake_generator import FakeGenerator


def test_the_worst_of_the_files_is_said() -> None:
    costs = {"a.mid": opening.Cost(2.0, 30.0, "4 notes"), "b.mid": opening.Cost(1.0, 250.0, "none")}
    lines = opening.table(dict.fromkeys(costs, bytes(2000)), lambda path: costs[path.name])
    assert [line.split() for line in lines] == [
        ["a.mid", "2", "kB", "2.00", "s", "30", "MB", "4", "notes"],
        ["b.mid", "2", "kB", "1.00", "s", "250", "MB", "none"],
        ["the", "worst:", "2.00", "s,", "250", "MB"],
    ]
    slower = opening.table({"a.mid": b""}, lambda _: costs["a.mid"], lambda _: costs["b.mid"])
    assert slower[0].split()[3:] == [
        "2.00",
        "s",
        "30",
        "MB",
        "was",
        "1.00",
        "s",
        "250",
        "MB",
        "4",
        "notes",
    ]


def test_what_is_opened_is_counted_or_said(tmp_path: Path) -> None:
    path = tmp_path / "tune.mid"
    path.write_bytes(opening.small_file())
    assert 9_000 < path.stat().st_size < 12_000
    assert opening.read_one(str(path)).outcome == "1,200 notes"
    path.write_bytes(b"")
    assert opening.read_one(str(path)).outcome == "is empty"


@pytest.mark.parametrize("bars", [8, 16, 200])
def test_melodies_have_the_bars_they_should(bars: int) -> None:
    melody = bars_of(bars)
    assert melody.bars == bars
    assert melody.steps == bars * 16


def test_only_models_that_work_are_compared() -> None:
    names = ("alpha", "bach", "bach-gan-classic")
    models = [ModelInfo(name, Path("x")) for name in names]
    models.append(ModelInfo("bach-gan", Path("x"), problem=ModelError(verbatim("It is torn."))))
    assert [model.name for model in compared(models)] == ["bach-gan-classic", "bach"]


def test_the_first_run_does_not_count_and_the_median_does() -> None:
    seconds = {"a": iter((9.0, 1.0, 5.0, 2.0)), "b": iter((0.0, 3.0, 3.0, 4.0))}
    now = [0.0]
    order: list[tuple[str, int]] = []

    def action(name: str, run: int) -> None:
        order.append((name, run))
        now[0] += next(seconds[name])

    medians = in_turns(
        {"a": lambda run: action("a", run), "b": lambda run: action("b", run)}, 3, lambda: now[0]
    )
    assert medians == {"a": 2.0, "b": 3.0}
    assert order == [(name, run) for run in range(4) for name in ("a", "b")]


def test_each_model_is_measured_and_shown_beside_the_default(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(bytes(2_500_000))
    models = [ModelInfo("bach-gan", path), ModelInfo("bach", path)]
    ticks = count()
    figures = measure(
        models, FakeGenerator, {"bach-gan": 321_000_000, "bach": None}.get, lambda: next(ticks)
    )
    assert [each.name for each in figures] == ["bach-gan", "bach"]
    assert all(each.short == each.long == each.load == 1 for each in figures)
    lines = table([Figures("bach-gan", 0.01, 0.5, 0.02, 321_000_000, 2_500_000), figures[1]])
    assert len(lines) == 4
    assert lines[1].split() == [
        "bach-gan", "10.0", "ms", "0.01x", "500.0", "ms", "0.50x", "20.0", "ms", "321", "MB",
        "2.5", "MB",
    ]  # fmt: skip
    assert "1.00x" in lines[2]
    assert lines[3] == "ratio: to bach"
    assert {len(line) for line in lines[:3]} == {len(lines[0])}


def test_a_process_knows_its_peak_and_not_its_parents(repository: Path) -> None:
    ballast = bytearray(200_000_000)
    ballast[::4096] = b"x" * len(ballast[::4096])
    own = own_peak()
    if own is None:
        pytest.skip("memory is not measured on this system")
    assert own > 200_000_000
    code = "from benchmarks.models import own_peak; print(own_peak())"
    command = [sys.executable, "-c", code]
    child = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True)
    assert 10_000_000 < int(child.stdout) < 200_000_000


def test_no_model_is_a_line() -> None:
    assert table([]) == ["no model to measure is installed"]


def test_rendering_is_measured_for_every_format() -> None:
    now, cpu = [0.0], [0.0]
    costs = {".wav": iter((9.0, 2.0, 3.0)), ".flac": iter((4.0, 4.0, 4.0))}

    def write(piece: Composition, path: Path) -> AudioWritten:
        cost = next(costs[path.suffix]) if path.suffix in costs else 1.0
        now[0] += cost
        cpu[0] += cost / 2
        return AudioWritten(60.0, 0.0, -1.0, Path("any.sf2"))

    speeds = rendering.measure(rendering.quartet(1), 3, write, lambda: now[0], lambda: cpu[0])
    assert [each.kind for each in speeds] == list(FORMATS)
    assert [each.wall for each in speeds] == [20, 15, 60, 60]
    assert [each.cpu for each in speeds] == [40, 30, 120, 120]
    assert rendering.table(speeds)[0].split()[:4] == ["rendering", "to", "WAV", "20"]


def test_what_is_rendered_are_four_tracks() -> None:
    piece = rendering.quartet(2)
    assert [len(track.notes) for track in piece.tracks] == [8] * 4
    assert piece.bars == 2


def test_the_statistics_of_eight_bars_are_measured(capsys: pytest.CaptureFixture[str]) -> None:
    piece = figures.take(8)
    assert (piece.bars, len(piece.tracks)) == (8, 4)
    figures.main()
    head, *rows = capsys.readouterr().out.splitlines()
    assert head == f"statistics of 8 bars, {piece.note_count} notes"
    assert [row.split("  ")[1].strip() for row in rows] == list(figures.actions(piece))
    assert all(float(row.split()[-2]) > 0 and row.endswith(" ms") for row in rows)


def test_a_key_waits_from_when_the_driver_had_it() -> None:
    # The driver's clock began 7 s after ours; the second note was read at once, the third late.
    times = keyboard.Times([3.0, 3.5, 4.0], read=[10.001, 10.5, 11.2])
    assert times.arrived().tolist() == [10.0, 10.5, 11.0]
    delays = keyboard.Delays(
        keyboard.spread(times.arrived() - 9.5), (1.0, 2.0, 3.0), (0.0, 4.0, 5.0)
    )
    assert delays.since_arrival == (1000.0, pytest.approx(1490.0), 1500.0)
    (line,) = keyboard.table({"at rest": delays})
    assert line.startswith("key to note, at rest ")
    assert "1000.00 ms (p99 1490.00, most 1500.00)" in line
    assert "the other program  1.00 ms (p99   2.00)" in line
    assert line.endswith("the machine itself  0.00 ms (p99   4.00)")
    assert keyboard.grid(8, 0.1).tolist()[6:] == pytest.approx([0.6, 0.713])


def test_the_score_is_measured_from_the_start_of_its_process_to_what_is_painted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert score_view.piece(3).bars == 3
    costs = score_view.engraving(score_view.piece(1))
    assert min(costs.laid_out, costs.drawn) > 0
    monkeypatch.setattr(score_view, "starting", lambda: 0.5)
    monkeypatch.setattr(score_view, "engraving", lambda _: score_view.Engraving(1.0, 0.25))
    monkeypatch.setattr(score_view, "painting", lambda *_: {"first picture": 20.0})
    score_view.main()
    assert capsys.readouterr().out.count("first picture  1.77 s") == 3
