import json
from dataclasses import asdict

import pytest

from composer_app.analysis.summary import Spread, summary
from composer_app.music.composition import Composition
from tests.analysis.test_features import PIECE


def test_summary_of_a_piece() -> None:
    figures = summary(PIECE)
    assert (figures.title, figures.key, figures.meter) == ("Scale", "C major", "4/4")
    assert (figures.tempo, figures.bars, figures.notes) == (90.0, 3, 10)
    upper, lower, tacet = figures.tracks
    assert (upper.name, upper.program, upper.notes) == ("Soprano", 40, 9)
    assert (upper.lowest, upper.highest) == (60, 72)
    assert upper.length == Spread(33 / 9, 1.0)
    assert upper.in_key == upper.on_beat == pytest.approx(8 / 9)
    assert lower.pitch == Spread(48.0, None)
    assert (tacet.notes, tacet.lowest, tacet.pitch, tacet.in_key) == (0, None, None, None)


def test_summary_is_plain_data_even_of_nothing() -> None:
    figures = json.loads(json.dumps(asdict(summary(Composition()))))
    assert figures["key"] is None
    assert figures["tracks"] == []
    assert Spread.of([]) is None
