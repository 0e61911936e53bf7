"""What is measured of melodies, by tunes whose figures can be counted."""

from pathlib import Path

import pytest

from composer_app.errors import CorpusError
from composer_app.evaluation.melodies import MelodyTrial, evaluate_melodies
from composer_app.evaluation.melodies.evaluating import COLUMNS, CONTINUED, MelodyEvaluation
from composer_app.evaluation.melodies.floors import markov, retrieved
from composer_app.evaluation.melodies.measures import (
    DISTANCES,
    VALUES,
    Copies,
    distances,
    motifs,
    phrase_bars,
    shared_motifs,
    values,
)
from composer_app.evaluation.melodies.tunes import Tune, tune_of, tunes_of
from composer_app.music.harmony.chords import Chord
from composer_app.music.note import Note
from composer_app.music.pitch import Key
from composer_app.music.timing import Meter
from composer_app.training.corpora.corpus import save_corpus
from tests.evaluation.melodies.made import piece
from tests.generation.melodies.fake_network import FakeMelodyNetwork

C_MAJOR = Chord.of_name(0, "maj")


def tune(pitches: list[int], length: int = 4, bars: int = 2, ends: bool = True) -> Tune:
    notes = tuple(Note(i * length, p, length) for i, p in enumerate(pitches))
    return Tune(notes, bars, Meter(4, 4), Key(0), (C_MAJOR,) * (bars * 16), ends)


def test_a_tune_begins_with_the_first_downbeat() -> None:
    found = tune_of(piece(shift=2))
    assert found is not None
    assert (found.bars, found.meter, found.key, found.ends) == (8, Meter(4, 4), Key(2), True)
    assert found.notes[0] == Note(0, 66, 4)
    assert found.chords[0] is None
    assert found.chords[4] == Chord.of_name(2, "maj")


def test_what_makes_no_tune_is_left_out() -> None:
    made = piece()
    short, silent, odd = piece(bars=4), piece(), piece(beat=6)
    silent.pitch[:, 0] = -1
    nowhere = piece()
    nowhere.position[:] = 5
    assert tunes_of([short, silent, odd, nowhere]) == []
    cut = piece(bars=40)
    assert len(tunes_of([cut])) == 1
    assert tunes_of([cut])[0].bars == 16
    assert not tunes_of([cut])[0].ends
    irregular = piece(bars=12)
    irregular.position[4 + 9 * 16 + 3 :] = 0
    assert [each.bars for each in tunes_of([irregular])] == [9]
    bad = piece()
    bad.bad[40] = True
    assert tunes_of([bad, made]) != []


def test_rests_and_repeated_notes_are_heard() -> None:
    made = piece()
    made.pitch[20:24, 0] = -1
    made.pitch[24:32, 0] = 60
    made.onset[28, 0] = True
    found = tune_of(made)
    assert found is not None
    starts = [(n.start, n.pitch) for n in found.notes if 12 <= n.start < 28]
    assert starts == [(12, 60), (20, 60), (24, 60)]
    assert sum(found.lengths) == found.notes[-1].end - found.notes[0].start


def test_values_are_counted() -> None:
    first = tune([60, 62, 64, 65, 67, 72, 64, 60])
    row = values([first], [3])
    assert row["notes"] == 1.0
    assert row["range"] == 12
    assert row["steps"] == pytest.approx(4 / 7)
    assert row["leaps"] == pytest.approx(1 / 7)
    assert row["chordal"] == pytest.approx(6 / 8)
    assert row["tonic"] == 1.0
    assert row["rhythms"] == 1.0
    assert row["bars"] == 0.0
    assert row["copied"] == 3.0
    nothing = values([tune([60] * 8, ends=False)], [])
    assert nothing["tonic"] is None
    assert nothing["copied"] is None
    assert values([], [])["notes"] is None


def test_distances_are_none_to_itself() -> None:
    first, other = tune([60, 62, 64, 65] * 2), tune([60, 72] * 2, length=8)
    assert set(distances([first], [first]).values()) == {0.0}
    assert all(value > 0 for name, value in distances([first], [other]).items() if name != "place")


def test_phrases_end_with_long_notes() -> None:
    notes = (Note(0, 60, 4), Note(4, 62, 12), Note(16, 60, 4), Note(36, 64, 4), Note(48, 60, 16))
    made = Tune(notes, 4, Meter(4, 4), Key(0))
    # The third note is followed by a rest.
    assert phrase_bars(made) == [1, 1, 1, 1]


def test_motifs_are_shared_with_what_has_them() -> None:
    before = tune([60, 62, 64, 65, 67, 65, 64, 62])
    assert shared_motifs(before, before) == {"rhythm": 1.0, "intervals": 1.0}
    other = tune([60, 67, 61, 70], length=8)
    assert shared_motifs(other, before) == {"rhythm": 0.0, "intervals": 0.0}
    assert shared_motifs(tune([60], length=16), before) == {"rhythm": None, "intervals": None}
    assert motifs(before)["rhythm"].total() == 5


def test_copies_are_found_in_any_key() -> None:
    training = [tune([60, 62, 64, 65, 67, 69, 71, 72])]
    copies = Copies(training)
    assert copies.longest(training[0].in_key(Key(5))) == 8
    assert copies.longest(tune([60, 62, 64, 65, 60, 61, 60, 61])) == 4
    assert copies.longest(tune([60, 70, 60, 70])) == 0


def test_floors_are_as_long_as_what_is_wanted() -> None:
    training = tunes_of([piece(shift=s) for s in range(4)])
    wanted = [tune([60, 62] * 8, bars=4), tunes_of([piece()])[0]]
    for made, want in zip(markov(wanted, training), wanted, strict=True):
        assert made.notes[-1].end == want.steps
        assert max(abs(n.pitch - 60) for n in made.notes) <= 12
    found = retrieved(wanted, training)
    assert [each.bars for each in found] == [4, 8]
    assert all(each.key == Key(0) for each in found)
    waltz = Tune(tuple(Note(i * 12, 60, 12) for i in range(8)), 8, Meter(3, 4), Key(0))
    assert retrieved([waltz], training)[0].bars == 8


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pieces = [piece(f"t{n}", "train", shift=n) for n in range(3)]
    pieces += [piece(f"v{n}", "valid", shift=n) for n in range(2)]
    save_corpus(pieces, tmp_path / "hymn.npz")
    return tmp_path


def evaluated(folder: Path) -> tuple[MelodyEvaluation, list[float]]:
    shares: list[float] = []
    trial = MelodyTrial("valid", takes=2, folder=folder)
    return evaluate_melodies(FakeMelodyNetwork(), ["hymn"], trial, shares.append), shares


def test_a_style_has_a_table_and_continuations(folder: Path) -> None:
    result, shares = evaluated(folder)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    rows = result.rows["hymn"]
    assert tuple(rows) == COLUMNS
    assert all(set(row) == {*DISTANCES, *VALUES} for row in rows.values())
    assert rows["composed"]["tonic"] == 1.0
    # All of it is a training tune.
    assert (rows["retrieved"]["copied"] or 0) > (rows["composed"]["copied"] or 0)
    assert tuple(result.continued["hymn"]) == CONTINUED
    assert result.continued["hymn"]["true"]["rhythm"] == 1.0
    text = result.markdown()
    assert text[0] == "Melodies like hymn: 2 tunes of 'valid'"
    assert text[2] == "|  | held out | composed | Markov | retrieved |"
    assert result.to_dict()["tunes"] == {"hymn": 2}
    assert evaluated(folder)[0].to_dict() == result.to_dict()


def test_without_tunes_nothing_is_judged(tmp_path: Path) -> None:
    save_corpus([piece("v", "valid")], tmp_path / "hymn.npz")
    with pytest.raises(CorpusError, match="no tunes"):
        evaluate_melodies(FakeMelodyNetwork(), ["hymn"], MelodyTrial(folder=tmp_path))
