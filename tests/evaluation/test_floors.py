"""The floors take their notes from the training pieces, and only from there."""

from dataclasses import replace

import numpy as np

from composer_app.evaluation.excerpts import Excerpt, excerpt
from composer_app.evaluation.floors import bar_retrieval, random_paste
from composer_app.training.corpora.corpus import Piece
from tests.evaluation.examples import chorale


def cut(piece: Piece) -> Excerpt:
    result = excerpt(piece)
    assert result is not None
    return result


def test_a_pasted_passage_is_moved_into_the_key_of_the_melody() -> None:
    each = cut(chorale(shift=2))
    for shift in (0, 7, -4):
        (take,) = random_paste([each], [chorale("t", "train", shift=shift)])
        np.testing.assert_array_equal(take.pitch[:, 0], each.grid.pitch[:, 0])
        # The training piece is the same music: its classes are those of the excerpt's voices.
        for voice in (1, 2, 3):
            own = set((each.grid.pitch[:, voice] % 12).tolist())
            assert set((take.pitch[:, voice] % 12).tolist()) == own
        assert abs(take.pitch[:, 3].mean() - chorale(shift=shift).pitch[:, 3].mean()) < 8


def test_a_short_piece_goes_round() -> None:
    short = chorale("t", "train", steps=40)
    (take,) = random_paste([cut(chorale())], [short])
    assert take.steps == 124
    assert (take.pitch >= 0).all()
    assert take.onset[0].all()


def test_pasting_is_the_same_every_time() -> None:
    pieces = [chorale("t", "train"), chorale("u", "train", shift=5)]
    once, again = (random_paste([cut(chorale())], pieces)[0] for _ in range(2))
    np.testing.assert_array_equal(once.pitch, again.pitch)


def test_a_known_melody_gets_its_own_accompaniment() -> None:
    each = cut(chorale(shift=2))
    # Among strangers, a third lower: transposed by three semitones.
    stranger = chorale("s", "train")
    stranger.pitch[:, 0] = 60
    (take,) = bar_retrieval([each], [stranger, chorale("t", "train", shift=-1)])
    np.testing.assert_array_equal(take.pitch, each.grid.pitch)
    np.testing.assert_array_equal(take.onset, each.grid.onset)


def test_the_most_similar_bar_wins() -> None:
    each = cut(chorale())
    # One bar in which the first quarter differs, and one with three others.
    near, far = chorale("n", "train", steps=20), chorale("f", "train", steps=20)
    near.pitch[4:8, 0] += 1
    far.pitch[8:20, 0] += [1] * 4 + [2] * 4 + [5] * 4
    near.pitch[:, 3], far.pitch[:, 3] = 40, 45
    (take,) = bar_retrieval([each], [far, near])
    assert set(take.pitch[:16, 3].tolist()) == {40}


def test_a_bar_that_is_longer_than_the_others_has_bars_of_its_own_length() -> None:
    each = cut(chorale())
    bars = ((0, 16), (16, 40), (40, each.grid.steps))
    longer = replace(each, passage=replace(each.passage, bars=bars))
    usual = chorale("t", "train")
    (take,) = bar_retrieval([longer], [usual])
    assert (take.pitch[:16, 1:] >= 0).all()
    assert (take.pitch[16:40, 1:] == -1).all(), "none of 24 steps is known"
    of_24 = replace(usual, bar_length=np.full(160, 24, np.int16))
    of_24.position[:] = np.arange(160) % 24
    (take,) = bar_retrieval([longer], [usual, of_24])
    assert (take.pitch[16:40, 1:] >= 0).all()


def test_what_is_held_over_a_bar_line_elsewhere_is_struck_here() -> None:
    held = chorale("t", "train")
    held.onset[:, 3] = False
    (take,) = bar_retrieval([cut(chorale())], [held])
    assert take.onset[0, 3]


def test_bars_that_cannot_be_used() -> None:
    each = cut(chorale())
    in_three = replace(
        chorale("t", "train"),
        bar_length=np.full(160, 12, np.int16),
        position=(np.arange(160) % 12).astype(np.int16),
    )
    broken = replace(chorale("t", "train"), bad=np.ones(160, np.bool_))
    for piece in (in_three, broken):
        (take,) = bar_retrieval([each], [piece])
        assert (take.pitch[:, 1:] == -1).all()
        assert not take.onset[:, 1:].any()
        np.testing.assert_array_equal(take.pitch[:, 0], each.grid.pitch[:, 0])
