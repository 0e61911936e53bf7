"""The statistics in the window: linked with the roll, saved, and in a window of their own."""

import csv
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from composer_app.music.composition import Composition, Track
from composer_app.music.note import Note
from composer_app.studio.document.selection import Selection
from composer_app.studio.statistics.export import likeness_file
from tests.studio.support import Studio, open_studio

PIECE = Composition(
    (
        Track("Soprano", notes=tuple(Note(4 * i, 67 + (5 * i) % 7, 4) for i in range(16))),
        Track("Alto", notes=tuple(Note(4 * i, 60 + (3 * i) % 7, 4) for i in range(16))),
        Track("Tenor", notes=tuple(Note(4 * i, 55 + (2 * i) % 7, 4) for i in range(16))),
        Track("Bass", notes=tuple(Note(8 * i, 43 + (3 * i) % 7, 8) for i in range(8))),
    )
)
LEFT = Qt.MouseButton.LeftButton
PATIENCE_MS = 60_000


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    with open_studio(tmp_path) as result:
        qtbot.addWidget(result.window)
        result.window.resize(1440, 1000)
        result.window.show()
        result.services.document.replace(PIECE, "Open")
        choices = result.window.statistics.distribution.choices
        choices.tracks.setCurrentText("Alto")
        rest(qtbot, result)
        yield result


def rest(qtbot: QtBot, studio: Studio) -> None:
    panel = studio.window.statistics
    ready = panel.distribution.canvas
    qtbot.waitUntil(lambda: not panel.busy and ready.picture is panel.picture, timeout=PATIENCE_MS)


def _says(studio: Studio, sentence: str) -> Callable[[], bool]:
    return lambda: studio.message == sentence


def _counts(studio: Studio, notes: int) -> Callable[[], bool]:
    figures = studio.window.statistics.distribution.figures
    return lambda: figures.shown["notes"] == str(notes)


def bar_of(studio: Studio, pitch: int) -> QPoint:
    canvas = studio.window.statistics.distribution.canvas
    assert canvas.picture is not None
    return canvas.bar_centre(int((canvas.picture.edges <= pitch).sum()) - 1).toPoint()


def of_alto(*pitches: int) -> frozenset[tuple[int, Note]]:
    return frozenset((1, note) for note in PIECE.tracks[1].notes if note.pitch in pitches)


def test_a_click_on_a_bar_selects_exactly_the_notes_behind_it(studio: Studio, qtbot: QtBot) -> None:
    canvas, roll = studio.window.statistics.distribution.canvas, studio.window.roll
    QTest.mouseMove(canvas, bar_of(studio, 63))
    assert roll._lit == of_alto(63)
    QTest.mouseClick(canvas, LEFT, pos=bar_of(studio, 63))
    assert roll.selection.notes == of_alto(63)
    assert len(roll.selection.notes) in (2, 3)
    QTest.mouseClick(canvas, LEFT, Qt.KeyboardModifier.ControlModifier, bar_of(studio, 60))
    assert roll.selection.notes == of_alto(60, 63)
    rest(qtbot, studio)
    picture = studio.window.statistics.picture
    assert picture is not None
    assert picture.chosen is not None
    assert picture.chosen.size == len(of_alto(60, 63)), "and the panel shows the selection"


def test_what_is_selected_in_the_roll_is_laid_beside_the_whole(
    studio: Studio, qtbot: QtBot
) -> None:
    studio.window.roll.set_selection(Selection(of_alto(61, 62)))
    rest(qtbot, studio)
    words = studio.window.statistics.distribution.words
    assert words.text.startswith(f"Selected: {len(of_alto(61, 62))} of 16 notes")
    studio.window.roll.set_selection(Selection())
    rest(qtbot, studio)
    assert "Selected" not in words.text


def test_each_key_of_a_midi_keyboard_is_measured_as_it_is_recorded(
    studio: Studio, qtbot: QtBot
) -> None:
    window, figures = studio.window, studio.window.statistics.distribution.figures
    choices = window.statistics.distribution.choices
    choices.tracks.setCurrentText("All tracks")
    choices.features.setCurrentText("Velocity")
    studio.ports.names = ["Small Keys"]
    window.midi.choose("Small Keys")
    window.commands.record.trigger()
    studio.clock.now = window.recording.origin + 0.01
    window.recording.tick()
    for count, (pitch, velocity) in enumerate(((60, 40), (64, 80), (67, 120)), start=1):
        studio.ports.send("note_on", pitch, velocity, studio.clock.now)
        # Held keys are measured, too: nobody has let go of one yet.
        studio.clock.now += 0.5
        window.recording.tick()
        qtbot.waitUntil(_counts(studio, count))
        mean = 40 * (count + 1) / 2
        assert figures.shown["mean"] == f"{mean:.1f}"
        assert window.recording.active
    rest(qtbot, studio)
    canvas = window.statistics.distribution.canvas
    assert canvas.picture is not None
    assert canvas.picture.measured.values.tolist() == [40, 80, 120], "the diagram as well"
    window.commands.record.trigger()
    assert not window.recording.active
    rest(qtbot, studio)
    recorded = studio.composition.tracks[0].notes
    assert [(note.pitch, note.velocity) for note in recorded][-1] == (67, 120)
    assert figures.shown["notes"] == str(len(recorded))


def test_an_edit_is_measured(studio: Studio, qtbot: QtBot) -> None:
    fewer = Composition((PIECE.tracks[0], Track("Alto", notes=PIECE.tracks[1].notes[:5])))
    studio.services.document.replace(fewer, "Edit")
    rest(qtbot, studio)
    assert studio.window.statistics.distribution.figures.shown["notes"] == "5"


def test_the_likeness_and_the_shared_run(studio: Studio, qtbot: QtBot) -> None:
    panel = studio.window.statistics
    panel.show_page(likeness=True)
    qtbot.waitUntil(lambda: panel.likeness.comparison is not None, timeout=PATIENCE_MS)
    comparison = panel.likeness.comparison
    assert comparison is not None
    assert comparison.likeness.style == "bach"
    strange = [abs(place.percentile - 50) for place in comparison.likeness.places]
    assert strange == sorted(strange, reverse=True), "worst first"
    assert comparison.likeness.outliers
    outlier = comparison.likeness.outliers[0].sentence
    assert outlier in panel.likeness.view.accessibleDescription()
    panel.likeness.styles.setCurrentIndex(panel.likeness.styles.findData("hymn"))
    qtbot.waitUntil(
        lambda: (
            panel.likeness.comparison is not None
            and panel.likeness.comparison.likeness.style == "hymn"
        ),
        timeout=PATIENCE_MS,
    )
    assert panel.tabs[1].text() == "HOW HYMN-LIKE?"


@pytest.mark.parametrize("likeness", [False, True])
def test_pictures_and_tables_are_saved(
    studio: Studio, qtbot: QtBot, tmp_path: Path, likeness: bool
) -> None:
    panel = studio.window.statistics
    panel.show_page(likeness=likeness)
    qtbot.waitUntil(
        lambda: not panel.busy and panel.likeness.comparison is not None, timeout=PATIENCE_MS
    )
    for suffix in (".png", ".svg", ".csv"):
        path = tmp_path / f"statistics{suffix}"
        studio.dialogs.statistics_path = path
        panel.saveRequested.emit()
        saved = f"Saved {path.name}."
        qtbot.waitUntil(_says(studio, saved))
    image = QImage(str(tmp_path / "statistics.png"))
    assert image.width() >= 1500
    assert len({image.pixel(x, image.height() * 3 // 4) for x in range(image.width())}) > 3, (
        "something is drawn"
    )
    root = ElementTree.parse(tmp_path / "statistics.svg").getroot()
    assert root.tag.endswith("svg")
    with (tmp_path / "statistics.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert len(rows) > 5
    assert {len(row) for row in rows} == {7}


def test_the_picture_is_copied(studio: Studio, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().clear()
    studio.window.statistics.copyRequested.emit()
    qtbot.waitUntil(lambda: "clipboard" in studio.message)
    assert QGuiApplication.clipboard().image().width() == 1800


def test_what_cannot_be_saved_is_told(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    studio.dialogs.statistics_path = tmp_path / "no such folder" / "a.csv"
    studio.window.statistics.saveRequested.emit()
    qtbot.waitUntil(lambda: studio.message.startswith("The statistics could not be saved"))
    studio.services.document.replace(Composition(), "New")
    qtbot.waitUntil(lambda: studio.window.statistics.picture is None)
    studio.window.statistics.copyRequested.emit()
    assert studio.message.startswith("There are no statistics to save yet")


def test_a_window_of_their_own_and_back(studio: Studio, qtbot: QtBot) -> None:
    panel, holder = studio.window.statistics, studio.window.statistics_dock
    panel.enlarge.click()
    assert holder.enlarged
    assert panel.window() is not studio.window
    panel.window().resize(980, 660)
    rest(qtbot, studio)
    assert panel.distribution.isVisible()
    assert panel.likeness.isVisible(), "both pages"
    QTest.mouseClick(panel.distribution.canvas, LEFT, pos=bar_of(studio, 63))
    assert studio.window.roll.selection.notes == of_alto(63)
    panel.enlarge.click()
    assert panel.window() is studio.window
    assert panel.isVisible()
    assert not panel.likeness.isVisible()
    panel.enlarge.click()
    panel.window().close()
    assert panel.window() is studio.window, "closing it puts them back, too"


def test_fields_and_commands_in_a_window_of_their_own(studio: Studio, qtbot: QtBot) -> None:
    window, panel = studio.window, studio.window.statistics
    panel.enlarge.click()
    own = panel.window()
    qtbot.waitUntil(own.isActiveWindow)
    field = panel.likeness.styles
    before = field.currentIndex()
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Escape):
        field.setFocus(Qt.FocusReason.TabFocusReason)
        QTest.keyClick(field, Qt.Key.Key_Down)
        QTest.keyClick(field, key)
        assert own.focusWidget() is own
        assert not field.hasFocus()
        assert (field.currentIndex() == before) is (key == Qt.Key.Key_Escape)
        field.setCurrentIndex(before)
    QTest.keyClick(own, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert studio.services.document.composition.note_count == 0
    QTest.keyClick(own, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert studio.services.document.composition.note_count > 0
    QTest.keyClick(own, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.playback.playing)
    QTest.keyClick(own, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.playback.playing)


def test_the_likeness_picture_has_room_for_every_row(studio: Studio, qtbot: QtBot) -> None:
    panel = studio.window.statistics
    qtbot.waitUntil(lambda: panel.likeness.comparison is not None, timeout=PATIENCE_MS)
    comparison = panel.likeness.comparison
    assert comparison is not None
    image = QImage.fromData(likeness_file(comparison, ".png"))
    ground = image.pixel(0, 0)
    inked = [
        y
        for y in range(image.height())
        if any(image.pixel(x, y) != ground for x in range(0, image.width(), 2))
    ]
    assert inked[-1] < image.height() - 8, "the last row is whole"
    assert len(comparison.likeness.places) * 40 < inked[-1] - inked[0]
