"""The loop: in the ruler, in the toolbar, and in what plays."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from composer_app.live.playback.player import Loop
from composer_app.music.composition import Composition
from composer_app.music.melody import Melody
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.timing import Meter
from composer_app.studio.document.selection import Selection
from composer_app.studio.roll.geometry import RollGeometry
from composer_app.studio.roll.margins import Ruler
from composer_app.studio.roll.painting.loop_marks import loop_steps
from tests.studio.support import Studio, open_studio

LEFT = Qt.MouseButton.LeftButton
FOUR_BARS = Composition.from_melody(Melody(tuple(Note(4 * beat, 60, 4) for beat in range(16))))


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    with open_studio(tmp_path) as result:
        result.window.playback._timer.setInterval(1_000_000)
        result.services.sound._take((result.sink, None))
        result.services.document.begin(FOUR_BARS, "Open")
        result.window.show()
        yield result


def ruler_of(studio: Studio) -> Ruler:
    ruler = studio.window.roll.findChild(Ruler)
    assert ruler is not None
    return ruler


def drag(studio: Studio, start: float, end: float) -> None:
    """From one step to another, in the ruler."""
    roll, ruler = studio.window.roll, ruler_of(studio)
    places = [
        QPoint(round(roll.roll_geometry.x(step)) - roll.corner.x(), 10) for step in (start, end)
    ]
    QTest.mousePress(ruler, LEFT, pos=places[0])
    for share in (0.4, 0.8, 1.0):
        QTest.mouseMove(ruler, places[0] + (places[1] - places[0]) * share)
    QTest.mouseRelease(ruler, LEFT, pos=places[1])


@given(
    st.floats(0, 500),
    st.floats(0, 500),
    st.floats(0.25, 96),
    st.sampled_from([Meter(4, 4), Meter(3, 4), Meter(6, 8)]),
)
def test_a_loop_is_whole_beats_or_bars_around_what_was_dragged(
    here: float, there: float, scale: float, meter: Meter
) -> None:
    start, end = loop_steps(
        RollGeometry(scale, steps=512, meters=MeterMap.constant(meter)), here, there
    )
    wide = meter.steps_per_pulse * scale >= 12
    unit = meter.steps_per_pulse if wide else meter.steps_per_bar
    assert start % unit == end % unit == 0
    assert 0 <= start < end
    assert abs(start - min(here, there)) <= unit
    assert abs(end - max(here, there)) <= unit


def test_dragging_in_the_ruler_loops_and_does_not_seek(studio: Studio) -> None:
    sought: list[float] = []
    studio.window.roll.seekRequested.connect(sought.append)
    drag(studio, 15.6, 32.3)
    assert studio.window.playback.loop == Loop(16, 32)
    assert studio.window.commands.loop.isChecked()
    assert sought == []
    # Backwards as well.
    drag(studio, 48.2, 20.1)
    assert studio.window.playback.loop == Loop(20, 48)


def test_an_end_can_be_moved(studio: Studio) -> None:
    drag(studio, 16, 32)
    drag(studio, 32, 47.5)
    assert studio.window.playback.loop == Loop(16, 48)
    drag(studio, 16, 8)
    assert studio.window.playback.loop == Loop(8, 48)


def test_a_click_on_an_end_only_seeks(studio: Studio) -> None:
    drag(studio, 16, 32)
    roll = studio.window.roll
    at = QPoint(round(roll.roll_geometry.x(32)) - roll.corner.x(), 10)
    QTest.mouseClick(ruler_of(studio), LEFT, pos=at)
    assert studio.window.playback.loop == Loop(16, 32)
    assert studio.window.playback.position == 32


def drag_playhead(studio: Studio, *steps: float) -> None:
    """From one step to the others, by the playhead's handle."""
    roll, ruler = studio.window.roll, ruler_of(studio)
    places = [
        QPoint(round(roll.roll_geometry.x(step)) - roll.corner.x(), ruler.height() - 5)
        for step in steps
    ]
    QTest.mousePress(ruler, LEFT, pos=places[0])
    for place in places[1:]:
        QTest.mouseMove(ruler, place)
    QTest.mouseRelease(ruler, LEFT, pos=places[-1])


def test_the_playhead_is_dragged_by_its_handle(studio: Studio) -> None:
    sought: list[float] = []
    studio.window.roll.seekRequested.connect(sought.append)
    drag(studio, 8, 16)
    studio.window.playback.seek(16.0)
    drag_playhead(studio, 16, 18.1, 18.2, 21)
    assert sought == [18, 21]
    assert studio.window.playback.position == 21
    assert studio.window.playback.loop == Loop(8, 16), "that is not moved, though it ends there"
    drag_playhead(studio, 21)
    assert sought == [18, 21], "taking it and letting go moves nothing"
    studio.window.playback.seek(16.0)
    drag(studio, 16, 12)
    assert studio.window.playback.loop == Loop(8, 12), "above the handle there is the loop's end"
    studio.window.playback.seek(21.0)
    drag_playhead(studio, 30, 40)
    assert studio.window.playback.loop is not None
    assert studio.window.playback.loop.start == 28, "away from the handle a drag is a loop"
    assert studio.window.playback.position == 21


def test_the_playhead_is_dragged_while_music_plays(studio: Studio) -> None:
    sought: list[float] = []
    studio.window.roll.seekRequested.connect(sought.append)
    studio.window.playback.play()
    studio.window.roll.set_playhead(10.4)
    drag_playhead(studio, 10.4, 10.4, 30.4)
    assert sought == [30]
    assert studio.window.playback.playing


def test_no_page_turns_under_a_dragged_playhead(studio: Studio) -> None:
    roll, ruler = studio.window.roll, ruler_of(studio)
    roll.set_zoom(40.0)
    bar = roll.horizontalScrollBar()
    bar.setValue(0)
    studio.window.playback.seek(4.0)
    at = QPoint(round(roll.roll_geometry.x(4)), ruler.height() - 5)
    QTest.mousePress(ruler, LEFT, pos=at)
    for _ in range(3):
        QTest.mouseMove(ruler, QPoint(ruler.width() + 50, 20))
        assert bar.value() == 0
    shown = roll.roll_geometry.step(ruler.width() - 1)
    assert studio.window.playback.position == pytest.approx(shown, abs=0.5)
    QTest.mouseRelease(ruler, LEFT, pos=QPoint(ruler.width() + 50, 20))


def test_the_switch_keeps_the_region(studio: Studio) -> None:
    drag(studio, 16, 32)
    studio.window.commands.loop.trigger()
    assert studio.window.playback.loop is None
    assert studio.window.loop.region == (16, 32)
    studio.window.commands.loop.trigger()
    assert studio.window.playback.loop == Loop(16, 32)


def test_without_a_region_the_switch_takes_the_selected_bars_or_everything(
    studio: Studio,
) -> None:
    window = studio.window
    window.commands.loop.trigger()
    assert window.playback.loop == Loop(0, 64)
    studio.services.document.begin(FOUR_BARS.with_program(0, 3), "Open")
    assert window.playback.loop is None
    assert not window.commands.loop.isChecked()
    window.roll.set_selection(Selection.of_bars(FOUR_BARS, 17, 33))
    window.commands.loop.trigger()
    assert window.playback.loop == Loop(16, 48)


def test_the_music_comes_round_and_return_goes_to_the_loop_first(studio: Studio) -> None:
    window = studio.window
    drag(studio, 16, 32)
    # From beyond the loop, playing begins with it.
    window.transport.seek(60)
    window.commands.play.trigger()
    assert window.playback.position == 16
    places = []
    for _ in range(80):
        studio.clock.now += 0.05
        # The player's own thread may be at it, too.
        with window.playback._player._changed:
            window.playback._player._transport.advance()
        window.playback.tick()
        places.append(window.playback.position)
    assert window.playback.playing
    assert max(places) < 32
    assert any(later < earlier for earlier, later in pairwise(places))
    window.commands.rewind.trigger()
    assert window.playback.position == 16
    window.commands.stop.trigger()
    window.commands.rewind.trigger()
    assert window.playback.position == 0
