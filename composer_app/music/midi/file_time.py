"""The time of a MIDI file as Composer counts it: ticks, tempo, metres and the upbeat."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from composer_app.late_numpy import np
from composer_app.music.meter_map import MeterChange, MeterMap, meter_of_ticks
from composer_app.music.timing import (
    MAX_TEMPO,
    MICROSECONDS_PER_MINUTE,
    MIN_TEMPO,
    TICKS_PER_BEAT,
    Meter,
    TempoChange,
    TempoMap,
    nearest_step,
)
from composer_app.translation import Message, _

if TYPE_CHECKING:
    from composer_app.music.midi.events.channel_events import Column

# A setting and when it comes, in ticks of the file.
TimedMessage = tuple[int, Any]
# What the MIDI file specification assumes where a file says nothing.
_UNSAID_BPM: Final = 120.0


@dataclass(frozen=True)
class Grid:
    """How a file counts time."""

    ticks_per_beat: int

    def step(self, tick: int) -> int:
        """The sixteenth nearest to the file's ``tick``."""
        return nearest_step(self.ticks(tick))

    def ticks(self, tick: int) -> int:
        """The tick of ours nearest to the file's ``tick``, halves up."""
        return (2 * TICKS_PER_BEAT * tick + self.ticks_per_beat) // (2 * self.ticks_per_beat)

    def all_ticks(self, tick: Column) -> Column:
        """:meth:`ticks` of each of a column (N,)."""
        # Far ticks times 1,920 are more than a column has room for.
        beats, rest = np.divmod(tick, self.ticks_per_beat)
        twice = 2 * TICKS_PER_BEAT * rest + self.ticks_per_beat
        ticks: Column = beats * TICKS_PER_BEAT + twice // (2 * self.ticks_per_beat)
        return ticks


def of_type(chunks: list[list[TimedMessage]], kind: str) -> list[TimedMessage]:
    """Settings of one type in all chunks, by time; at the same tick in the file's order."""
    found = [timed for chunk in chunks for timed in chunk if timed[1].type == kind]
    return sorted(found, key=lambda timed: timed[0])


def tempo_map(chunks: list[list[TimedMessage]], grid: Grid) -> tuple[TempoMap, bool]:
    """The tempo, and whether the file has one that Composer has not."""
    tempos = {0: _UNSAID_BPM}
    capped = False
    for tick, message in of_type(chunks, "set_tempo"):
        bpm = MICROSECONDS_PER_MINUTE / max(message.tempo, 1)
        nearest = min(max(bpm, MIN_TEMPO), MAX_TEMPO)
        tempos[grid.ticks(tick)] = nearest
        capped |= bpm != nearest
    changes = (TempoChange.at_ticks(ticks, bpm) for ticks, bpm in sorted(tempos.items()))
    return TempoMap(tuple(changes)), capped


def capped_clause() -> Message:
    """What is said where a tempo is not the file's own."""
    return _(
        "a tempo outside {least:g} to {most:g} BPM is taken for the nearest of these",
        least=MIN_TEMPO,
        most=MAX_TEMPO,
    )


def meters_of(chunks: list[list[TimedMessage]], grid: Grid, *, rests_first: bool) -> MeterMap:
    """The metres of another program's file, and the upbeat if that is known.

    Of several signatures at one place the last counts; before the first one, bars are those of
    4/4, as the specification has it. A short first bar is an upbeat. Who wrote a metre, and a rest
    before the first note, has counted the bars: then there is none.
    """
    said = _signatures(chunks, grid)
    changes = [MeterChange(tick, meter) for tick, meter in sorted({0: Meter(), **said}.items())]
    short = _written_upbeat(changes)
    if short:
        changes = [MeterChange(0, changes[1].meter), *changes[2:]]
        return MeterMap(tuple(changes), short).merged()
    return MeterMap(tuple(changes), 0 if said and rests_first else None).merged()


def own_meters(chunks: list[list[TimedMessage]], grid: Grid, upbeat: int | None) -> MeterMap:
    """The metres of a file of ours, whose details say that its upbeat has ``upbeat`` ticks."""
    said = {0: Meter(), **_signatures(chunks, grid)}
    if upbeat and said.get(0) == meter_of_ticks(upbeat):
        said[0] = said.pop(upbeat, said[0])
    changes = tuple(MeterChange(tick, meter) for tick, meter in sorted(said.items()))
    return MeterMap(changes).with_upbeat(upbeat)


def _signatures(chunks: list[list[TimedMessage]], grid: Grid) -> dict[int, Meter]:
    """The metres that are said, by the tick from which they hold."""
    said: dict[int, Meter] = {}
    for tick, message in of_type(chunks, "time_signature"):
        # A bar of 40 notes, or of 64ths, is none that there is room for.
        with suppress(ValueError):
            said[grid.ticks(tick)] = Meter(message.numerator, message.denominator)
    return said


def _written_upbeat(changes: list[MeterChange]) -> int:
    """Ticks of a first bar that is the end of a longer one, as notation programs write upbeats.

    One bar or what a signature cuts it to, and shorter than the bars that follow; 0 if it is not.
    """
    if len(changes) < 2:
        return 0
    first, second = changes[:2]
    short = second.tick <= first.meter.ticks_per_bar and second.tick < second.meter.ticks_per_bar
    return second.tick if short else 0
