"""How like a style: pieces of the style that nobody learned from are, others are not."""

from functools import cache

import numpy as np
import pytest

from composer_app.analysis.likeness.likeness import Likeness, Place, compare
from composer_app.analysis.likeness.profiles import load_profile
from composer_app.analysis.metrics.metrics import METRICS
from composer_app.evaluation.excerpts import composition_of, excerpts_of
from composer_app.music.composition import Composition, Track
from composer_app.music.note import Note
from composer_app.training.corpora.style_corpora import read_style


@cache
def held_out(style: str) -> tuple[Composition, ...]:
    """Excerpts of the pieces that are in no training split."""
    pieces = [piece for piece in read_style(style) if piece.split in ("valid", "test")]
    return tuple(composition_of(e.grid, e.meter, e.name) for e in excerpts_of(pieces))


def outlying(style: str, beside: str) -> float:
    """The share of metrics of held-out pieces of ``style`` that are remarked upon."""
    found = [compare(piece, load_profile(beside)) for piece in held_out(style)]
    return float(np.mean([len(each.outliers) / len(each.places) for each in found]))


def scale_in_clusters() -> Composition:
    """Four voices a semitone apart in sixteenths: in no style whatever."""
    tracks = tuple(
        Track("", 0, tuple(Note(i, 72 - voice + i % 7, 1) for i in range(128)))
        for voice in range(4)
    )
    return Composition(tracks)


@pytest.mark.slow
def test_held_out_pieces_are_like_their_style_and_unlike_others() -> None:
    # By definition 5 % of the metrics of further pieces are outliers, if the corpus is fair.
    assert outlying("hymn", "hymn") < 0.08
    assert outlying("ragtime", "hymn") > 0.25


def test_the_strangest_comes_first_and_is_said_in_a_sentence() -> None:
    found = compare(scale_in_clusters(), load_profile("bach"))
    assert (found.bars, found.passage_bars, found.voices) == (8, 8, 4)
    distances = [abs(place.percentile - 50) for place in found.places]
    assert distances == sorted(distances, reverse=True)
    strangeness = [place.strangeness for place in found.places]
    assert strangeness == sorted(strangeness, reverse=True)
    assert found.outliers == found.places[: len(found.outliers)]
    assert len(found.outliers) >= 15
    by_id = {place.metric.id: place for place in found.places}
    dissonant = by_id["melody_dissonance"]
    assert dissonant.sentence == "100 % of beats are dissonant with the melody; in Bach 20 %."
    assert dissonant.typical == pytest.approx(0.195, abs=0.01)
    assert (dissonant.percentile, dissonant.outlying) == (100, True)
    assert dissonant.low < dissonant.typical < dissonant.high < 1
    assert found.sentence.startswith(f"{26 - len(found.outliers)} of 26 metrics are within")


def place(value: float, percentile: float) -> Place:
    """Of a metric that lies between 10 and 30 in the middle 95 % of passages."""
    return Place(METRICS[0], value, percentile, 10.0, 20.0, 30.0, "")


@pytest.mark.parametrize(
    ("stranger", "less_strange"),
    [
        # Farther from the middle, above and below,
        (place(29, 90), place(22, 60)),
        (place(11, 10), place(18, 40)),
        (place(11, 10), place(22, 60)),
        (place(29, 90), place(18, 40)),
        # and where percentiles end, farther beyond what is usual.
        (place(50, 100), place(31, 100)),
        (place(-9, 0), place(9, 0)),
        (place(-9, 0), place(31, 100)),
        (place(50, 100), place(9, 0)),
        # Whoever is outside is stranger than whoever is within.
        (place(31, 100), place(29, 97)),
        (place(9, 0), place(11, 3)),
    ],
)
def test_strangeness_grows_in_both_directions(stranger: Place, less_strange: Place) -> None:
    assert stranger.strangeness > less_strange.strangeness


def test_strangeness_is_counted_from_where_the_usual_ends() -> None:
    assert place(50, 100).strangeness == place(-10, 0).strangeness == (50, 1.0)
    assert place(29, 90).strangeness == place(11, 10).strangeness == (40, 0.0)


def test_what_is_usual_is_not_remarked_upon() -> None:
    found = compare(held_out("hymn")[0], load_profile("hymn"))
    for place in found.places:
        assert place.outlying == (not 2.5 <= place.percentile <= 97.5)
        if not place.outlying:
            assert place.low <= place.value * 1.001 + 1e-9
            assert place.value <= place.high * 1.001 + 1e-9


@pytest.mark.parametrize("tracks", [1, 2, 3])
def test_of_fewer_than_four_tracks_the_melody_is_compared(tracks: int) -> None:
    piece = Composition(held_out("hymn")[0].tracks[:tracks])
    found = compare(piece, load_profile("hymn"))
    assert found.voices == 1
    assert {place.metric.group for place in found.places} == {"melody"}
    assert "of 4 metrics of the melody are" in found.sentence


def test_empty_tracks_change_nothing() -> None:
    piece = held_out("hymn")[0]
    more = Composition(
        (piece.tracks[0], Track("Tacet"), *piece.tracks[1:], Track("Tacet")), meters=piece.meters
    )
    assert compare(more, load_profile("hymn")) == compare(piece, load_profile("hymn"))


def test_nothing_is_like_nothing() -> None:
    found: Likeness = compare(Composition((Track("Tacet"),)), load_profile("hymn"))
    assert found.places == found.outliers == ()
    assert found.sentence == "There are no notes to compare with hymns."
