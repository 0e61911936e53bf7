"""What is being played now, on whichever keyboard: heard at once, and told to who listens."""

from mido import Message
from PySide6.QtCore import QObject, Signal

from composer_app.live.note_sink import LIVE_CHANNEL, Clock
from composer_app.studio.sound import Sound


class LiveInput(QObject):
    """Sounds notes on the live channel and announces them with the time they were played at.

    :meth:`midi_message` is called on the driver's thread: it sounds the note right there, and
    the signals take it to the GUI thread. Times are seconds of the clock.
    """

    # pitch, velocity, time
    struck = Signal(int, int, float)
    # pitch, time
    released = Signal(int, float)
    # The same for notes from a MIDI keyboard only, whose keys are to be lit.
    midiStruck = Signal(int)
    midiReleased = Signal(int)

    def __init__(self, sound: Sound, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sound = sound
        self._clock = clock
        self._program = 0
        sound.opened.connect(self._send_program)

    def set_program(self, program: int) -> None:
        """The instrument that played notes sound with."""
        if program != self._program:
            self._program = program
            self._send_program()

    def note_on(self, pitch: int, velocity: int) -> None:
        """A key of the on-screen keyboard went down."""
        self._strike(pitch, velocity, self._clock())

    def note_off(self, pitch: int) -> None:
        """A key of the on-screen keyboard went up."""
        self._release(pitch, self._clock())

    def midi_message(self, message: Message, at: float) -> None:
        """A message of a MIDI keyboard arrived at ``at``; called on the driver's thread."""
        if message.type == "note_on" and message.velocity > 0:
            self._strike(message.note, message.velocity, at)
            self.midiStruck.emit(message.note)
        elif message.type in ("note_on", "note_off"):
            self._release(message.note, at)
            self.midiReleased.emit(message.note)

    def _strike(self, pitch: int, velocity: int, at: float) -> None:
        self._sound.synthesizer.note_on(LIVE_CHANNEL, pitch, velocity)
        self.struck.emit(pitch, velocity, at)

    def _release(self, pitch: int, at: float) -> None:
        self._sound.synthesizer.note_off(LIVE_CHANNEL, pitch)
        self.released.emit(pitch, at)

    def _send_program(self) -> None:
        self._sound.synthesizer.program_change(LIVE_CHANNEL, self._program)
