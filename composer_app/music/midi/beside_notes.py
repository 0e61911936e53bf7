"""What a MIDI file says besides its notes: controls, lyrics and other texts, keys.

A chunk's messages come with their ticks of the file; what is made of them has ours, 960 to a beat.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any, Final

from composer_app.music.controls import (
    FIRST_CHANNEL_MODE,
    RESET_CONTROLLERS,
    Control,
    Subject,
    in_order,
)
from composer_app.music.key_changes import KeyChange
from composer_app.music.midi.key_names import key_of_name
from composer_app.music.mix import CENTRE, DEFAULT_VOLUME, PAN_CONTROLLER, VOLUME_CONTROLLER
from composer_app.music.texts import Text, TextKind

# A message and when it comes, in ticks of the file.
TimedMessage = tuple[int, Any]
# From a tick of the file to ours.
Place = Callable[[int], int]

_PEDALS: Final = frozenset({64, 66, 67})
# What CC 121 brings to rest (MMA, RP-015): modulation, expression, pedals; and bends and pressure.
_RESET: Final = frozenset({1, 11, *range(64, 70)})
_MIXED: Final = {VOLUME_CONTROLLER: DEFAULT_VOLUME, PAN_CONTROLLER: CENTRE}
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


@dataclass
class _Said:
    """What a chunk says on a channel: the controls before its first note, and those after it."""

    before: list[Control] = field(default_factory=list)
    after: list[Control] = field(default_factory=list)
    struck: bool = False
    _in_force: dict[Subject, int] = field(default_factory=dict)

    @cached_property
    def pedals(self) -> list[Control]:
        """Where pedals go down and come up; asked for once all has been heard."""
        return [control for control in (*self.before, *self.after) if _is_pedal(control)]

    def hear(self, tick: int, message: Any) -> None:
        """Heed a message of the channel, at our ``tick``."""
        if message.type == "note_on" and message.velocity > 0:
            self.struck = True
            return
        for control in self._controls(tick, message):
            self._in_force[control.subject] = control.value
            (self.after if self.struck else self.before).append(control)

    def _controls(self, tick: int, message: Any) -> Iterator[Control]:
        match message.type:
            case "control_change" if message.control < FIRST_CHANNEL_MODE:
                yield Control(tick, "controller", message.control, message.value)
            case "control_change" if message.control == RESET_CONTROLLERS:
                yield from self._reset(tick)
            case "pitchwheel":
                yield Control(tick, "bend", 0, message.pitch)
            case "aftertouch":
                yield Control(tick, "pressure", 0, message.value)
            case "polytouch":
                yield Control(tick, "key pressure", message.note, message.value)
            case "program_change":
                yield Control(tick, "program", 0, message.program)

    def _reset(self, tick: int) -> list[Control]:
        """What "reset all controllers" means here, said in so many words."""
        return [
            Control(tick, subject.kind, subject.number, subject.at_rest)
            for subject, value in self._in_force.items()
            if value != subject.at_rest
            and subject.kind != "program"
            and (subject.kind != "controller" or subject.number in _RESET)
        ]


@dataclass(frozen=True)
class BesideNotes:
    """What the chunks of a file say besides notes; see :meth:`of`."""

    _said: list[dict[int, _Said]]
    # Whether the file is one of ours, whose chunks have a channel each, even if MIDI has too few.
    _ours: bool

    @classmethod
    def of(cls, chunks: Iterable[list[TimedMessage]], place: Place, *, ours: bool) -> "BesideNotes":
        """Of ``chunks``, whose ticks ``place`` makes ours; ``ours`` if Composer wrote the file."""
        said = []
        for chunk in chunks:
            channels: dict[int, _Said] = {}
            for tick, message in chunk:
                if not message.is_meta and hasattr(message, "channel"):
                    channels.setdefault(message.channel, _Said()).hear(place(tick), message)
            said.append(channels)
        return cls(said, ours)

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
        own = self._said[chunk].get(channel, _Said())
        if self._ours or not own.struck:
            said = own
        else:
            said = _Said(_one_bank(own.before), [*own.after])
            most = _MOST_SHARED // len(self._said)
            for other, channels in enumerate(self._said):
                if other != chunk and channel in channels and not channels[channel].struck:
                    said.after += islice(
                        _changes(channels[channel].before), max(most - len(said.after), 0)
                    )
            said.after += self._pedal_of_others(chunk, channel, program)
        usual = {number: set_up.get((channel, number), value) for number, value in _MIXED.items()}
        return in_order([*_mixed(said, usual), *_beyond_the_mix(said, program)])

    def _pedal_of_others(self, chunk: int, channel: int, program: int) -> list[Control]:
        if self._said[chunk].get(channel, _Said()).pedals:
            return []
        for other, channels in enumerate(self._said):
            said = channels.get(channel)
            if other != chunk and said is not None and said.struck and said.pedals:
                chosen = [c.value for c in said.before if c.kind == "program"]
                if program == (chosen[-1] if chosen else program):
                    return said.pedals
        return []


def _is_pedal(control: Control) -> bool:
    return control.kind == "controller" and control.number in _PEDALS


def _is_of_the_mix(control: Control) -> bool:
    return control.kind == "controller" and control.number in _MIXED


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


def _mixed(said: _Said, usual: Mapping[int, int]) -> Iterator[Control]:
    """Volume and pan, each with all its values where it changes after the first note."""
    for number, value in usual.items():
        subject = Subject("controller", number)
        values = [value]
        values += [control.value for control in said.before if control.subject == subject]
        changes = [control for control in said.after if control.subject == subject]
        if any(control.value != values[-1] for control in changes):
            yield Control(0, "controller", number, values[-1])
            yield from changes


def _beyond_the_mix(said: _Said, program: int) -> Iterator[Control]:
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
