"""What a MIDI file says besides its notes: controls, lyrics and other texts, keys.

A chunk's messages come with their ticks of the file; what is made of them has ours, 960 to a beat.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from composer_app.music.controls import Control, Subject, in_order
from composer_app.music.harmony.key_changes import KeyChange
from composer_app.music.midi.key_names import key_of_name
from composer_app.music.midi.reading.channels import MIXED
from composer_app.music.midi.reading.said import Said, said_by_channel
from composer_app.music.texts import Text, TextKind

if TYPE_CHECKING:
    from composer_app.music.midi.file_time import Grid
    from composer_app.music.midi.reading.channels import Lines

# A setting and when it comes, in ticks of the file.
TimedMessage = tuple[int, Any]
# From a tick of the file to ours.
Place = Callable[[int], int]

_TEXT_KINDS: Final[Mapping[str, TextKind]] = {
    "lyrics": "lyrics",
    "text": "text",
    "marker": "marker",
    "cue_marker": "cue",
    "copyright": "copyright",
}
# Controls that all tracks together take over from chunks that only set things up: a hostile file
# may have hundreds of either.
_MOST_SHARED: Final = 300_000
_OF_A_TRACK: Final = ("lyrics", "text")


@dataclass(frozen=True)
class BesideNotes:
    """What the chunks of a file say besides notes; see :meth:`of`."""

    # For each track by channel.
    _said: list[dict[int, Said]]
    # By channel, who says something there but plays nothing, and who plays there with pedals.
    _silent: dict[int, list[Said]]
    _pedals: dict[int, list[Said]]
    # Whether the file is one of ours, whose tracks have a channel each, even if MIDI has too few.
    _ours: bool

    @classmethod
    def of(cls, lines: Lines, grid: Grid, *, ours: bool) -> BesideNotes:
        """Of the ``lines`` of a file, whose time ``grid`` makes ours; ``ours`` if it is one."""
        said = said_by_channel(lines, grid)
        silent: dict[int, list[Said]] = {}
        pedals: dict[int, list[Said]] = {}
        for channels in said:
            for channel, each in channels.items():
                if not each.struck:
                    silent.setdefault(channel, []).append(each)
                elif each.pedals:
                    pedals.setdefault(channel, []).append(each)
        return cls(said, silent, pedals, ours)

    def controls(
        self, chunk: int, channel: int, program: int, set_up: Mapping[tuple[int, int], int]
    ) -> tuple[Control, ...]:
        """Those of the track that chunk number ``chunk`` plays on ``channel`` with ``program``.

        ``set_up`` are volumes and pans, by channel and controller, where the chunk says nothing.

        A chunk without notes on the channel speaks for all that play on it, as chunks do that only
        set things up. Of those that play, each speaks for itself, for many programs write every
        track on one channel; but a pedal holds for all that play the same instrument, as the two
        hands of a piano do.
        """
        own = said = self._said[chunk].get(channel, Said())
        if own.struck and not self._ours:
            said = Said(_one_bank(own.before), [*own.after])
            most = _MOST_SHARED // len(self._said)
            for silent in self._silent.get(channel, []):
                said.after += islice(_changes(silent.before), max(most - len(said.after), 0))
            pedals = self._pedal_of_others(own, channel, program)
            said.after += pedals if len(pedals) <= most else []
        usual = {number: set_up.get((channel, number), value) for number, value in MIXED.items()}
        return in_order([*_mixed(said, usual), *_beyond_the_mix(said, program)])

    def _pedal_of_others(self, own: Said, channel: int, program: int) -> list[Control]:
        if own.pedals:
            return []
        for said in self._pedals.get(channel, []):
            if said.program in (program, None):
                return said.pedals
        return []


def _is_of_the_mix(control: Control) -> bool:
    return control.kind == "controller" and control.number in MIXED


def _one_bank(before: list[Control]) -> list[Control]:
    """``before`` with the bank of the first instrument at the start, where the instrument is.

    Bank 0 is the usual one and need not be said.
    """
    banks = {control.number: control.value for control in before if control.is_bank}
    chosen = [Control(0, "controller", number, value) for number, value in banks.items() if value]
    return chosen + [control for control in before if not control.is_bank]


def _changes(said: list[Control]) -> Iterator[Control]:
    """What a chunk without notes says, but for how volume, pan and instrument begin."""
    begun: set[Subject] = set()
    for control in said:
        if (control.kind == "program" or _is_of_the_mix(control)) and control.subject not in begun:
            begun.add(control.subject)
        else:
            yield control


def _mixed(said: Said, usual: Mapping[int, int]) -> Iterator[Control]:
    """Volume and pan, each with all its values where it changes after the first note."""
    before, after = (
        [control for control in controls if _is_of_the_mix(control)]
        for controls in (said.before, said.after)
    )
    for number, value in usual.items():
        values = [value, *(control.value for control in before if control.number == number)]
        changes = [control for control in after if control.number == number]
        if any(control.value != values[-1] for control in changes):
            yield Control(0, "controller", number, values[-1])
            yield from changes


def _beyond_the_mix(said: Said, program: int) -> Iterator[Control]:
    yield from (c for c in said.before if c.kind != "program" and not _is_of_the_mix(c))
    for control in in_order(said.after):
        if control.kind == "program":
            if control.value != program:
                yield control
            program = control.value
        elif not _is_of_the_mix(control):
            yield control


def texts_of(chunk: Iterable[TimedMessage], place: Place, ours: str) -> tuple[Text, ...]:
    """The texts of ``chunk``, but for those that begin with ``ours``, which are no words."""
    texts = []
    for tick, message in chunk:
        kind = _TEXT_KINDS.get(message.type)
        if kind is not None and not message.text.startswith(ours):
            texts.append(Text(place(tick), kind, message.text))
    return tuple(texts)


def of_a_track(texts: Iterable[Text]) -> tuple[Text, ...]:
    """Those of ``texts`` that belong to the track that they stand in: its words."""
    return tuple(text for text in texts if text.kind in _OF_A_TRACK)


def of_the_piece(texts: Iterable[Text]) -> tuple[Text, ...]:
    """Those of ``texts`` that belong to the piece, wherever they stand: markers and such."""
    return tuple(text for text in texts if text.kind not in _OF_A_TRACK)


def keys_of(chunks: list[list[TimedMessage]], place: Place) -> tuple[KeyChange, ...]:
    """The keys that a file says it is written in.

    Of several at one tick the last one of a chunk counts, and the first chunk that says one.
    """
    found = []
    for chunk in reversed(chunks):
        for tick, message in chunk:
            key = key_of_name(message.key) if message.type == "key_signature" else None
            if key is not None:
                found.append(KeyChange(place(tick), key))
    return tuple(found)
