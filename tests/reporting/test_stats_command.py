"""``composer-app stats``: what it prints, draws and refuses."""

import io
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest

from composer_app.analysis.features import FEATURES
from composer_app.analysis.likeness.copies import load_copies
from composer_app.errors import ProfileError
from composer_app.evaluation.excerpts import composition_of, excerpts_of
from composer_app.music.composition import Composition, Track
from composer_app.music.files.sample_melodies import load_sample
from composer_app.music.midi.file import write_midi
from composer_app.music.note import Note
from composer_app.palette import DARK
from composer_app.reporting import report
from composer_app.reporting.canvas import sheet_colors
from composer_app.training.corpora.style_corpora import read_style
from composer_app.translation import verbatim

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a melody, a hymn that models learned from and clusters."""
    monkeypatch.chdir(tmp_path)
    write_midi(Composition.from_melody(load_sample("twinkle")), "melody.mid")
    hymn = next(iter(read_style("hymn")))
    (cut,) = excerpts_of([hymn])[:1]
    write_midi(composition_of(cut.grid, cut.meter, "Known"), "hymn.mid")
    tracks = tuple(
        Track("", 0, tuple(Note(i, 72 - voice + i % 7, 1) for i in range(128)))
        for voice in range(4)
    )
    write_midi(Composition(tracks, title="Clusters"), "clusters.mid")
    return tmp_path


def lines(text: str) -> list[str]:
    """The lines without the width of their columns."""
    return [" ".join(line.split()) for line in text.splitlines()]


def test_every_feature_and_metric_has_a_line(run: Run) -> None:
    status, out, _ = run("stats", "melody.mid")
    assert status == 0
    printed = lines(out)
    for feature in FEATURES:
        assert any(line.startswith(feature.title) for line in printed), feature.title
    assert "Leap, not step 23 17.4% –" in printed
    assert "Melodic interval 41 0.0 ± 2.4 not normal, p < 0.001" in printed
    assert "empty bar rate 0.0%" in printed
    assert "similarity index –" in printed
    assert "near-copy" not in out.lower()


def test_json_holds_counts_fits_and_metrics(run: Run) -> None:
    data = json.loads(run("stats", "melody.mid", "--json")[1])
    assert (data["file"], data["key"]) == ("melody.mid", "C major")
    length = data["features"]["length"]
    assert dict(zip(length["values"], length["counts"], strict=True)) == {4: 36, 8: 6}
    assert (length["n"], length["kind"]) == (42, "number")
    assert length["fit"]["mean"] == pytest.approx(4.571, abs=0.001)
    assert length["fit"]["goodness"]["sentence"]
    assert data["features"]["on_beat"]["fit"]["p"] == 1.0
    assert "fit" not in data["features"]["pitch_class"]
    assert data["measures"]["pitch_class_count"] == 6
    assert "likeness" not in data


def test_a_known_piece_is_called_a_near_copy(run: Run) -> None:
    out = run("stats", "hymn.mid", "--compare", "hymn")[1]
    assert "Near-copy: All voices have" in out
    shared = json.loads(run("stats", "hymn.mid", "--compare", "hymn", "--json")[1])
    assert shared["longest_shared_run"]["near_copy"] is True
    assert shared["longest_shared_run"]["piece"].startswith("A Child of The King")


def test_outliers_are_said_worst_first(run: Run) -> None:
    status, out, _ = run("stats", "clusters.mid", "--compare", "bach")
    assert status == 0
    assert "* 100 % of beats are dissonant with the melody; in Bach 20 %." in out.splitlines()
    assert out.splitlines()[-1] == "No beat is shared with the training music."
    data = json.loads(run("stats", "clusters.mid", "--compare", "bach", "--json")[1])
    extremes = [abs(row["percentile"] - 50) for row in data["likeness"]["measures"]]
    assert extremes == sorted(extremes, reverse=True)
    assert data["features"]["length"]["distance"]["method"] == "Wasserstein"
    # Scores without dynamics, and pieces in all keys, are nothing to compare these with.
    assert all("distance" not in data["features"][name] for name in ("velocity", "pitch_class"))


def test_a_melody_alone_is_compared_as_a_melody(run: Run) -> None:
    out = run("stats", "melody.mid", "--compare", "bach")[1]
    assert "of 4 metrics of the melody are" in out
    # Not with what four voices have in common.
    (pitch,) = (line.split() for line in out.splitlines() if line.strip().startswith("Pitch  "))
    assert float(pitch[-2]) == pytest.approx(6.1, abs=0.5)
    assert "that takes four tracks" in out


def test_the_melody_is_found_or_chosen(run: Run) -> None:
    voices = [Track(name, 0, (Note(0, pitch, 16),)) for name, pitch in (("Low", 40), ("High", 80))]
    write_midi(Composition(tuple(voices)), "duet.mid")
    found = "taken for the melody: track 2, High: it is the highest line"
    assert found in lines(run("stats", "duet.mid")[1])
    chosen = run("stats", "duet.mid", "--melody", "1", "--compare", "bach")[1]
    assert "taken for the melody: track 1, Low" in lines(chosen)
    assert json.loads(run("stats", "duet.mid", "--json")[1])["melody"] == 2
    # Where there is one track there is no question.
    assert "taken for the melody" not in run("stats", "melody.mid")[1]
    write_midi(Composition((*voices, Track("Tacet"))), "trio.mid")
    for number, why in (("0", "has 3 tracks"), ("4", "has 3 tracks"), ("3", "has no notes")):
        status, out, err = run("stats", "trio.mid", "--melody", number)
        assert (status, out) == (2, "")
        assert why in err
        assert len(err.strip().splitlines()) == 1


def test_one_track_is_measured(run: Run) -> None:
    voices = [
        Track("Bass", 0, tuple(Note(4 * i, 40 + i, 4) for i in range(8))),
        Track("Alto", 0, tuple(Note(8 * i, 62, 8) for i in range(4))),
        Track("Soprano", 0, tuple(Note(2 * i, 80 - i, 2) for i in range(16))),
        Track("Tenor", 0, (Note(0, 55, 32),)),
    ]
    write_midi(Composition(tuple(voices)), "voices.mid")

    def pitches(*arguments: str) -> tuple[object, list[int]]:
        data = json.loads(run("stats", "voices.mid", "--json", *arguments)[1])
        pitch = data["features"]["pitch"]
        return data["track"], np.repeat(pitch["values"], pitch["counts"]).tolist()

    assert pitches()[0] is None
    assert len(pitches()[1]) == 29
    for number, voice in enumerate(voices, start=1):
        expected = sorted(note.pitch for note in voice.notes)
        assert pitches("--track", str(number)) == (number, expected)
        assert pitches("--track", str(number), "--melody", "2") == (number, expected)
    assert pitches("--track", "melody") == pitches("--track", "3")
    assert pitches("--track", "melody", "--melody", "1") == pitches("--track", "1")
    out = run("stats", "voices.mid", "--track", "1", "--compare", "bach", "--plot", "o.svg")[1]
    assert "track 1, Bass number mean" in "\n".join(lines(out))
    # With Bach's basses, not with all of his voices.
    bass = json.loads(run("stats", "voices.mid", "--track", "1", "--compare", "bach", "--json")[1])[
        "features"
    ]["pitch"]["distance"]["value"]
    assert bass < 10
    for wrong in ("0", "5", "bass", "-1"):
        status, _, err = run("stats", "voices.mid", f"--track={wrong}")
        assert (status, err.count("\n")) == (2, 1)
        assert f"has 4 tracks: --track {wrong} is none of them" in err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "there", "missing"),
    [
        ("melody.mid", [DARK.accent], [DARK.reference, DARK.outlier]),
        ("clusters.mid --compare bach", [DARK.accent, DARK.reference, DARK.outlier], []),
        # No metric of the tune is remarked upon, in red.
        ("melody.mid --compare bach", [DARK.accent, DARK.reference], [DARK.outlier]),
        # The bars of a single track have the colour of its voice.
        ("hymn.mid --track 2", [sheet_colors(1).bar], [DARK.accent, sheet_colors(0).bar]),
    ],
)
def test_a_picture_shows_the_piece_the_corpus_and_outliers(
    run: Run, folder: Path, arguments: str, there: list[str], missing: list[str]
) -> None:
    assert run("stats", *arguments.split(), "--plot", "out.png")[0] == 0
    picture = matplotlib.image.imread(io.BytesIO((folder / "out.png").read_bytes()))
    assert picture.shape[1] == 1600
    # Below the header with its legend.
    red, green, blue = np.round(picture[104:, :, :3] * 255).astype(np.int64).T
    painted = red << 16 | green << 8 | blue
    for color in (*there, *missing):
        assert (painted == int(color[1:], 16)).any() == (color in there), color


def test_a_picture_of_nothing_but_one_note(run: Run, folder: Path) -> None:
    write_midi(Composition((Track("", 0, (Note(0, 60, 1),)),)), "note.mid")
    assert run("stats", "note.mid", "--compare", "hymn", "--plot", "out.svg")[0] == 0
    assert b"<svg" in (folder / "out.svg").read_bytes()


# a column of numbers --------------------------------------------------------------------


def test_numbers_are_fitted(run: Run, folder: Path) -> None:
    (folder / "numbers.txt").write_text("# heights\r\n1\r\n2.5\r\n\r\n4\r\n")
    status, out, _ = run("stats", "numbers.txt", "--fit", "gaussian")
    assert status == 0
    assert lines(out) == [
        "numbers.txt: 3 values",
        "mean 2.5",
        "standard deviation (sample) 1.5",
        "3 values are too few to judge whether they are normally distributed: 20 are needed.",
    ]
    out = run("stats", "numbers.txt", "--fit", "gaussian", "--population", "--json")[1]
    assert json.loads(out)["stdev"] == pytest.approx(1.5**0.5)


def test_trials_are_fitted(run: Run, folder: Path) -> None:
    (folder / "trials.txt").write_text("1\n0\n0\n0\n" * 60)
    out = lines(run("stats", "trials.txt", "--fit", "binomial", "--plot", "fit.pdf")[1])
    assert out[:4] == ["trials.txt: 240 trials", "p 0.25", "mean 60", "standard deviation 6.7082"]
    assert out[-1].startswith("These successes are not binomially distributed: they come more even")
    assert (folder / "fit.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("numbers", ["7\n7\n7\n", "1e150\n-1e150\n", "0.5\n1.5\n1.75\n" * 9])
def test_odd_numbers_can_be_drawn(run: Run, folder: Path, numbers: str) -> None:
    (folder / "numbers.txt").write_text(numbers)
    status, _, err = run("stats", "numbers.txt", "--fit", "gaussian", "--plot", "fit.png")
    assert (status, err) == (0, "")
    assert (folder / "fit.png").stat().st_size > 5000


@pytest.mark.parametrize(
    ("arguments", "numbers", "sentence"),
    [
        ("--fit gaussian", "1\ntwo\n", "Line 2 of in.txt is not a number: 'two'"),
        ("--fit gaussian", "5\n", "No distribution can be fitted to in.txt: a sample of one value"),
        ("--fit binomial", "0\n3\n", "in.txt: trials are 0 (failed) or 1 (succeeded)"),
        ("--fit gaussian", "", "holds no numbers"),
        ("--fit gaussian --compare bach", "1\n2\n", "--compare is for MIDI files"),
        ("--fit binomial --track 1", "1\n0\n", "--track is for MIDI files"),
        ("--fit gaussian --melody 1", "1\n2\n", "--melody is for MIDI files"),
        ("--population", "1\n", "--population goes with --fit gaussian"),
        ("--fit binomial --population", "1\n", "--population goes with --fit gaussian"),
        ("--fit gaussian --plot out.gif", "1\n2\n", "out.gif: let its name end in .png"),
        ("--fit gaussian --plot no/out.png", "1\n2\n", "no/out.png cannot be written"),
        ("", "1\n2\n", "in.txt is not a MIDI file: add --fit gaussian or --fit binomial"),
        ("--compare jazz", "1\n", "invalid choice: 'jazz'"),
    ],
)
def test_what_cannot_be_done_is_said(
    run: Run, folder: Path, arguments: str, numbers: str, sentence: str
) -> None:
    (folder / "in.txt").write_text(numbers)
    status, out, err = run("stats", "in.txt", *arguments.split())
    assert (status, out) == (2, "")
    assert sentence in err
    assert len(err.strip().splitlines()) == 1


def test_figures_alone_need_no_matplotlib_and_no_slow_part_of_scipy(folder: Path) -> None:
    code = (
        "import sys; from composer_app.cli import main; main(['stats', 'melody.mid', '--compare',"
        " 'bach']); print([m for m in ('matplotlib', 'scipy.stats', 'torch') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_music_that_could_not_be_searched_is_named(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = replace(
        load_copies(), problems=(ProfileError(verbatim("bach.copies.npz is missing or damaged")),)
    )
    monkeypatch.setattr(report, "load_copies", lambda: index)
    status, out, _ = run("stats", "hymn.mid", "--compare", "hymn")
    assert status == 0
    assert "Near-copy: " in out
    assert out.splitlines()[-1] == "bach.copies.npz is missing or damaged."
    data = json.loads(run("stats", "hymn.mid", "--compare", "hymn", "--json")[1])
    assert data["problems"] == [str(problem) for problem in index.problems]
