"""Pieces whose melodies can be counted by hand."""

import numpy as np

from composer_app.training.corpora.chord_row import NO_CHORD
from composer_app.training.corpora.corpus import Piece


def piece(
    name: str = "made", split: str = "train", bars: int = 8, beat: int = 4, shift: int = 0
) -> Piece:
    """Quarters on the triad and back, from an upbeat on."""
    steps = 4 + bars * 16
    pitch = np.full((steps, 4), -1, np.int16)
    pitch[:, 0] = 60 + shift + np.array([0, 4, 7, 4])[(np.arange(steps) // 4) % 4]
    pitch[-4:, 0] = 60 + shift
    onset = np.zeros((steps, 4), np.bool_)
    onset[::4, 0] = True
    chord = np.tile(np.array([shift % 12, 0, shift % 12], np.int8), (steps, 1))
    chord[:8] = NO_CHORD
    flat = np.zeros(steps, np.bool_)
    position = ((np.arange(steps) - 4) % 16).astype(np.int16)
    sixteen, beats = np.full(steps, 16, np.int16), np.full(steps, beat, np.int16)
    return Piece(name, split, pitch, onset, position, sixteen, flat, flat, beats, chord, "hymn")
