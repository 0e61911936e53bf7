"""What arrives from a MIDI keyboard, and what is to be played for it. No devices here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from composer_app.live.midi.held_pitches import HeldPitches
from composer_app.live.note_sink import LIVE_CHANNEL, SinkEvent
from composer_app.music.pitch import KEYBOARD_HIGHEST, KEYBOARD_LOWEST, OCTAVE, PITCH_COUNT

if TYPE_CHECKING:
    from mido import Message

MODULATION: Final = 1
EXPRESSION: Final = 11
SUSTAIN: Final = 64
SOSTENUTO: Final = 66
SOFT: Final = 67
ALL_SOUND_OFF: Final = 120
ALL_NOTES_OFF: Final = 123
# What a keyboard's wheels and pedals send. Its other knobs are left alone: the volume and the
# instrument of what is played are chosen in the studio.
_CONTROLLERS: Final = frozenset({MODULATION, EXPRESSION, SUSTAIN, SOSTENUTO, SOFT})
# Expression rests at its top, everything else at the bottom.
_AT_REST: Final = {EXPRESSION: 127}

OCTAVE_SHIFTS: Final = tuple(octaves * OCTAVE for octaves in (-2, -1, 0, 1, 2))

_FIRST_STATUS: Final = 0x80
_FIRST_SYSTEM_STATUS: Final = 0xF0
_FIRST_REAL_TIME: Final = 0xF8
_ONE_DATA_BYTE: Final = (0xC0, 0xD0)

# The keyboard that this program takes its range from is an ordinary class-compliant device.
_KNOWN_NAME: Final = "deepcomposer"


def is_known_keyboard(port_name: str) -> bool:
    """Whether this is the 32-key keyboard whose keys are those on the screen."""
    return _KNOWN_NAME in port_name.casefold()


def known_range() -> tuple[int, int]:
    """Lowest and highest pitch of the known keyboard's keys, unshifted."""
    return KEYBOARD_LOWEST, KEYBOARD_HIGHEST


def channel_messages(data: Sequence[int]) -> list["Message"]:
    """The channel messages in ``data``, one delivery of a driver (bytes 0-255).

    Several may come at once, with running status inside the delivery. A note-on of velocity 0
    becomes the note-off that it means. System messages (active sensing, clock, exclusive ones),
    what is cut off, and data without any status are left out.
    """
    from mido import Message

    messages = []
    for status, arguments in _split(data):
        message = Message.from_bytes([status, *arguments])
        if message.type == "note_on" and message.velocity == 0:
            message = Message("note_off", channel=message.channel, note=message.note, velocity=0)
        messages.append(message)
    return messages


def _split(data: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
    status = 0
    arguments: list[int] = []
    for byte in data:
        if byte >= _FIRST_REAL_TIME:
            continue  # may stand anywhere, even inside another message
        if byte >= _FIRST_STATUS:
            status = byte if byte < _FIRST_SYSTEM_STATUS else 0
            arguments = []
        elif status:
            arguments.append(byte)
            if len(arguments) == (1 if status & 0xF0 in _ONE_DATA_BYTE else 2):
                yield status, arguments
                arguments = []


class HeldKeys:
    """Which notes, pedals and wheels of one source are away from rest. Not thread-safe.

    What a device has sent is what it has to take back when it is unplugged: messages, not what they
    sounded like. So pitches are not looked at here, and :class:`HeldPitches` is no use.
    """

    def __init__(self) -> None:
        self._notes: set[tuple[int, int]] = set()
        self._controllers: set[tuple[int, int]] = set()
        self._bends: set[int] = set()

    def take(self, message: "Message") -> None:
        """Keep account of a channel message."""
        match message.type:
            case "note_on":
                self._notes.add((message.channel, message.note))
            case "note_off":
                self._notes.discard((message.channel, message.note))
            case "control_change" if message.control in (ALL_SOUND_OFF, ALL_NOTES_OFF):
                self._notes = {key for key in self._notes if key[0] != message.channel}
            case "control_change" if message.control in _CONTROLLERS:
                key = (message.channel, message.control)
                at_rest = message.value == _AT_REST.get(message.control, 0)
                (self._controllers.discard if at_rest else self._controllers.add)(key)
            case "pitchwheel":
                at_rest = message.pitch == 0
                (self._bends.discard if at_rest else self._bends.add)(message.channel)

    def release(self) -> list["Message"]:
        """The messages that bring everything to rest; after this nothing is held."""
        from mido import Message

        messages = [
            Message("note_off", channel=channel, note=pitch)
            for channel, pitch in sorted(self._notes)
        ]
        messages += [
            Message(
                "control_change",
                channel=channel,
                control=controller,
                value=_AT_REST.get(controller, 0),
            )
            for channel, controller in sorted(self._controllers)
        ]
        messages += [Message("pitchwheel", channel=channel) for channel in sorted(self._bends)]
        self._notes.clear()
        self._controllers.clear()
        self._bends.clear()
        return messages


@dataclass(frozen=True, slots=True)
class InputSettings:
    """``channel`` to listen to, 0-15 or None for every one, and ``shift`` in semitones."""

    channel: int | None = None
    shift: int = 0

    def __post_init__(self) -> None:
        if self.channel is not None and not 0 <= self.channel <= 15:
            raise ValueError(f"channel {self.channel} is outside 0-15")
        if abs(self.shift) >= PITCH_COUNT:
            raise ValueError(f"a shift of {self.shift} semitones moves every key out of range")


class KeyboardInput:
    """Turns messages into what the live channel of a sink is to play. Not thread-safe.

    The settings may change at any time: a key, pedal or wheel that was moved before lets go of
    what it did then. Sources (ports) are told apart, and so are their channels; of several keys
    that sound the same pitch the last one to go up releases it.
    """

    def __init__(self, settings: InputSettings | None = None) -> None:
        self.settings = settings or InputSettings()
        # (source, channel, key) -> the pitch that was struck for it.
        self._keys: HeldPitches[tuple[int, int, int]] = HeldPitches()
        # (source, channel, controller) -> value, while away from rest.
        self._controllers: dict[tuple[int, int, int], int] = {}
        self._bends: dict[tuple[int, int], int] = {}

    @property
    def sounding(self) -> frozenset[int]:
        """The pitches whose keys are down."""
        return self._keys.sounding

    def take(self, message: "Message", source: int = 0) -> list[SinkEvent]:
        """What a channel message of ``source`` makes the live channel do, in order."""
        match message.type:
            case "note_on" if message.velocity > 0:
                return self._strike(source, message.channel, message.note, message.velocity)
            case "note_on" | "note_off":
                return self._let_go((source, message.channel, message.note))
            case "control_change" if message.control in (ALL_SOUND_OFF, ALL_NOTES_OFF):
                keys = [key for key in self._keys.keys if key[:2] == (source, message.channel)]
                return [event for key in keys for event in self._let_go(key)]
            case "control_change":
                return self._control((source, message.channel, message.control), message.value)
            case "pitchwheel":
                return self._bend((source, message.channel), message.pitch)
        return []

    def release(self) -> list[SinkEvent]:
        """What brings the live channel to rest; after this nothing is held."""
        events = [SinkEvent("note_off", LIVE_CHANNEL, pitch) for pitch in sorted(self.sounding)]
        for controller in sorted({key[2] for key in self._controllers}):
            rest = _AT_REST.get(controller, 0)
            events.append(SinkEvent("control_change", LIVE_CHANNEL, controller, rest))
        if self._bends:
            events.append(SinkEvent("pitch_bend", LIVE_CHANNEL, 0))
        self._keys.clear()
        self._controllers.clear()
        self._bends.clear()
        return events

    def _hears(self, channel: int) -> bool:
        return self.settings.channel in (None, channel)

    def _strike(self, source: int, channel: int, key: int, velocity: int) -> list[SinkEvent]:
        pitch = key + self.settings.shift
        events = self._let_go((source, channel, key))
        if self._hears(channel) and 0 <= pitch < PITCH_COUNT:
            if not self._keys.strike((source, channel, key), pitch):
                events.append(SinkEvent("note_off", LIVE_CHANNEL, pitch))
            events.append(SinkEvent("note_on", LIVE_CHANNEL, pitch, velocity))
        return events

    def _let_go(self, key: tuple[int, int, int]) -> list[SinkEvent]:
        pitch = self._keys.let_go(key)
        return [] if pitch is None else [SinkEvent("note_off", LIVE_CHANNEL, pitch)]

    def _control(self, key: tuple[int, int, int], value: int) -> list[SinkEvent]:
        controller = key[2]
        known = key in self._controllers
        if controller not in _CONTROLLERS or not (known or self._hears(key[1])):
            return []
        rest = _AT_REST.get(controller, 0)
        if value == rest:
            self._controllers.pop(key, None)
        else:
            self._controllers[key] = value
        # Who has moved it furthest decides, so that one pedal going up leaves another down.
        held = [other for known, other in self._controllers.items() if known[2] == controller]
        furthest = max(held, key=lambda other: abs(other - rest), default=rest)
        return [SinkEvent("control_change", LIVE_CHANNEL, controller, furthest)]

    def _bend(self, key: tuple[int, int], value: int) -> list[SinkEvent]:
        if not (key in self._bends or self._hears(key[1])):
            return []
        if value:
            self._bends[key] = value
        else:
            self._bends.pop(key, None)
        return [SinkEvent("pitch_bend", LIVE_CHANNEL, value)]


class DriverClock:
    """Times of arrival without the delays that a busy interpreter adds. Not thread-safe.

    A driver says how long after the last message each one came, measured where nothing makes it
    wait; our own clock says when we got to hear of it, which is late at times and early never.
    The least lateness of late is taken for none.
    """

    # A disagreement beyond this is no delay: the driver does not measure what we think it does.
    _LARGEST_SECONDS: Final = 0.25
    # Clocks of two oscillators drift apart by less than this, in seconds per second.
    _DRIFT: Final = 2e-4

    def __init__(self) -> None:
        self._driver = 0.0
        self._offset: float | None = None
        self._arrival = 0.0

    def stamp(self, arrival: float, since_last: float) -> float:
        """When the message came that we heard of at ``arrival``; never later than that.

        ``since_last`` is the driver's time since its message before. All in seconds.
        """
        self._driver += max(0.0, since_last)
        offset = arrival - self._driver
        if self._offset is not None:
            forgotten = self._offset + self._DRIFT * max(0.0, arrival - self._arrival)
            if offset - forgotten <= self._LARGEST_SECONDS:
                offset = min(offset, forgotten)
        self._offset, self._arrival = offset, arrival
        return min(arrival, self._driver + offset)
