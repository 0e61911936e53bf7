"""The tables of attacks: one for each metre, with the composer's rates or the melody's."""

import numpy as np

from composer_app.evaluation.attack_tables import Struck, attack_tables, places
from composer_app.music.timing import Meter
from tests.analysis.style_features.fragments import grid_of, held

SIX = Meter(6, 8)
WALTZ = grid_of(held(72, 12), [(64, 4), (65, 4), (64, 4)], held(60, 12), held(48, 12))
JIG = grid_of([(72, 6), (74, 6)], [(64, 6), (65, 6)], held(60, 12), [(48, 6), (43, 6)])
BAR = np.arange(12).astype(np.int16)


def test_what_eighths_are_called() -> None:
    assert places(Meter(4, 4)) == ["1", "1+", "2", "2+", "3", "3+", "4", "4+"]
    assert places(Meter(3, 4)) == ["1", "1+", "2", "2+", "3", "3+"]
    assert places(SIX) == ["1", "2", "3", "4", "5", "6"]


def test_each_metre_has_a_table() -> None:
    one = Struck(SIX, BAR, [WALTZ, JIG], JIG)
    other = Struck(Meter(3, 4), BAR, [WALTZ])
    first, second = attack_tables([other, one, one])
    assert (first.meter, first.passages, second.passages) == (SIX, 2, 1)
    heading, (head, lines) = first.section("here")
    assert heading.startswith("Attacks by place in the bar, here, 6/8 (2 passages)")
    assert head == ["", "1", "2", "3", "4", "5", "6", "16ths"]
    rows = {line[0]: line[1:] for line in lines}
    assert rows["alto: composer"] == ["1.00", "0.00", "0.00", "1.00", "0.00", "0.00", "0.00"]
    # Half of the takes are waltzes.
    assert rows["alto: model"] == ["1.00", "0.00", "0.50", "0.50", "0.50", "0.00", "0.00"]
    assert rows["any lower voice: composer"][3] == "1.00"
    assert rows["melody"][3] == "0.50"
    # Of a melody alone there is nothing but the model's.
    _, (_, alone) = second.section("here")
    assert [line[0] for line in alone] == [
        "melody",
        "alto: model",
        "tenor: model",
        "bass: model",
        "any lower voice: model",
    ]
    data = first.to_dict()
    assert (data["metre"], data["passages"]) == ("6/8", 2)
    assert data["rates"]["composer"]["bass"] == [1.0, 0, 0, 0, 0, 0, 1.0, 0, 0, 0, 0, 0]


def test_places_that_nothing_has_are_dashes() -> None:
    short = Struck(SIX, BAR[:4], [JIG.cut(4)])
    (table,) = attack_tables([short])
    _, (_, lines) = table.section("here")
    assert lines[0] == ["melody", "1.00", "0.00", "–", "–", "–", "–", "–"]
    assert table.to_dict()["rates"]["model"]["soprano"][4:] == [None] * 8
