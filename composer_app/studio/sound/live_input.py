"""What is being played now, on whichever keyboard: heard at once, and told to who listens."""

from threading import Lock
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from composer_app.live.midi.keyboard_input import InputSettings, KeyboardInput
from composer_app.live.note_sink import LIVE_CHANNEL, Clock, SinkEvent
from composer_app.studio.sound.sound import Sound

if TYPE_CHECKING:
    from mido import Message

_KEYBOARD: Final = 0
_OTHER_PROGRAM: Final = 1


class LiveInput(QObject):
    """Sounds notes on the live channel and announces them with the time they were played at.

    :meth:`midi_message` and :meth:`program_message` are called on the thread that reads the MIDI
    ports: they sound the note right there, and the signals take it to the GUI thread. Times are
    seconds of the clock.
    """

    # pitch, velocity, time
    struck = Signal(int, int, float)
    # pitch, time
    released = Signal(int, float)
    # The same for notes that came by MIDI only, whose keys are to be lit.
    midiStruck = Signal(int)
    midiReleased = Signal(int)

    def __init__(self, sound: Sound, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sound = sound
        self._clock = clock
        self._program = 0
        self._lock = Lock()
        self._keys = KeyboardInput()
        # Pitches of the on-screen keyboard that sound: which hands hold them is the keyboard's to
        # know, here they are only to be silenced.
        self._held: set[int] = set()
        sound.opened.connect(self._send_program)

    def set_program(self, program: int) -> None:
        """The instrument that played notes sound with."""
        if program != self._program:
            self._program = program
            self._send_program()

    def set_input(self, settings: InputSettings) -> None:
        """Which channel of the MIDI keyboard is heard, and shifted how; keys held stay true."""
        with self._lock:
            self._keys.settings = settings

    def note_on(self, pitch: int, velocity: int) -> None:
        """A key of the on-screen keyboard went down."""
        self._held.add(pitch)
        self._sound.synthesizer.note_on(LIVE_CHANNEL, pitch, velocity)
        self.struck.emit(pitch, velocity, self._clock())

    def note_off(self, pitch: int) -> None:
        """A key of the on-screen keyboard went up."""
        self._held.discard(pitch)
        self._sound.synthesizer.note_off(LIVE_CHANNEL, pitch)
        self.released.emit(pitch, self._clock())

    def midi_message(self, message: "Message", at: float) -> None:
        """A message of a MIDI keyboard arrived at ``at``; called on the ports' thread."""
        self._take(message, _KEYBOARD, at)

    def program_message(self, message: "Message", at: float) -> None:
        """As :meth:`midi_message`, from another program through Composer's own port."""
        self._take(message, _OTHER_PROGRAM, at)

    def panic(self) -> None:
        """Silence everything that sounds, and let go of every key as if it had gone up."""
        at = self._clock()
        with self._lock:
            events = self._keys.release()
            self._sound.synthesizer.all_notes_off()
        self._announce(events, at)
        for pitch in sorted(self._held):
            self.released.emit(pitch, at)
        self._held.clear()

    def _take(self, message: "Message", source: int, at: float) -> None:
        # Under the lock, so that what two keyboards do reaches the sound in the same order.
        with self._lock:
            events = self._keys.take(message, source)
            for event in events:
                event.send(self._sound.synthesizer)
        self._announce(events, at)

    def _announce(self, events: list[SinkEvent], at: float) -> None:
        for event in events:
            if event.kind == "note_on":
                self.struck.emit(event.data1, event.data2, at)
                self.midiStruck.emit(event.data1)
            elif event.kind == "note_off":
                self.released.emit(event.data1, at)
                self.midiReleased.emit(event.data1)

    def _send_program(self) -> None:
        self._sound.synthesizer.program_change(LIVE_CHANNEL, self._program)
