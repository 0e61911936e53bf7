"""What is measured of a take in each trial, as counts that can be pooled."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.analysis.metrics.voice_metrics import Count, pooled
from composer_app.analysis.voice_grid import REST, VOICES, VoiceGrid
from composer_app.evaluation.behavior.cases import Case, Trial

# E2: below it lies the cellar of a choir's bass. C3: below it thirds are mud.
BASS_ZONE: Final = 40
_THIRDS_FROM: Final = 48
_MAJOR_THIRD: Final = 4
_REST_COUNTS: Final = ("silent", "gap", "moving", "notes")


def measure_behavior(take: VoiceGrid, case: Case) -> dict[str, Count]:
    """The counts of ``take`` (T, 4) in ``case``."""
    if case.trial is Trial.REGISTER:
        return {f"{name}_{case.register}": count for name, count in register(take).items()}
    beat = case.melody.meter.steps_per_beat
    found = [_rest(take, span, beat) for span in case.rests]
    counts = {name: pooled(each[name] for each in found) for name in _REST_COUNTS}
    if case.trial in (Trial.SILENCE_BEFORE, Trial.INTRODUCTION):
        silent = counts["silent"]
        return {case.trial.value: Count(silent.of - silent.hits, silent.of)}
    return {f"{case.trial.value}_{name}": count for name, count in counts.items()}


def _rest(take: VoiceGrid, span: tuple[int, int], beat: int) -> dict[str, Count]:
    """What the accompaniment does from ``span[0]`` to ``span[1]``, with beats of ``beat`` steps.

    What is struck as the rest begins is a chord to it; what is struck later moves in it.
    """
    begin, end = span
    onset = take.onset[begin:end, 1:]
    sounds = (take.pitch[begin:end, 1:] != REST).any(axis=1)
    beats = (end - begin) / beat
    values = (
        Count(float(not sounds.any()), 1),
        Count(float(not sounds.all()), 1),
        Count(float(onset[1:].any()), 1),
        Count(float(onset.sum()), beats * (VOICES - 1)),
    )
    return dict(zip(_REST_COUNTS, values, strict=True))


def register(take: VoiceGrid) -> dict[str, Count]:
    """Shares of steps: a bass below E2, a third or less below C3, voices above the melody."""
    pitch = take.pitch.astype(np.int64)
    bass = pitch[:, -1]
    sounding = bass != REST
    melody = pitch[:, :1]
    above = (pitch[:, 1:] > melody) & (melody != REST)
    heard = (pitch != REST).any(axis=1)
    return {
        "below_e2": Count(float((sounding & (bass < BASS_ZONE)).sum()), float(sounding.sum())),
        "close_below_c3": Count(float(_close_below_c3(pitch).sum()), float(heard.sum())),
        "above_melody": Count(float(above.any(axis=1).sum()), float((melody != REST).sum())),
    }


def lowest(take: VoiceGrid) -> int | None:
    """The lowest MIDI pitch of the accompaniment; None where it is silent."""
    cells = take.pitch[:, 1:]
    return int(cells[cells != REST].min()) if (cells != REST).any() else None


def _close_below_c3(pitch: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(T,): where two voices (T, 4) lie a third or less apart, the lower one below C3.

    A unison is one note, and no mud.
    """
    silent = np.iinfo(np.int64).max // 2
    ordered = np.sort(np.where(pitch == REST, silent, pitch), axis=1)
    gap = np.diff(ordered, axis=1)
    low = ordered[:, :-1] < _THIRDS_FROM
    return np.asarray(((gap > 0) & (gap <= _MAJOR_THIRD) & low).any(axis=1), np.bool_)
