"""The network that writes drums: bar after bar, from those before and from what is asked.

The model file is run once for each bar of sixteen steps. Its chance is a row of the bar's cell of
the noise vector; :mod:`composer_app.training.networks.drum_unet` says what it is made of.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from composer_app.errors import ModelError
from composer_app.generation.models.model_file import file_sha256, read_metadata
from composer_app.generation.models.model_info import DRUMS
from composer_app.generation.models.model_metadata import json_list, known_styles, whole_number
from composer_app.generation.models.onnx_session import open_session
from composer_app.late_numpy import np
from composer_app.translation import _

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Strokes = NDArray[np.float32]

BAR_STEPS: Final = 16
# What the network remembers of the bars before: their mean, fills apart, and three of them.
_MEMORY: Final = 16
_BACK: Final = (4, 2, 1)
# A step has for each drum whether it is struck, how strongly (127 = 1), and its timing in steps.
_PARTS: Final = 3
_LOUDEST: Final = 127
_STRUCK: Final = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class DrumBar:
    """What is asked of a bar.

    ``fill`` says whether it is one, which ends a phrase. ``busy`` and ``loud`` go from -1 to 1;
    ``accents`` (16,) are where the melody has notes. ``noise`` (512,) is standard normal. Where
    ``known`` (16,) is true the bar is ``given`` (16, 3 x drums).
    """

    noise: NDArray[np.float32]
    fill: bool = False
    busy: float = 0.0
    loud: float = 0.0
    accents: NDArray[np.bool_] | None = None
    given: Strokes | None = None
    known: NDArray[np.bool_] | None = None


class DrumNetwork:
    """A model file that writes drums."""

    def __init__(self, path: Path) -> None:
        """Raises :class:`ModelError` where ``path`` is missing, or no such file."""
        metadata = read_metadata(path)
        problem = ModelError(
            _("{file} writes no drums", file=path.name), _("name another model in the style")
        )
        if metadata.get("technique") != DRUMS:
            raise problem
        try:
            self.pitches = tuple(int(note) for note in json_list(metadata, "drums", "[]"))
            self.styles = tuple(known_styles(metadata))
            self.substyles = tuple(str(name) for name in json_list(metadata, "substyles", '[""]'))
            self._most_place = whole_number(metadata, "most_place", 1, 99)
        except (TypeError, ValueError):
            raise problem from None
        self.sha256 = file_sha256(path)
        # Its layers are too small for several threads, and one always sums in the same order.
        self._session = open_session(path, 1)

    def knows(self, style: str) -> bool:
        """Whether ``style`` (such as "rock", or "jazz/swing") is one of its styles."""
        return style in self.styles or style in self.substyles[1:]

    def write(
        self,
        bars: Sequence[DrumBar],
        style: str,
        tempo: float,
        swing: float,
        temperature: float,
        kit: Sequence[int] = (),
        going_on: Callable[[], None] = lambda: None,
    ) -> Strokes:
        """(bars, 16, 3 x drums): drums struck, velocities (127 = 1) and timing (-0.5 to 0.5 steps).

        ``tempo`` is in quarters a minute, ``swing`` where in a beat its second eighth falls,
        ``kit`` has the pitches that the groove is played on, any if there are none.
        Before each bar ``going_on`` is called, which may raise.
        """
        width = _PARTS * len(self.pitches)
        written = np.zeros((len(bars), BAR_STEPS, width), np.float32)
        always = self._always(style, tempo, swing, temperature, kit)
        places = _places([bar.fill for bar in bars], self._most_place)
        for index, bar in enumerate(bars):
            going_on()
            feeds = always | self._earlier(written, bars, index) | self._asked(bar, width)
            feeds["place"] = places[index : index + 1]
            written[index] = self._session.run(["bar"], feeds)[0][0]
        return written

    def _always(
        self, style: str, tempo: float, swing: float, temperature: float, kit: Sequence[int]
    ) -> dict[str, NDArray[Any]]:
        family = style.partition("/")[0]
        substyle = self.substyles.index(style) if style in self.substyles[1:] else 0
        return {
            "style": np.array([self.styles.index(family) if family in self.styles else 0]),
            "substyle": np.array([substyle]),
            # A file may have brought the tempo a little beside itself.
            "tempo": np.array([round(tempo)], np.float32),
            "swing": np.array([swing], np.float32),
            "temperature": np.array([temperature], np.float32),
            "kit": np.array([[pitch in kit for pitch in self.pitches]], np.float32),
            "kit_known": np.array([bool(kit)], np.float32),
        }

    def _earlier(
        self, written: Strokes, bars: Sequence[DrumBar], index: int
    ) -> dict[str, NDArray[Any]]:
        context = np.zeros((1, 1 + len(_BACK), *written.shape[1:]), np.float32)
        present = np.zeros((1, 1 + len(_BACK)), np.float32)
        grooves = [past for past in range(max(0, index - _MEMORY), index) if not bars[past].fill]
        if grooves:
            context[0, 0], present[0, 0] = written[grooves].mean(axis=0), 1
        for place, back in enumerate(_BACK, 1):
            if index >= back:
                context[0, place], present[0, place] = written[index - back], 1
        before = written[index - 1, -1:] if index else np.zeros((1, written.shape[2]), np.float32)
        return {"context": context, "present": present, "before": before}

    def _asked(self, bar: DrumBar, width: int) -> dict[str, NDArray[Any]]:
        none = np.zeros((BAR_STEPS, width), np.float32)
        unknown = np.zeros(BAR_STEPS, np.bool_)
        accents, known = bar.accents, bar.known
        return {
            "noise": bar.noise[None],
            "given": (none if bar.given is None else bar.given)[None],
            "given_known": (unknown if known is None else known)[None].astype(np.float32),
            "amounts": np.array([[bar.busy, bar.loud]], np.float32),
            "amounts_known": np.ones((1, 2), np.float32),
            "fill": np.array([int(bar.fill)]),
            "place_known": np.ones(1, np.float32),
            "accents": (unknown if accents is None else accents)[None].astype(np.float32),
            "accents_known": np.array([accents is not None], np.float32),
        }


def _places(fills: Sequence[bool], most: int) -> NDArray[np.int64]:
    """(bars, 2): how many bars each is after the beginning of its phrase, and before its fill.

    ``most`` stands for more, and for a fill that never comes.
    """
    places = np.full((len(fills), 2), most, np.int64)
    since = until = most
    for index, _fill in enumerate(fills):
        since = 0 if not index or fills[index - 1] else min(most, since + 1)
        places[index, 0] = since
    for index in reversed(range(len(fills))):
        until = 0 if fills[index] else min(most, until + 1)
        places[index, 1] = until
    return places


@dataclass(frozen=True, slots=True)
class Stroke:
    """A drum that is struck at ``step``, ``timing`` steps beside it, with a MIDI ``velocity``."""

    step: int
    pitch: int
    velocity: int
    timing: float


def strokes_of(bar: Strokes, pitches: Sequence[int], first: int) -> list[Stroke]:
    """The strokes of ``bar`` (16, 3 x drums), which begins at step ``first``."""
    count = len(pitches)
    return [
        Stroke(
            first + step,
            pitches[drum],
            max(1, min(_LOUDEST, round(float(bar[step, count + drum]) * _LOUDEST))),
            float(bar[step, 2 * count + drum]),
        )
        for step, drum in zip(*np.nonzero(bar[:, :count] > _STRUCK), strict=True)
    ]
