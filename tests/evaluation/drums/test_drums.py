"""Drums measured against drummers: each measure by a case whose answer is known."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from composer_app.cli import main
from composer_app.errors import SettingError
from composer_app.evaluation.drums import evaluate_drums, evaluating, measures
from composer_app.evaluation.drums.measures import NINE, Played
from composer_app.evaluation.drums.performances import (
    as_it_was,
    conditions_of,
    from_patterns,
    retrieved,
)
from composer_app.generation.bands.drum_network import DrumBar
from composer_app.generation.bands.style_list import find_style
from composer_app.training.config import DRUM_NOTES, DRUMS
from composer_app.training.corpora.groove_corpus import BAR, features
from tests.training.drumming import groove


class FakeNetwork:
    """Plays the groove of the tests, moved by a step where the noise is above 0."""

    pitches = tuple(DRUM_NOTES.values())

    def knows(self, style: str) -> bool:
        return style == "rock"

    def write(
        self,
        bars: list[DrumBar],
        style: str,
        tempo: float,
        swing: float,
        temperature: float,
        kit: tuple[int, ...] = (),
    ) -> Any:
        own = features(groove(bars=4))
        made = [
            bar.given if bar.given is not None else np.roll(own[0], int(bar.noise[0] > 0), axis=0)
            for bar in bars
        ]
        return np.stack(made)


def _played(bars: int = 8, **changes: Any) -> Played:
    return replace(as_it_was(groove(bars=bars)), **changes)


def test_nine_drums_are_told_apart() -> None:
    struck = np.zeros((2, len(DRUMS)), np.bool_)
    struck[0, DRUMS.index("rim")] = struck[1, DRUMS.index("pedal")] = True
    nine = measures.nine(struck)
    assert nine.shape == (2, 9)
    assert [NINE[i] for i in np.nonzero(nine)[1]] == ["snare", "closed"]


def test_equals_are_at_no_distance_and_strangers_at_one() -> None:
    one = [_played(64)]
    silent = [_played(64, velocity=np.zeros_like(one[0].velocity))]
    assert measures.place_distances(one, one) == {"rock": 0.0}
    assert measures.place_distances(silent, one) == {"rock": 1.0}
    assert measures.place_distances([], [_played(8)]) == {}
    assert measures.value_distances(one, one) == (0.0, 0.0)
    loud = np.where(one[0].velocity > 0, 127, 0).astype(np.uint8)
    velocity, timing = measures.value_distances([replace(one[0], velocity=loud)], one)
    assert velocity == pytest.approx(1.0)
    assert timing == 0.0
    assert measures.value_distances([], []) == (0.0, 0.0)
    assert measures.weighted({"rock": 0.25}, one) == 0.25
    assert measures.weighted({}, one) is None


def test_grooves_agree_and_fills_do_not() -> None:
    played = _played()
    same = played.bars[0]
    assert measures.likeness(same, same) == 1.0
    assert measures.likeness(same & False, same & False) == 1.0
    assert 0.3 < measures.agreement([played]) < 1.0
    assert measures.agreement([_played(1)]) == 1.0
    assert measures.fill_novelty([played]) > 0.4
    assert measures.fill_novelty([_played(2)]) == 0.0


def test_copies_are_found_and_variety_is_counted() -> None:
    played, silent = _played(), _played(4, velocity=np.zeros((4 * BAR, 11), np.uint8))
    known = measures.known_bars([played])
    assert measures.copied([played], known) == 1.0
    assert measures.copied([played], frozenset()) == 0.0
    assert measures.copied([silent], known) == 0.0
    assert measures.variety([played]) == 2 / 8
    assert measures.difference([[played]]) is None
    assert measures.difference([[played], [played]]) == 0.0


def test_the_linear_test_tells_others_and_not_equals() -> None:
    random = np.random.default_rng(1)
    real: list[Played] = []
    equal: list[Played] = []
    other: list[Played] = []
    for _ in range(12):
        for sets, drum in ((real, 0), (equal, 0), (other, 5)):
            velocity = np.zeros((4 * BAR, 11), np.uint8)
            velocity[:, drum] = random.integers(0, 2, 4 * BAR) * random.integers(40, 90, 4 * BAR)
            sets.append(_played(4, velocity=velocity))
    told = measures.linear_auc(other, real, 1)
    assert told is not None
    assert told > 0.99
    untold = measures.linear_auc(equal, real, 1)
    assert untold is not None
    assert 0.3 < untold < 0.7
    assert measures.linear_auc(real, real, 0) is None


def test_floors_play_as_many_bars() -> None:
    train = [groove(str(i), bars=4 + i) for i in range(3)]
    held_out = groove("held", "valid", 9)
    random = np.random.default_rng(1)
    known = measures.known_bars([as_it_was(each) for each in train])
    for wanted in (held_out, replace(held_out, only_fill=True), replace(held_out, style="polka")):
        if not wanted.only_fill:
            found = retrieved(train, wanted, random)
            assert len(found.bars) == 9
            assert measures.copied([found], known) == 1.0
    band = find_style("rock").band
    assert band is not None
    conditions = conditions_of((*train, held_out))
    played = from_patterns(band, held_out, conditions, 1)
    assert len(played.bars) == 9
    assert played.bars.any()
    assert not np.array_equal(
        from_patterns(band, held_out, conditions, 2).velocity, played.velocity
    )


@pytest.fixture
def corpus(monkeypatch: pytest.MonkeyPatch) -> None:
    every = (
        *(groove(f"t{i}", bars=8) for i in range(3)),
        *(groove(f"v{i}", "valid", 28) for i in range(2)),
        groove("short", "valid", 2),
    )
    monkeypatch.setattr(evaluating, "read_grooves", lambda: every)


@pytest.mark.usefixtures("corpus")
def test_an_evaluation_has_a_column_for_everybody() -> None:
    network: Any = FakeNetwork()
    shares: list[float] = []
    result = evaluate_drums(network, takes=2, seeds=1, progress=shares.append)
    assert shares[-1] == 1.0
    assert (result.performances, result.bars) == (3, 58)
    rows = result.rows
    assert rows["drummers"]["place_js"] == 0.0
    assert rows["retrieval"]["copied"] == 1.0
    assert rows["network"]["fill_novelty"] != rows["drummers"]["fill_novelty"]
    assert rows["network"]["difference"] is not None
    (heading, (head, lines)), (_, (_, styles)) = result.sections()
    assert "3 performances" in heading
    assert len(head) == 1 + len(evaluating.COLUMNS)
    assert len(lines) == len(evaluating.MEASURES)
    assert [row[0] for row in styles] == ["rock"]
    assert json.dumps(result.to_dict())
    network.pitches = (1, 2)
    with pytest.raises(SettingError, match="other drums"):
        evaluate_drums(network)


@pytest.mark.slow
@pytest.mark.usefixtures("corpus")
def test_the_command_measures_the_installed_network(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--drums", "--pieces", "2", "--linear", "0", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["performances"] == 2
    assert 0 < figures["rows"]["network"]["strokes"] < 60
    assert main(["evaluate", "--drums", "--pieces", "1", "--linear", "0"]) == 0
    assert "neighbouring bars alike" in capsys.readouterr().out
