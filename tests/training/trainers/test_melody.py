"""The network that writes melodies: its windows, its loop, and its file."""

import threading
from pathlib import Path

import numpy as np
import pytest

from composer_app.errors import CorpusError
from composer_app.generation.melodies.network import MelodyNetwork
from composer_app.generation.noise import NoiseVector
from composer_app.music.pitch import Key
from composer_app.training.config import MELODY_LOWEST, MelodyConfig
from composer_app.training.corpora.chord_row import NO_CHORD
from composer_app.training.corpora.corpus import Piece
from composer_app.training.protocol import StopRequest
from composer_app.training.trainers.melody_windows import (
    HELD,
    SILENT,
    STRUCK,
    MelodySampler,
    key_of,
    neighbours,
)

SMALL = MelodyConfig(
    channels=(8, 8, 8),
    down_blocks=(1, 1, 1),
    up_blocks=(1, 1),
    window=64,
    batch=4,
    iterations=2,
    style_weights=(0.0, 1.0, 0.0, 0.0, 0.0, 0.0),
)


def piece(bars: int = 8, tonic: int = 62) -> Piece:
    """Quarters up and down a scale, with an upbeat, over its tonic's chord."""
    steps = 4 + bars * 16
    pitch = np.full((steps, 4), -1, np.int16)
    scale = [0, 2, 4, 5, 7, 5, 4, 2]
    for beat in range(steps // 4):
        pitch[beat * 4 : beat * 4 + 4, 0] = tonic + scale[beat % 8]
    pitch[-4:, 0] = tonic
    onset = np.zeros((steps, 4), np.bool_)
    onset[::4, 0] = True
    position = ((np.arange(steps) - 4) % 16).astype(np.int16)
    chord = np.tile(np.array([tonic % 12, 0, tonic % 12], np.int8), (steps, 1))
    chord[:4] = NO_CHORD
    flat = np.zeros(steps, np.bool_)
    return Piece(
        "made",
        "train",
        pitch,
        onset,
        position,
        np.full(steps, 16, np.int16),
        flat,
        flat,
        np.full(steps, 4, np.int16),
        chord,
        "hymn",
    )


def test_a_window_counts_from_its_tonic() -> None:
    batch = MelodySampler([piece()], SMALL, 1).batch(16)
    other = MelodySampler([piece(tonic=67)], SMALL, 1).batch(16)
    assert (batch.degree == other.degree).all()
    assert (batch.chord[batch.chord_known > 0] == 0).all()
    struck = batch.degree[batch.state == STRUCK] + MELODY_LOWEST
    assert set(struck.tolist()) <= {0, 2, 4, 5, 7}
    assert set(np.unique(batch.state).tolist()) <= {STRUCK, HELD, SILENT}
    assert (batch.minor == 0).all()


def test_what_is_asked_for_is_hidden_and_what_is_hidden_is_written_in_order() -> None:
    batch = MelodySampler([piece()], SMALL, 2).batch(64)
    assert not (batch.state_asked * batch.state_known).any()
    assert not (batch.degree_asked * batch.degree_known).any()
    for row in range(64):
        # Rhythm stands before pitches are asked for.
        if batch.degree_asked[row].any():
            assert batch.state_known[row].all()
            assert (batch.state[row][batch.degree_asked[row] > 0] == STRUCK).all()
    assert batch.state_asked.any()
    assert batch.degree_asked.any()
    assert not (batch.state_asked * (1 - batch.valid)).any()


def test_bars_beside_are_found_by_their_numbers() -> None:
    number = np.repeat([-1, 0, 1, 2], [4, 16, 16, 16])
    position = np.concatenate([np.arange(12, 16), *[np.arange(16)] * 3])
    found = neighbours(number, position)
    # -8, -4, -2, -1, 1, 2, 4 bars away.
    assert found[20 + 5].tolist() == [-1, -1, -1, 4 + 5, 36 + 5, -1, -1]
    assert found[20 + 13].tolist() == [-1, -1, 1, 4 + 13, 36 + 13, -1, -1]


def test_the_key_is_that_of_the_last_chord() -> None:
    made = piece(tonic=62)
    assert key_of(made, slice(0, made.steps)) == Key(2)


def test_pieces_without_a_melody_are_refused() -> None:
    with pytest.raises(ValueError, match="no piece"):
        MelodySampler([], SMALL, 1)


def test_a_run_goes_on_where_it_was_and_becomes_a_model(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("onnxscript")
    from composer_app.training.checkpoint import load_checkpoint, save_checkpoint
    from composer_app.training.export import export_checkpoint
    from composer_app.training.trainers.melody_trainer import MelodyTrainer

    stop = StopRequest()
    stop.requested = threading.Event()
    path = tmp_path / "checkpoint.pt"
    trainer = MelodyTrainer(SMALL, [piece()], [piece()])
    trainer.step()
    save_checkpoint(path, trainer.state())
    after = trainer.step()
    again = MelodyTrainer(SMALL, [piece()], [piece()])
    again.restore(load_checkpoint(path))
    assert {k: v.item() for k, v in again.step().items()} == {k: v.item() for k, v in after.items()}
    assert again.run(path, stop)
    assert load_checkpoint(path)["iteration"] == 2
    with pytest.raises(CorpusError, match="pieces for training"):
        MelodyTrainer(SMALL, [], [piece()])

    model = tmp_path / "melody.onnx"
    export_checkpoint(path, model)
    network = MelodyNetwork(model, 1)
    from composer_app.generation.melodies.melody_task import MelodyTask
    from composer_app.generation.melodies.melody_writer import write_melody
    from composer_app.music.meter_map import MeterMap

    task = MelodyTask(48, MeterMap(), Key(0), "hymn", (60, 79), np.ones(48, np.bool_))
    notes = write_melody(network, task, NoiseVector.from_seed(0, 48)).notes
    assert notes[-1].end == 48
