"""Windows and masks: what the network is shown while it learns."""

from dataclasses import replace

import numpy as np
import pytest

from composer_app.training.config import HIGHEST_PITCH, LOWEST_PITCH, PITCH_CLASSES
from composer_app.training.corpora.corpus import REST
from composer_app.training.trainers.dataset import (
    FERMATA_UNKNOWN,
    WindowSampler,
    allowed_transpositions,
    cut_chords,
    cut_window,
    draw_masks,
    draw_row_masks,
    fold,
    pitch_classes,
)
from tests.training.pieces import TINY, chord_piece

IN_BEAT = np.arange(64) % 4


def test_classes_are_a_rest_and_the_pitches_in_order() -> None:
    pitch = np.array([REST, LOWEST_PITCH, HIGHEST_PITCH], np.int16)
    assert pitch_classes(pitch).tolist() == [0, 1, PITCH_CLASSES - 1]


def test_transpositions_stay_among_the_networks_pitches() -> None:
    piece = chord_piece()
    # The piece spans 40-79.
    assert allowed_transpositions(piece, TINY) == [-4, -3, -2, -1, 0, 1, 2, 3, 4]
    silent = replace(piece, pitch=np.full_like(piece.pitch, REST))
    assert allowed_transpositions(silent, TINY) == []


def test_a_window_past_the_end_is_padded_and_says_so() -> None:
    piece = chord_piece(steps=40)
    pitch, onset, position, fermata, valid = cut_window(piece, 16, replace(TINY, window=32), 2)
    assert valid.tolist() == [1.0] * 24 + [0.0] * 8
    assert pitch[0].tolist() == pitch_classes(piece.pitch[16] + np.int16(2)).tolist()
    assert not pitch[24:].any()
    assert not onset[24:].any()
    assert position[:4].tolist() == [0, 1, 2, 3]
    assert fermata.nonzero()[0].tolist() == [20, 21, 22, 23]


def test_the_melody_is_known_but_for_a_few_windows() -> None:
    config = replace(TINY, melody_hidden_share=0.0)
    random = np.random.default_rng(5)
    for _ in range(200):
        pitch_known, onset_known = draw_masks(random, config, IN_BEAT[:32])
        assert pitch_known[:, 0].all()
        assert onset_known[:, 0].all()
        assert set(np.unique(pitch_known)) <= {0.0, 1.0}
        # An onset is never shown where its pitch is hidden.
        assert (onset_known <= pitch_known).all()
    config = replace(config, melody_hidden_share=1.0, onset_stage_share=0.0)
    hidden = [not draw_masks(random, config, IN_BEAT[:32])[0][:, 0].all() for _ in range(50)]
    assert sum(hidden) > 40


def test_coarse_to_fine_masks_know_whole_levels() -> None:
    config = replace(TINY, coarse_to_fine_share=1.0, onset_stage_share=0.0, melody_hidden_share=0.0)
    random = np.random.default_rng(7)
    step = np.arange(64)
    for _ in range(100):
        known, _ = draw_masks(random, config, IN_BEAT)
        quarters, eighths = known[step % 4 == 0, 1:], known[step % 4 == 2, 1:]
        sixteenths = known[step % 2 == 1, 1:]
        if sixteenths.any():
            assert quarters.all()
            assert eighths.all()
        if eighths.any():
            assert quarters.all()


def test_batches_are_whole_and_repeatable() -> None:
    pieces = [chord_piece(), chord_piece("short", steps=24)]
    first = WindowSampler(pieces, TINY, 3).batch(6)
    again = WindowSampler(pieces, TINY, 3).batch(6)
    other = WindowSampler(pieces, TINY, 4).batch(6)
    assert first.pitch.shape == (6, 32, 4)
    for name in first.__slots__:
        assert np.array_equal(getattr(first, name), getattr(again, name)), name
    assert not np.array_equal(first.pitch_known, other.pitch_known)
    assert set(np.unique(first.fermata)) <= {0, 1, FERMATA_UNKNOWN}
    # What lies past the end is never asked for.
    assert first.pitch_known[first.valid == 0].all()


def test_pauses_in_the_melody_leave_a_consistent_piece() -> None:
    config = replace(TINY, melody_rest_share=1.0)
    sampler = WindowSampler([chord_piece()], config, 11)
    batch = sampler.batch(20)
    rests = batch.pitch[:, :, 0] == 0
    assert rests.any()
    assert not batch.onset[:, :, 0][rests].any()
    # The first note after a pause is struck.
    after = ~rests[:, 1:] & rests[:, :-1] & (batch.valid[:, 1:] > 0)
    assert batch.onset[:, 1:, 0][after].all()


def test_windows_off_the_grid_are_not_used() -> None:
    piece = chord_piece()
    bad = np.zeros(piece.steps, np.bool_)
    bad[:] = True
    with pytest.raises(ValueError, match="no piece is long enough"):
        WindowSampler([replace(piece, bad=bad)], TINY, 1)


def test_notes_beyond_the_range_are_folded_by_octaves() -> None:
    pitch = np.array([REST, 25, 35, 36, 60, 83, 84, 96, 108], np.int16)
    assert fold(pitch).tolist() == [REST, 37, 47, 36, 60, 83, 72, 72, 72]


def test_styles_are_drawn_by_their_weights() -> None:
    pieces = [chord_piece(), replace(chord_piece("h"), style="hymn")]
    config = replace(TINY, style_weights=(0.25, 0.75, 0.5, 0, 0, 0))
    styles = WindowSampler(pieces, config, 1).batch(400).style
    assert (styles == styles[:, :1]).all(), "a window is of one style"
    # No ragtime is at hand: its share goes to the others.
    assert set(np.unique(styles)) == {0, 1}
    assert abs((styles[:, 0] == 1).mean() - 0.75) < 0.07
    with pytest.raises(ValueError, match="window"):
        WindowSampler([], config, 1)


def test_only_chorales_show_phrase_ends_but_any_piece_may_show_its_end() -> None:
    config = replace(TINY, fermatas_hidden_share=0.0, ending_known_share=0.0, window=32)
    shown = WindowSampler([chord_piece(steps=32)], config, 1).batch(8)
    assert set(np.unique(shown.fermata)) == {0, 1}
    hymn = replace(chord_piece(steps=32), style="hymn")
    hidden = WindowSampler([hymn], config, 1).batch(8)
    assert set(np.unique(hidden.fermata[hidden.valid > 0])) == {FERMATA_UNKNOWN}
    ending = WindowSampler([hymn], replace(config, ending_known_share=1.0), 1).batch(30)
    for fermata, valid in zip(ending.fermata, ending.valid, strict=True):
        last = int(valid.sum()) - 1
        assert fermata[last] == 1
        assert fermata[0] == FERMATA_UNKNOWN


def test_spans_hide_one_stretch() -> None:
    config = replace(TINY, onset_stage_share=0.0, coarse_to_fine_share=0.0, span_share=1.0)
    config = replace(config, melody_hidden_share=0.0)
    random = np.random.default_rng(11)
    hidden_shares = []
    for _ in range(100):
        known, _ = draw_masks(random, config, IN_BEAT)
        steps = np.flatnonzero((known == 0).any(axis=1))
        if steps.size:
            assert steps[-1] - steps[0] < 32
        hidden_shares.append((known == 0).mean())
    assert 0.02 < np.mean(hidden_shares) < 0.3


def test_beats_of_compound_metres_come_before_their_eighths() -> None:
    config = replace(TINY, coarse_to_fine_share=1.0, onset_stage_share=0.0, melody_hidden_share=0.0)
    random = np.random.default_rng(7)
    in_beat = np.arange(48) % 6
    for _ in range(100):
        known, _ = draw_masks(random, config, in_beat)
        if known[np.isin(in_beat, (2, 4)), 1:].any():
            assert known[in_beat == 0, 1:].all()


def test_a_chord_is_that_of_its_beats_first_step_and_moves_with_the_notes() -> None:
    chord, starts = cut_chords(chord_piece(), 4, 32, 2)
    assert np.flatnonzero(starts).tolist() == list(range(0, 32, 4))
    # F major, G major, C major, a tone higher.
    assert chord[::4].tolist()[:3] == [[7, 0, 7], [9, 0, 9], [2, 0, 2]]
    assert (chord[1:4] == chord[0]).all()
    past, _ = cut_chords(chord_piece(steps=40), 16, 32, 0)
    assert (past[24:] == -1).all()
    unknown = chord_piece()
    unknown.chord[8:12, 1] = -1
    assert (cut_chords(unknown, 0, 32, 0)[0][8:12] == -1).all()


def test_of_a_chord_row_what_is_hidden_is_asked_for_once_a_beat() -> None:
    random = np.random.default_rng(3)
    chord, starts = cut_chords(chord_piece(), 0, 64, 0)
    chord[8:12] = -1
    seen_in_part = False
    for _ in range(200):
        known, asked = draw_row_masks(random, TINY, chord, starts, planned=False)
        assert not known[8:12].any(), "nobody knows that chord"
        assert not asked[8:12].any()
        assert not asked[~starts].any()
        assert (known[:, 1] <= known[:, 0]).all(), "a bass is drawn after its chord"
        beats = starts & (chord[:, 0] >= 0)
        assert ((known + asked)[beats, 0] == 1).all()
        # A bass is asked for where its chord stands.
        assert (asked[beats, 1] == ((known[:, 0] - known[:, 1])[beats])).all()
        seen_in_part |= bool(0 < known[beats, 0].mean() < 1)
    assert seen_in_part


def test_a_lead_sheet_teaches_no_voices() -> None:
    piece = chord_piece()
    alone = np.where(np.arange(4) == 0, piece.pitch, REST).astype(np.int16)
    sheet = replace(piece, pitch=alone, onset=piece.onset & (alone != REST), style="leadsheet")
    batch = WindowSampler([sheet], replace(TINY, melody_hidden_share=0.5), 1).batch(40)
    assert not batch.pitch_known[batch.valid > 0][:, 1:].any()
    assert not batch.pitch_asked[..., 1:].any()
    assert batch.chord_asked.any()


def test_a_window_at_the_start_says_where_the_piece_begins() -> None:
    config = replace(TINY, beginning_share=1.0)
    piece = chord_piece()
    upbeat = replace(piece, position=((np.arange(64) + 12) % 16).astype(np.int16))
    begin = WindowSampler([upbeat], config, 1).batch(4).begin
    assert begin.sum(axis=1).tolist() == [5.0] * 4
