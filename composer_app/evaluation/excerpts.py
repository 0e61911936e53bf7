"""The passages a model is judged on: cut out of a corpus, or read from a folder of melodies."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.analysis.voice_grid import REST, VOICES, Home, Passage, VoiceGrid
from composer_app.errors import CorpusError
from composer_app.generation.batch import plan_outputs, read_jobs
from composer_app.music.composition import VOICE_NAMES, Composition, Track
from composer_app.music.melody import Melody
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.timing import STEPS_PER_BEAT, Meter
from composer_app.training.corpora.corpus import Piece
from composer_app.translation import _, verbatim

# Eight bars of 4/4.
EXCERPT_STEPS: Final = 128
# An excerpt ends with a phrase where one ends after so many steps.
_EARLIEST_END: Final = 96
_LEAST_STEPS: Final = 64
# With fewer pieces than this, several excerpts are taken of each.
_MANY_PIECES: Final = 20
_MOST_OF_A_PIECE: Final = 8
# Of pieces that have so many steps on average, such as movements, up to three are taken.
_LONG_PIECES: Final = 1024
_OF_A_LONG_PIECE: Final = 3
# The unit of a metre, in steps, by the steps of its beat: three eighths make a dotted quarter.
_UNITS: Final = {4: 4, 6: 2, 8: 8}


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A passage that begins on a downbeat: the composer's voices, or a melody alone.

    ``position`` (T,) is the step within the bar. ``complete`` is False where the accompanying
    voices of ``grid`` are empty because there is nothing but a melody.
    """

    name: str
    grid: VoiceGrid
    passage: Passage
    position: NDArray[np.int16]
    meter: Meter
    complete: bool = True

    @property
    def melody(self) -> Melody:
        """The soprano."""
        notes = (Note(start, pitch, end - start) for start, end, pitch in self.grid.notes(0))
        return Melody(tuple(notes), meters=MeterMap.constant(self.meter), title=self.name)

    def judged(self, take: VoiceGrid) -> tuple[VoiceGrid, Passage]:
        """``take`` and the frame it is judged in: its own key where there is no original."""
        if self.complete:
            return take, self.passage
        passage = self.passage
        return take, Passage(Home.of(take), passage.bars, passage.bar_steps, closes=passage.closes)


def excerpt(piece: Piece, after: int = 0) -> Excerpt | None:
    """Up to 128 steps from the first downbeat on (from step ``after`` on); None if unusable.

    It ends with the last phrase (fermata) that ends after its step 96, or with the piece: models
    take the end of a melody for an ending. Without such an end it is 128 steps long. Too short
    is what has less than 64 steps; a passage that leaves the grid of sixteenths is left out.
    """
    start = first_downbeat(piece, after)
    stop = min(start + EXCERPT_STEPS, piece.steps)
    ends = [end for end in _fermata_ends(piece.fermata) if end < stop]
    closes = stop == piece.steps
    if not closes and ends and ends[-1] + 1 - start >= _EARLIEST_END:
        stop, closes = ends[-1] + 1, True
    sounding = np.flatnonzero(piece.pitch[start:stop, 0] != REST)
    if not sounding.size:
        return None
    stop = start + int(sounding[-1]) + 1
    if stop - start < _LEAST_STEPS or piece.bad[start:stop].any():
        return None
    span = slice(start, stop)
    grid = grid_of(piece, span)
    bar_steps = int(piece.bar_length[start])
    passage = Passage(
        Home.of(grid),
        _bars(piece.position[span]),
        bar_steps,
        tuple(end - start for end in ends if start <= end < stop),
        closes,
    )
    meter = meter_of(bar_steps, int(piece.beat[start]))
    return Excerpt(piece.name, grid, passage, piece.position[span], meter)


def excerpts_of(pieces: list[Piece]) -> list[Excerpt]:
    """The excerpt of every one of ``pieces`` that makes one.

    Where there are few pieces, up to eight of each, one after the other; up to three of long ones.
    """
    attempts = most = 1
    if len(pieces) < _MANY_PIECES:
        attempts = most = _MOST_OF_A_PIECE
    elif sum(piece.steps for piece in pieces) >= _LONG_PIECES * len(pieces):
        attempts, most = _MOST_OF_A_PIECE, _OF_A_LONG_PIECE
    found: list[Excerpt] = []
    for piece in pieces:
        after, before = 0, len(found)
        for _attempt in range(attempts):
            cut = excerpt(piece, after) if len(found) - before < most else None
            if cut:
                found.append(cut)
            after = first_downbeat(piece, after) + (cut.grid.steps if cut else EXCERPT_STEPS)
            if not (piece.position[after:] == 0).any():
                break
    return found


def grid_of(piece: Piece, span: slice) -> VoiceGrid:
    """The voices of ``span``; what was struck before it begins is struck with it."""
    pitch, onset = piece.pitch[span].copy(), piece.onset[span].copy()
    onset[:1] = pitch[:1] != REST
    return VoiceGrid(pitch, onset)


def first_downbeat(piece: Piece, after: int = 0) -> int:
    """Step of the first downbeat from ``after`` on; ``after`` where there is none."""
    return after + int(np.argmax(piece.position[after:] == 0))


def meter_of(bar_steps: int, beat_steps: int = STEPS_PER_BEAT) -> Meter:
    """A metre whose bars have ``bar_steps`` steps, and whose beats have ``beat_steps``.

    A bar that is no whole number of such beats has the longest unit that fits.
    """
    if bar_steps % beat_steps == 0 and beat_steps in _UNITS:
        unit = _UNITS[beat_steps]
    else:
        unit = next(unit for unit in (4, 2, 1) if bar_steps % unit == 0)
    return Meter(bar_steps // unit, 16 // unit)


def read_melodies(folder: Path) -> list[Excerpt]:
    """Every MIDI file of ``folder`` as a passage without accompaniment, by name.

    Raises :class:`CorpusError` for a folder without any, with a sentence about each file that
    cannot be used.
    """
    files = sorted(file for file in _entries(folder) if file.suffix.lower() in (".mid", ".midi"))
    if not files:
        raise CorpusError(
            _("There are no MIDI files in {folder}", folder=folder),
            _("choose a folder of melodies"),
        )
    jobs, problems = read_jobs(
        [plan_outputs([f], Path(f"{f.name}.out"), 1)[0] for f in files], None
    )
    if problems:
        raise CorpusError(verbatim("\n".join(problems)))
    return [melody_excerpt(job.plan.source.stem, job.melody) for job in jobs]


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        raise CorpusError(
            _("There is no folder {folder}", folder=folder), _("choose a folder of melodies")
        ) from None


def melody_excerpt(name: str, melody: Melody) -> Excerpt:
    """``melody`` as a passage whose accompanying voices are silent."""
    grid = VoiceGrid.from_composition(Composition.from_melody(melody))
    bar_steps = melody.meter.steps_per_bar
    position = (np.arange(grid.steps) % bar_steps).astype(np.int16)
    passage = Passage.regular(grid, bar_steps)
    return Excerpt(name, grid, passage, position, melody.meter, complete=False)


def composition_of(grid: VoiceGrid, meter: Meter, title: str) -> Composition:
    """``grid`` as four tracks, to be drawn."""
    tracks = tuple(
        Track(name, 0, tuple(Note(start, pitch, end - start) for start, end, pitch in notes))
        for name, notes in zip(VOICE_NAMES, map(grid.notes, range(VOICES)), strict=True)
    )
    return Composition(tracks, meters=MeterMap.constant(meter), title=title)


def _fermata_ends(fermata: NDArray[np.bool_]) -> list[int]:
    """The last step of every run."""
    return np.flatnonzero(fermata & ~np.append(fermata[1:], False)).tolist()


def _bars(position: NDArray[np.int16]) -> tuple[tuple[int, int], ...]:
    starts = np.flatnonzero(position == 0).tolist()
    return tuple(zip(starts, [*starts[1:], len(position)], strict=True))
