"""The piece for other programs: dragged out of the window, and copied."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDrag, QDragEnterEvent, QGuiApplication, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from composer_app.music.composition import VOICE_NAMES, Composition, Origin, Track
from composer_app.music.midi.file import parse_midi, read_midi_piece
from composer_app.music.mix import PieceMix, TrackMix
from composer_app.music.note import Note
from composer_app.music.pitch import Key
from composer_app.studio.files.hand_out import MIDI_TYPE
from tests.studio.support import Studio, open_studio, scale

LEFT = Qt.MouseButton.LeftButton
BASS = Track("Ba/ss", 42, (Note(0, 36, 16),))


@dataclass
class Drop:
    """What takes a drag, wherever it would go."""

    taken: list[QMimeData] = field(default_factory=list)

    def __call__(self, drag: QDrag) -> None:
        assert not drag.pixmap().isNull()
        # It goes with the drag.
        copy = QMimeData()
        copy.setUrls(drag.mimeData().urls())
        copy.setData(MIDI_TYPE, drag.mimeData().data(MIDI_TYPE))
        self.taken.append(copy)

    @property
    def path(self) -> Path:
        (url,) = self.taken[-1].urls()
        return Path(url.toLocalFile())


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    with open_studio(tmp_path) as result:
        yield result


@pytest.fixture
def drop(studio: Studio) -> Drop:
    drop = Drop()
    studio.window.hand_out._run = drop
    return drop


def pull(widget: QWidget, *, far: bool = True) -> None:
    """Press and move the mouse."""
    start = QPoint(4, widget.height() // 2)
    QTest.mousePress(widget, LEFT, pos=start)
    away = start + QPoint(40 if far else 2, 0)
    # QTest's own move has no buttons.
    event = QMouseEvent(
        QMouseEvent.Type.MouseMove,
        QPointF(away),
        QPointF(widget.mapToGlobal(away)),
        Qt.MouseButton.NoButton,
        LEFT,
        Qt.KeyboardModifier.NoModifier,
    )
    QGuiApplication.sendEvent(widget, event)


def two_tracks() -> Composition:
    piece = scale("A song: of/two")
    return Composition((*piece.tracks, BASS), piece.tempo, piece.meters, piece.title)


def test_the_piece_is_dragged_by_its_grip(studio: Studio, drop: Drop) -> None:
    grip = studio.window.mixer.grip
    assert not grip.isEnabled(), "there is nothing yet"
    studio.services.document.begin(two_tracks(), "Open")
    studio.services.document.set_mix(PieceMix((TrackMix(30),)))
    pull(grip, far=False)
    assert not drop.taken, "a hand that is not quite still"
    pull(grip)
    assert drop.path.name == "A song of two.mid"
    read = read_midi_piece(drop.path)
    assert (read.composition, read.mix) == (two_tracks(), PieceMix((TrackMix(30),)))
    assert drop.taken[0].data(MIDI_TYPE).data() == drop.path.read_bytes()
    assert not grip.isDown()
    first = drop.path
    pull(grip)
    assert drop.path != first, "who took the first may still be reading it"
    assert first.exists()


def test_other_tracks_that_are_muted_are_silent_elsewhere(studio: Studio, drop: Drop) -> None:
    voices = tuple(Track(name, 40, BASS.notes) for name in VOICE_NAMES)
    piece = Composition((*voices, BASS), origin=Origin("bach", 0, 1.0))
    studio.services.document.begin(piece, "Generate")
    muted = TrackMix(70, mute=True)
    studio.services.document.set_mix(PieceMix((muted, *[TrackMix()] * 3, muted)))
    pull(studio.window.mixer.grip)
    # The voices are those of the piece, whatever one listens to.
    mix = PieceMix((TrackMix(70), *[TrackMix()] * 3, muted))
    assert read_midi_piece(drop.path).mix == mix


def test_a_track_is_dragged_by_its_name(studio: Studio, drop: Drop) -> None:
    studio.services.document.begin(two_tracks(), "Open")
    studio.services.document.set_mix(PieceMix((TrackMix(30), TrackMix(pan=0))))
    pull(studio.window.mixer.strips[1]._name)
    assert drop.path.name == "A song of two - Ba ss.mid"
    read = read_midi_piece(drop.path)
    assert read.composition.tracks == (BASS,)
    assert read.mix == PieceMix((TrackMix(pan=0),))
    # The key is the one of the whole.
    assert read.composition.key_signature == two_tracks().key() == Key(0)


def test_the_files_are_gone_when_the_window_is(studio: Studio, drop: Drop) -> None:
    studio.services.document.begin(scale("é" * 200), "Open")
    pull(studio.window.mixer.grip)
    folder = drop.path.parent.parent
    assert drop.path.exists()
    studio.window.close()
    assert not folder.exists()


@pytest.mark.parametrize("by", ["grip", "command"])
def test_a_copy_is_on_the_clipboard(studio: Studio, by: str) -> None:
    studio.services.document.begin(two_tracks(), "Open")
    window = studio.window
    if by == "grip":
        QTest.mouseClick(window.mixer.grip, LEFT)
    else:
        window.commands.copy_midi.trigger()
    data = QGuiApplication.clipboard().mimeData()
    read = parse_midi(bytes(data.data(MIDI_TYPE).data()), "x")
    assert read.composition == two_tracks()
    assert Path(data.urls()[0].toLocalFile()).read_bytes() == data.data(MIDI_TYPE).data()
    assert studio.message.startswith("Copied the piece as a MIDI file")


def test_without_music_there_is_nothing_to_copy(studio: Studio) -> None:
    studio.window.commands.copy_midi.trigger()
    assert studio.message.startswith("There is nothing to copy yet")


def test_where_no_file_can_be_made_it_is_said(
    studio: Studio, drop: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    studio.services.document.begin(scale(), "Open")
    monkeypatch.setattr("composer_app.studio.files.hand_out.TemporaryDirectory", full)
    pull(studio.window.mixer.grip)
    assert drop.taken == []
    assert studio.message == "No file could be made to be handed out: the disk is full."


def test_what_is_dragged_out_does_not_come_in_again(studio: Studio, drop: Drop) -> None:
    studio.services.document.begin(scale(), "Open")
    pull(studio.window.mixer.grip)
    event = OwnDrag(
        QPoint(9, 9),
        Qt.DropAction.CopyAction,
        drop.taken[0],
        LEFT,
        Qt.KeyboardModifier.NoModifier,
    )
    event.ignore()
    event.window = studio.window
    studio.window.dragEnterEvent(event)
    assert not event.isAccepted()


class OwnDrag(QDragEnterEvent):
    """A drag that began in the window."""

    window: QWidget

    def source(self) -> QWidget:
        return self.window
