"""Human drumming: the Groove MIDI Dataset, which travels with Composer in assets/corpora.

1,138 performances in 4/4 with the velocity and the exact time of every stroke (Gillick et al.,
"Learning to Groove with Inverse Sequence Transformations", ICML 2019); the README beside the file
says where it is from. They are brought to a grid of sixteenths that swings: for each performance it
is heard where in a beat its second eighth falls (:func:`heard_swing`), and a step of the grid is as
long as that says. So what is played in triplets stands on the grid as well, on the first three
sixteenths of the beats, and what is left beside the grid is the drummer's own timing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from composer_app.errors import CorpusError
from composer_app.music.files.array_file import read_arrays
from composer_app.plain_text import one_line_name
from composer_app.resources import resource_folder
from composer_app.training.config import DRUMS
from composer_app.translation import _

SPLITS: Final = ("train", "valid", "test")
BAR: Final = 16
# Of a step: which drums are struck, their velocities (127 = 1) and their timing in steps.
FEATURES: Final = 3 * len(DRUMS)
_BEAT: Final = 4
_STRAIGHT: Final = 0.5
# Where the second eighth of a beat may be heard, in beats.
_SWINGS: Final = np.arange(50, 76) / 100
# A stroke farther from the grid than so many beats says nothing more about it.
_FAR: Final = 0.12
_NEAR: Final = 0.125
# So much nearer, in beats, a swinging grid has to be than a straight one: more with few strokes.
_PRIOR, _PRIOR_STROKES = 0.004, 0.1
# The corpus's own classes by the names of the drums, before sticks and pedals are told apart.
_CLASSES: Final = (
    "kick",
    "snare",
    "closed",
    "open",
    "low tom",
    "mid tom",
    "high tom",
    "crash",
    "ride",
)
_ARRAYS: Final = (
    *("start", "step", "off", "cls", "vel", "raw", "dup"),
    *("name", "drummer", "style", "substyle", "bpm", "num", "den", "fill", "split", "nsteps"),
)
# Notes of the kit that are drums of their own.
_APART: Final = {37: "rim", 44: "pedal"}
_TOMS: Final = tuple(DRUMS.index(name) for name in ("low tom", "mid tom", "high tom"))
_CRASH, _SNARE = DRUMS.index("crash"), DRUMS.index("snare")
# How many of a bar's strokes say that it is a fill, beyond what is usual in the performance.
_FILL_TOMS: Final = 2.0
_FILL_NOVELTY: Final = 0.2
_OF_KIT: Final = 0.2
# Bars whose density is averaged.
_NEIGHBOURS: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class Groove:
    """A performance of whole bars of 4/4, T steps.

    ``velocity`` is (T, 11), 0 where a drum (of :data:`~composer_app.training.config.DRUMS`) is
    silent; ``timing`` is how far each stroke stands from its step, in steps from -0.5 to 0.5.
    ``swing`` is where in a beat the second eighth falls; ``tempo`` is in quarters a minute.
    ``fill`` says of each bar whether it is one; ``only_fill`` that the whole performance was
    recorded as one. ``substyle`` may be empty.
    """

    name: str
    drummer: str
    style: str
    substyle: str
    split: str
    tempo: float
    swing: float
    only_fill: bool
    velocity: NDArray[np.uint8]
    timing: NDArray[np.float32]
    fill: NDArray[np.bool_]

    @property
    def bars(self) -> int:
        """How many bars it has."""
        return len(self.velocity) // BAR

    @property
    def hits(self) -> NDArray[np.bool_]:
        """(bars, 16, 11): which drums are struck."""
        return (self.velocity > 0).reshape(-1, BAR, len(DRUMS))

    @property
    def kit(self) -> NDArray[np.bool_]:
        """(11,): the drums that are struck in a fifth of the bars, fills apart, or more."""
        struck = self.hits[~self.fill if (~self.fill).any() else slice(None)].any(axis=1)
        return np.asarray(struck.mean(axis=0) >= _OF_KIT)


def read_grooves(folder: Path | None = None) -> tuple[Groove, ...]:
    """Every performance in 4/4; :class:`CorpusError` where the file is missing or damaged."""
    path = (folder or resource_folder("assets") / "corpora") / "grooves.npz"
    try:
        return tuple(_grooves(read_arrays(path, _ARRAYS)))
    except FileNotFoundError:
        raise CorpusError(
            _("There is no corpus at {file}", file=path), _("install Composer again")
        ) from None
    except (OSError, IndexError, TypeError, ValueError):
        raise CorpusError(_("{file} is damaged", file=path), _("install Composer again")) from None


def _grooves(arrays: Mapping[str, Any]) -> Iterator[Groove]:
    notes = _rows(arrays)
    start = arrays["start"]
    for index in range(len(start) - 1):
        if (arrays["num"][index], arrays["den"][index]) != (4, 4):
            continue
        own = slice(int(start[index]), int(start[index + 1]))
        beats = (arrays["step"][own] + arrays["off"][own].astype(np.float64)) / _BEAT
        beats -= heard_lateness(beats)
        swing = heard_swing(beats[~arrays["dup"][own]])
        steps = int(arrays["nsteps"][index])
        velocity, timing = on_grid(beats, notes[own], arrays["vel"][own], steps, swing)
        only_fill = bool(arrays["fill"][index])
        yield Groove(
            one_line_name(str(arrays["name"][index])),
            str(arrays["drummer"][index]),
            str(arrays["style"][index]),
            str(arrays["substyle"][index]),
            SPLITS[int(arrays["split"][index])],
            float(arrays["bpm"][index]),
            swing,
            only_fill,
            velocity,
            timing,
            np.ones(steps // BAR, np.bool_) if only_fill else heard_fills(velocity),
        )


def _rows(arrays: Mapping[str, Any]) -> NDArray[np.intp]:
    """Which of the drums each note strikes."""
    drums = np.array([DRUMS.index(name) for name in _CLASSES])[arrays["cls"]]
    for note, name in _APART.items():
        drums[arrays["raw"] == note] = DRUMS.index(name)
    return np.asarray(drums)


def heard_lateness(beats: NDArray[np.float64]) -> float:
    """By how many beats a performance as a whole stands beside the click that its drummer heard.

    The median of the strokes at beats ``beats`` (N,) that are nearer to a beat than a thirty-second
    note; that much is how the kit was recorded, and no feel.
    """
    apart = beats - np.round(beats)
    near = np.abs(apart) < _NEAR
    return float(np.median(apart[near])) if near.any() else 0.0


def heard_swing(beats: NDArray[np.float64]) -> float:
    """Where in a beat its second eighth falls, for strokes at ``beats`` (N,); 0.5 is straight.

    That grid is taken to which the strokes are nearest, a straight one where it is about as near.
    """
    if not len(beats):
        return _STRAIGHT
    phase = (beats % 1.0)[:, None, None]
    places = np.stack([0 * _SWINGS, _SWINGS / 2, _SWINGS, (1 + _SWINGS) / 2, 1 + 0 * _SWINGS])
    apart = np.minimum(np.abs(phase - places).min(axis=1), _FAR).mean(axis=0)
    apart += np.where(_SWINGS > _STRAIGHT, _PRIOR + _PRIOR_STROKES / len(beats), 0.0)
    return float(_SWINGS[int(np.argmin(apart))])


def on_grid(
    beats: NDArray[np.float64],
    drums: NDArray[np.intp],
    velocities: NDArray[np.uint8],
    steps: int,
    swing: float,
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Velocities and timing, each (T, 11), of strokes at ``beats`` (N,); of several the loudest."""
    whole = np.floor(beats)
    phase = beats - whole
    late = phase >= swing
    even = np.where(late, 0.5 + (phase - swing) / (1 - swing) / 2, phase / swing / 2)
    place = (whole + even) * _BEAT
    step = np.maximum(0, np.floor(place + 0.5)).astype(np.intp)
    velocity = np.zeros((steps, len(DRUMS)), np.uint8)
    timing = np.zeros((steps, len(DRUMS)), np.float32)
    order = np.argsort(velocities, kind="stable")
    order = order[step[order] < steps]
    velocity[step[order], drums[order]] = velocities[order]
    timing[step[order], drums[order]] = np.clip((place - step)[order], -0.5, 0.4999)
    return velocity, timing


def heard_fills(velocity: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which bars (N,) of a performance's ``velocity`` (T, 11) are fills.

    A fill has more strokes of toms than usual, or is unlike the bars around it with more in its
    second half than they have, or is followed by a crash.
    """
    hits = (velocity > 0).reshape(-1, BAR, len(DRUMS))
    count = len(hits)
    toms = hits[..., list(_TOMS)].sum(axis=(1, 2)).astype(float)
    late = hits[:, BAR // 2 :, [_SNARE, *_TOMS]].sum(axis=(1, 2)).astype(float)
    novel = np.array(
        [1 - max(_likeness(hits, i, i + by) for by in (-2, -1, 1, 2)) for i in range(count)]
    )
    crash = np.append(hits[1:, 0, _CRASH], np.False_)
    strange = novel > np.median(novel) + _FILL_NOVELTY
    return np.asarray(
        (toms > np.median(toms) + _FILL_TOMS) & (novel > np.median(novel))
        | strange & ((late > np.median(late) + 1) | crash)
    )


def _likeness(hits: NDArray[np.bool_], one: int, other: int) -> float:
    """The share of strokes that two bars have in common, of those that either has."""
    if not 0 <= other < len(hits):
        return 0.0
    either = int((hits[one] | hits[other]).sum())
    return int((hits[one] & hits[other]).sum()) / either if either else 1.0


def features(groove: Groove) -> NDArray[np.float32]:
    """(bars, 16, 33): which drums are struck, their velocities (127 = 1), their timing in steps."""
    hits = groove.velocity > 0
    together = [hits, groove.velocity / 127.0, groove.timing * hits]
    return np.concatenate(together, axis=1).astype(np.float32).reshape(-1, BAR, FEATURES)


def phrase_places(fill: NDArray[np.bool_], most: int) -> NDArray[np.intp]:
    """(N, 2): how many bars each bar is after the beginning of its phrase, and before its end.

    A phrase ends with a fill; ``most`` stands for more, and for an end that never comes.
    """
    places = np.full((len(fill), 2), most, np.intp)
    since = until = most
    for index in range(len(fill)):
        since = 0 if index == 0 or fill[index - 1] else min(most, since + 1)
        places[index, 0] = since
    for index in reversed(range(len(fill))):
        until = 0 if fill[index] else min(most, until + 1)
        places[index, 1] = until
    return places


def densities(grooves: tuple[Groove, ...]) -> list[NDArray[np.float32]]:
    """For each performance (bars, 2): how busy and how loud its bars are among those of its style.

    From -1 for the least to 1 for the most of what the style's training bars have, each bar taken
    together with its neighbours.
    """
    found = [_amounts(groove) for groove in grooves]
    known: dict[str, NDArray[np.float64]] = {}
    for style in {groove.style for groove in grooves}:
        own = [
            amounts
            for groove, amounts in zip(grooves, found, strict=True)
            if groove.style == style and groove.split == "train"
        ]
        known[style] = np.sort(np.concatenate([*own, np.zeros((0, 2))]), axis=0)
    result = []
    for groove, amounts in zip(grooves, found, strict=True):
        order = known[groove.style]
        ranks = [
            np.searchsorted(order[:, side], amounts[:, side]) / max(1, len(order))
            for side in range(2)
        ]
        result.append((2 * np.stack(ranks, axis=1) - 1).astype(np.float32))
    return result


def _amounts(groove: Groove) -> NDArray[np.float64]:
    """(bars, 2): strokes a bar, and their mean velocity, each averaged with its neighbours."""
    velocity = groove.velocity.reshape(groove.bars, -1).astype(float)
    strokes, loud = (velocity > 0).sum(axis=1), velocity.sum(axis=1)
    window = np.ones(2 * _NEIGHBOURS + 1)
    nearby = np.convolve(np.ones(groove.bars), window, "full")[_NEIGHBOURS:-_NEIGHBOURS]
    strokes = np.convolve(strokes, window, "full")[_NEIGHBOURS:-_NEIGHBOURS]
    loud = np.convolve(loud, window, "full")[_NEIGHBOURS:-_NEIGHBOURS]
    return np.stack([strokes / nearby, loud / np.maximum(strokes, 1)], axis=1)
