"""Nothing is lost: the studio is killed at random moments, and all that it was doing is there.

COMPOSER_KILLS says how often, eight times where it does not. ``python -m tests.acceptance.killing``
does the same without pytest.
"""

import os
import random
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.acceptance import killing
from tests.acceptance.killing import PROMISE, Piece, Take

KILLS = int(os.environ.get("COMPOSER_KILLS", "8"))


@pytest.mark.slow
# What is promised is counted in seconds: no other test is to take them.
@pytest.mark.real_time
def test_kills_at_random_moments_lose_little_and_damage_nothing(
    qtbot: QtBot, tmp_path: Path
) -> None:
    seed = int(os.environ.get("COMPOSER_KILLS_SEED", random.SystemRandom().randrange(1 << 20)))
    print(f"seed {seed}")  # noqa: T201
    outcome = killing.run(KILLS, seed, tmp_path, longest=max(2, KILLS // 20))
    print(outcome.sentence())  # noqa: T201
    assert outcome.damage == []
    assert outcome.kills == KILLS
    assert outcome.pieces > 0, "nothing was looked for"
    assert outcome.most_lost <= PROMISE


def test_what_is_lost_is_counted_from_the_first_change_that_is_not_there() -> None:
    piece = Piece(10.0, [("a", 12.0), ("b", 17.0), ("c", 20.0)], 20.0)
    assert piece.lost({"c"}) == 0.0
    assert piece.lost({"a", "b", "x"}) == 3.0
    assert piece.lost({"a"}) == 8.0
    assert piece.lost({"x"}) == 10.0
    take = Take([[60, 1], [62, 2], [64, 3]], [10.0, 12.0, 15.0], 20.0)
    assert take.lost([[[60, 1]], [[60, 1], [62, 2], [64, 3]]]) == 0.0
    assert take.lost([[[60, 1], [62, 2]], [[60, 1], [62, 9], [64, 3]]]) == 5.0
    assert take.lost([]) == 10.0
