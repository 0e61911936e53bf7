from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QHelpEvent, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSlider, QApplication, QPushButton, QToolTip
from pytestqt.qtbot import QtBot

from composer_app.music.composition import VOICE_NAMES, Composition, Track
from composer_app.music.note import Note
from composer_app.studio.roll import geometry
from composer_app.studio.roll.painting import tiles
from composer_app.studio.roll.painting.painter import KEYS_WIDTH, RULER_HEIGHT
from composer_app.studio.roll.view import PianoRollView
from composer_app.studio.widgets.theme import COLORS, voice_color

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier

FOUR_VOICES = Composition(
    tuple(
        Track(name, notes=tuple(Note(step, pitch, 8, 110) for step in range(0, 256, 8)))
        for name, pitch in (("Soprano", 72), ("Alto", 65), ("Tenor", 57), ("Bass", 45))
    )
)
TITLE = "Play something, or open a melody"


@pytest.fixture
def view(qtbot: QtBot) -> PianoRollView:
    widget = PianoRollView()
    qtbot.addWidget(widget)
    widget.resize(900, 500)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def place_of(view: PianoRollView, step: float, pitch: int) -> QPoint:
    """The viewport's point in the middle of a row at ``step``."""
    roll = view.roll_geometry
    x = round(roll.x(step)) - view.horizontalScrollBar().value()
    y = roll.y(pitch) + roll.row_height // 2 - view.verticalScrollBar().value()
    return QPoint(x, y)


def picture(view: PianoRollView) -> QImage:
    return view.viewport().grab().toImage()


def color_at(view: PianoRollView, step: float, pitch: int) -> QColor:
    return picture(view).pixelColor(place_of(view, step, pitch))


def nearest_voice(color: QColor) -> int:
    """Index of the voice whose hue ``color`` has."""
    hues = [voice_color(track).hue() for track in range(4)]
    return min(range(4), key=lambda track: abs(hues[track] - color.hue()))


def turn_wheel(view: PianoRollView, point: QPoint, turn: int, keys: Qt.KeyboardModifier) -> None:
    event = QWheelEvent(
        QPointF(point),
        QPointF(view.viewport().mapToGlobal(point)),
        QPoint(),
        QPoint(0, turn),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view.viewport(), event)


# -- notes ---------------------------------------------------------------------------------


def test_every_voice_is_painted_in_its_color_across_tiles(view: PianoRollView) -> None:
    view.set_composition(FOUR_VOICES)
    view.set_zoom(6.0)
    view.horizontalScrollBar().setValue(300)
    for track, pitch in enumerate((72, 65, 57, 45)):
        for step in (60.0, 84.0, 132.0, 164.0):
            assert nearest_voice(color_at(view, step, pitch)) == track
    assert color_at(view, 62.0, 70).value() < 60


def test_louder_notes_are_brighter(view: PianoRollView) -> None:
    notes = tuple(Note(8 * i, 60, 8, velocity) for i, velocity in enumerate((10, 60, 127)))
    view.set_composition(Composition((Track("Soprano", notes=notes),)))
    values = [color_at(view, 8 * i + 6, 60).value() for i in range(3)]
    assert values[0] < values[1] < values[2]


def test_repeated_notes_stand_apart(view: PianoRollView) -> None:
    notes = (Note(0, 60, 8), Note(8, 60, 8))
    view.set_composition(Composition((Track("Soprano", notes=notes),)))
    seam = place_of(view, 8, 60)
    between = picture(view).pixelColor(seam.x() - 1, seam.y())
    assert between.value() < 60


def test_a_hidden_track_is_not_painted_and_comes_back(view: PianoRollView) -> None:
    view.set_composition(FOUR_VOICES)
    shown = color_at(view, 6.0, 65)
    view.set_track_visible(1, False)
    assert color_at(view, 6.0, 65).value() < 60
    assert nearest_voice(color_at(view, 6.0, 72)) == 0
    view.set_track_visible(1, True)
    assert color_at(view, 6.0, 65) == shown


def test_another_composition_is_painted_anew(view: PianoRollView) -> None:
    view.set_composition(FOUR_VOICES)
    picture(view)
    view.set_composition(Composition((Track("Soprano", notes=(Note(0, 72, 256),)),)))
    assert color_at(view, 6.0, 65).value() < 60


def test_few_tiles_are_kept(view: PianoRollView, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiles, "_MOST_TILES", 6)
    view.set_composition(FOUR_VOICES)
    view.set_zoom(60.0)
    for place in range(0, view.horizontalScrollBar().maximum(), 400):
        view.horizontalScrollBar().setValue(place)
        picture(view)
    assert len(view._tiles) <= 12


@pytest.mark.parametrize("pitch", [0, 127])
def test_notes_beyond_a_piano_are_shown_too(view: PianoRollView, pitch: int) -> None:
    view.set_composition(Composition((Track("Odd", notes=(Note(0, pitch, 16),)),)))
    assert nearest_voice(color_at(view, 6.0, pitch)) == 0


# -- scale ---------------------------------------------------------------------------------


def sees(view: PianoRollView, step: float, pitch: int) -> bool:
    return view.viewport().rect().contains(place_of(view, step, pitch))


def test_another_piece_fits_the_view_by_itself(view: PianoRollView) -> None:
    view.set_composition(FOUR_VOICES)
    view.begin()
    assert sees(view, 0, 72)
    assert sees(view, 255, 45)
    before = view.roll_geometry.pixels_per_step
    view.resize(1400, 500)
    assert view.roll_geometry.pixels_per_step > before


@pytest.mark.parametrize("bars", [1, 8, 200, 999, 1200])
@pytest.mark.parametrize("size", [(900, 500), (330, 200)])
def test_fitting_shows_the_whole_piece(
    view: PianoRollView, bars: int, size: tuple[int, int]
) -> None:
    view.resize(*size)
    ends = Note(0, 108, 16), Note(16 * bars - 16, 21, 16)
    view.set_composition(Composition((Track("Piano", notes=ends),)))
    view.set_zoom(40.0)
    view.fit()
    assert view.horizontalScrollBar().maximum() == 0
    for note in ends:
        for pitch in (note.pitch, note.pitch):
            assert sees(view, note.start, pitch)
    # All of it can be reached with the wheel and the keys as well.
    fitted = view.roll_geometry.pixels_per_step
    view.set_zoom(40.0)
    for _ in range(60):
        view.zoom_out()
    assert view.roll_geometry.pixels_per_step <= fitted


def test_zooming_by_hand_stays_until_fit(qtbot: QtBot, view: PianoRollView) -> None:
    view.set_composition(FOUR_VOICES)
    view.fit()
    fitted = view.roll_geometry
    with qtbot.waitSignal(view.zoomChanged):
        view.zoom_in()
    chosen = view.roll_geometry.pixels_per_step
    assert chosen > fitted.pixels_per_step
    view.resize(1000, 500)
    view.set_composition(FOUR_VOICES)
    assert view.roll_geometry.pixels_per_step == chosen
    view.zoom_out()
    view.resize(900, 500)
    view.fit()
    assert view.roll_geometry == fitted


def test_the_keys_zoom_around_the_playhead_while_it_is_seen(view: PianoRollView) -> None:
    view.set_composition(FOUR_VOICES)
    view.begin()
    view.set_playhead(64.0)
    there = place_of(view, 64.0, 60).x()
    for _ in range(4):
        view.zoom_in()
    assert place_of(view, 64.0, 60).x() == pytest.approx(there, abs=1)
    view.horizontalScrollBar().setValue(view.horizontalScrollBar().maximum())
    before = view.roll_geometry.step(view.corner.x() + view.viewport().width() / 2)
    view.zoom_in()
    after = view.roll_geometry.step(view.corner.x() + view.viewport().width() / 2)
    assert after == pytest.approx(before, abs=0.2)


def higher(composition: Composition, by: int) -> Composition:
    first, *others = composition.tracks
    moved = tuple(replace(note, pitch=note.pitch + by) for note in first.notes)
    return Composition((replace(first, notes=moved), *others))


def test_edits_leave_scale_and_place_alone(view: PianoRollView) -> None:
    view.set_composition(FOUR_VOICES)
    view.begin()
    fitted = view.place
    view.set_composition(higher(FOUR_VOICES, 1))
    assert view.place == fitted
    view.set_zoom(30.0)
    view.horizontalScrollBar().setValue(500)
    view.verticalScrollBar().setValue(300)
    seen = place_of(view, 40.0, 60)
    # Above the rows of a piano there are more only for notes that need them.
    view.set_composition(higher(FOUR_VOICES, 50))
    assert view.roll_geometry.highest > 108
    assert place_of(view, 40.0, 60) == seen
    view.set_composition(FOUR_VOICES)
    assert place_of(view, 40.0, 60) == seen


def test_notes_out_of_sight_come_into_it_where_nobody_chose_the_rows(view: PianoRollView) -> None:
    view.set_composition(FOUR_VOICES)
    view.begin()
    scale = view.roll_geometry.pixels_per_step
    view.set_composition(higher(FOUR_VOICES, 30))
    assert sees(view, 0, 102)
    assert sees(view, 0, 45)
    assert view.roll_geometry.pixels_per_step == scale
    view.begin()
    view.verticalScrollBar().triggerAction(QAbstractSlider.SliderAction.SliderSingleStepAdd)
    rows = view.verticalScrollBar().value()
    view.set_composition(FOUR_VOICES)
    view.set_composition(higher(FOUR_VOICES, 35))
    assert view.verticalScrollBar().value() == rows


def test_a_melody_leaves_room_for_the_voices_to_come(view: PianoRollView) -> None:
    melody = Composition(FOUR_VOICES.tracks[:1])
    view.set_composition(melody)
    view.begin()
    before = view.place
    assert sees(view, 0, 36)
    view.set_composition(FOUR_VOICES)
    assert view.place == before
    view.set_composition(melody)
    view.fit()
    assert view.roll_geometry.row_height == geometry.LARGEST_FITTED_ROW


def test_a_place_is_returned_to(view: PianoRollView) -> None:
    view.set_composition(FOUR_VOICES)
    view.set_zoom(30.0)
    view.horizontalScrollBar().setValue(500)
    view.verticalScrollBar().setValue(200)
    place, seen = view.place, place_of(view, 40.0, 60)
    view.set_composition(higher(FOUR_VOICES, 50))
    view.begin()
    view.set_composition(FOUR_VOICES)
    view.return_to(place)
    assert view.place == place
    assert place_of(view, 40.0, 60) == seen


@pytest.mark.parametrize("scale", [0.02, 0.2, 0.7])
def test_from_far_away_all_voices_are_seen(view: PianoRollView, scale: float) -> None:
    pitches = (72, 65, 57, 45)
    tracks = tuple(
        Track(name, notes=tuple(Note(step, pitch, 1, 110) for step in range(0, 19_200, 2)))
        for name, pitch in zip(VOICE_NAMES, pitches, strict=True)
    )
    view.set_composition(Composition(tracks))
    view.set_zoom(scale)
    for track, pitch in enumerate(pitches):
        assert nearest_voice(color_at(view, 6000.0 if scale < 0.1 else 300.0, pitch)) == track
    assert color_at(view, 300.0, 70).value() < 60


def test_the_wheel_zooms_around_the_mouse(view: PianoRollView) -> None:
    view.set_composition(FOUR_VOICES)
    view.set_zoom(10.0)
    point = QPoint(300, 200)
    before = view.roll_geometry.step(point.x() + view.horizontalScrollBar().value())
    turn_wheel(view, point, 120, CTRL)
    after = view.roll_geometry.step(point.x() + view.horizontalScrollBar().value())
    assert view.roll_geometry.pixels_per_step == pytest.approx(12.5)
    assert after == pytest.approx(before, abs=0.1)


def test_the_wheel_changes_rows_and_scrolls(view: PianoRollView) -> None:
    view.set_composition(FOUR_VOICES)
    view.set_zoom(20.0)
    rows = view.roll_geometry.row_height
    turn_wheel(view, QPoint(300, 200), 120, CTRL | SHIFT)
    assert view.roll_geometry.row_height == rows + 1
    turn_wheel(view, QPoint(300, 200), -120, CTRL | SHIFT)
    assert view.roll_geometry.row_height == rows
    left = view.horizontalScrollBar().value()
    turn_wheel(view, QPoint(300, 200), -120, SHIFT)
    assert view.horizontalScrollBar().value() > left
    top = view.verticalScrollBar().value()
    turn_wheel(view, QPoint(300, 200), -120, Qt.KeyboardModifier.NoModifier)
    assert view.verticalScrollBar().value() > top


# -- playhead ------------------------------------------------------------------------------


def test_the_playhead_is_painted_over_the_notes(view: PianoRollView) -> None:
    view.set_composition(FOUR_VOICES)
    view.set_playhead(20.5)
    assert view.playhead == 20.5
    assert color_at(view, 20.5, 72) == QColor(COLORS.playhead)
    view.set_playhead(None)
    assert color_at(view, 20.5, 72) != QColor(COLORS.playhead)


def test_the_view_turns_its_pages_with_the_playhead(view: PianoRollView) -> None:
    view.set_composition(FOUR_VOICES)
    view.set_zoom(20.0)
    view.horizontalScrollBar().setValue(0)
    for step in range(0, 120, 2):
        view.set_playhead(float(step))
        assert 0 <= place_of(view, step, 60).x() <= view.viewport().width()
    assert view.horizontalScrollBar().value() > 0


def test_who_scrolls_away_is_left_alone(view: PianoRollView) -> None:
    view.set_composition(FOUR_VOICES)
    view.set_zoom(20.0)
    view.set_playhead(0.0)
    end = view.horizontalScrollBar().maximum()
    view.horizontalScrollBar().setValue(end)
    view.set_playhead(1.0)
    assert view.horizontalScrollBar().value() == end


def test_following_can_be_switched_off(view: PianoRollView) -> None:
    view.set_composition(FOUR_VOICES)
    view.set_zoom(20.0)
    view.horizontalScrollBar().setValue(0)
    view.set_follow(False)
    view.set_playhead(0.0)
    view.set_playhead(200.0)
    assert view.horizontalScrollBar().value() == 0


def test_a_click_in_the_ruler_seeks_to_the_nearest_step(qtbot: QtBot, view: PianoRollView) -> None:
    view.set_composition(FOUR_VOICES)
    view.set_zoom(20.0)
    view.horizontalScrollBar().setValue(100)
    sought: list[float] = []
    view.seekRequested.connect(sought.append)
    point = QPoint(KEYS_WIDTH + place_of(view, 12.3, 60).x(), RULER_HEIGHT // 2)
    ruler = view.childAt(point)
    assert ruler is not None
    inside = ruler.mapFrom(view, point)
    QTest.mousePress(ruler, Qt.MouseButton.LeftButton, pos=inside)
    QTest.mouseMove(ruler, inside + QPoint(2, 0))
    QTest.mouseRelease(ruler, Qt.MouseButton.LeftButton, pos=inside + QPoint(2, 0))
    QTest.mouseClick(ruler, Qt.MouseButton.RightButton, pos=inside)
    assert sought == [12.0]


def test_seeking_stays_within_the_piece(view: PianoRollView) -> None:
    sought: list[float] = []
    view.set_composition(FOUR_VOICES)
    view.seekRequested.connect(sought.append)
    view._ruler._seek(-50)
    view._ruler._seek(100_000)
    assert sought == [0.0, 256.0]


# -- empty, recording ----------------------------------------------------------------------


def test_an_empty_roll_invites(qtbot: QtBot, view: PianoRollView) -> None:
    button = view.findChild(QPushButton)
    assert button is not None
    assert button.isVisible()
    assert view.accessibleDescription() == "" or "Empty" in view.accessibleDescription()
    with qtbot.waitSignal(view.emptyActionRequested):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    view.set_composition(FOUR_VOICES)
    assert not button.isVisible()
    view.set_composition(Composition())
    assert button.isVisible()


def test_the_invitation_can_be_withheld(view: PianoRollView) -> None:
    button = view.findChild(QPushButton)
    view.set_inviting(False)
    assert not button.isVisible()
    view.set_inviting(True)
    assert button.isVisible()


def test_recorded_notes_are_shown_as_they_come(view: PianoRollView) -> None:
    view.set_recording_notes([(60, 0.0, 3.7)])
    assert not view.findChild(QPushButton).isVisible()
    assert color_at(view, 2.0, 60).red() > color_at(view, 2.0, 60).green() + 40
    view.set_recording_notes([])
    assert view.findChild(QPushButton).isVisible()
    assert color_at(view, 2.0, 60).value() < 60


def test_a_recording_may_run_past_the_end_and_out_of_sight(view: PianoRollView) -> None:
    steps = view.roll_geometry.steps
    view.set_recording_notes([(60, 0.0, steps + 5.0)])
    assert view.roll_geometry.steps > steps
    view.set_playhead(1000.0)
    assert view.roll_geometry.steps >= 1000
    for pitch in (108, 21):
        view.set_recording_notes([(pitch, 990.0, 1000.0)])
        view.set_playhead(999.0)
        assert view.viewport().rect().contains(place_of(view, 995, pitch))


# -- help ----------------------------------------------------------------------------------


def test_a_note_says_what_it_is(view: PianoRollView, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _point, text, _widget: shown.append(text))
    view.set_composition(FOUR_VOICES)
    for pitch in (65, 70):
        point = place_of(view, 20, pitch)
        where = view.viewport().mapToGlobal(point)
        QApplication.sendEvent(view.viewport(), QHelpEvent(QEvent.Type.ToolTip, point, where))
    assert shown == ["Alto: F4, a half\nVelocity 110, bar 2, beat 1"]


def test_a_screen_reader_hears_what_is_there(view: PianoRollView) -> None:
    view.set_composition(FOUR_VOICES)
    assert view.accessibleName() == "Piano roll"
    assert view.accessibleDescription().startswith("16 bars in 4/4; notes: Soprano 32")


@pytest.mark.parametrize(
    ("reason", "ringed"),
    [(Qt.FocusReason.TabFocusReason, True), (Qt.FocusReason.MouseFocusReason, False)],
)
def test_the_focus_ring_is_for_the_keyboard(
    view: PianoRollView, reason: Qt.FocusReason, ringed: bool
) -> None:
    QApplication.sendEvent(view, QFocusEvent(QEvent.Type.FocusIn, reason))
    corner = picture(view).pixelColor(1, 1)
    assert (corner == QColor(COLORS.accent)) == ringed
    QApplication.sendEvent(view, QFocusEvent(QEvent.Type.FocusOut, reason))
    assert picture(view).pixelColor(1, 1) != QColor(COLORS.accent)
