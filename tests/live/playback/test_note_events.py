"""Strikes and releases of notes that are shorter than a step."""

from composer_app.live.note_sink import DRUM_CHANNEL, track_channel
from composer_app.live.playback.control_events import ControlEvents, Place
from composer_app.live.playback.mixing import Mix
from composer_app.live.playback.note_events import NoteEvents
from composer_app.music.composition import Composition, Track
from composer_app.music.note import Note


def strokes(*notes: Note) -> list[tuple[float, bool, int]]:
    events = NoteEvents(Composition((Track("Flute", notes=notes),)), {0}).between(0, 100)
    return [(240 * event.step, event.strikes, event.note.pitch) for event in events]


def test_a_trill_sounds_note_for_note() -> None:
    # Six in a sixteenth, three of them of one pitch.
    trill = [Note.at_ticks(40 * i, 40 * (i + 1), 72 + 2 * (i % 2)) for i in range(6)]
    expected = []
    for i, note in enumerate(trill):
        expected += [(40 * i, True, note.pitch), (40 * (i + 1), False, note.pitch)]
    found = [(round(at), strikes, pitch) for at, strikes, pitch in strokes(*trill)]
    assert found == sorted(expected)


def test_what_is_struck_again_within_a_step_ends_there() -> None:
    first, again = Note.at_ticks(0, 400, 60), Note.at_ticks(100, 300, 60)
    assert [(round(at), strikes) for at, strikes, _ in strokes(first, again)] == [
        (0, True),
        (100, False),
        (100, True),
        (300, False),
    ]


def test_drums_sound_on_their_channel() -> None:
    drums = Track("", 25, (Note(0, 36, 4),), drums=True)
    piece = Composition((Track("", 0, (Note(0, 60, 4),)), drums, Track("", 0, (Note(0, 62, 4),))))
    struck = {(e.channel, e.note.pitch) for e in NoteEvents(piece, range(3)).between(0, 1)}
    assert struck == {(0, 60), (DRUM_CHANNEL, 36), (track_channel(2), 62)}
    assert ControlEvents(piece, Mix()).at_rest[Place(DRUM_CHANNEL, "program", 0)] == 25
