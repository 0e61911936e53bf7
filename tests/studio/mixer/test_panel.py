"""The mixer's strips."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from pytestqt.qtbot import QtBot

from composer_app.live.playback.mixing import Mix
from composer_app.music.composition import Composition, Track
from composer_app.music.instrumentation.instruments import INSTRUMENT_NAMES
from composer_app.music.mix import CENTRE, DEFAULT_VOLUME, TrackMix
from composer_app.music.note import Note
from composer_app.studio.mixer.panel import MixerPanel

NOTES = (Note(0, 60, 4),)
CTRL = Qt.KeyboardModifier.ControlModifier
PIECE = Composition((Track("Soprano", 73, NOTES), Track("", 0, NOTES), Track("Empty", 42)))


@pytest.fixture
def panel(qtbot: QtBot) -> MixerPanel:
    result = MixerPanel()
    qtbot.addWidget(result)
    result.set_composition(PIECE)
    return result


def test_a_strip_for_each_track(panel: MixerPanel) -> None:
    assert [strip.instrument.currentText() for strip in panel.strips] == [
        "Flute",
        "Grand piano",
        "Cello",
    ]
    assert panel.strips[1].instrument.accessibleName() == "Instrument of Track 2"
    panel.set_composition(Composition())
    assert panel.strips == ()
    assert not panel._empty.isHidden()


def test_every_program_can_be_shown_and_chosen(panel: MixerPanel) -> None:
    chosen: list[tuple[int, int]] = []
    panel.programChosen.connect(lambda track, program: chosen.append((track, program)))
    box = panel.strips[1].instrument
    for program in range(128):
        box.set_program(program)
        assert (box.program, box.currentText()) == (program, INSTRUMENT_NAMES[program])
    assert chosen == []
    row = box.findText("Church organ")
    box.setCurrentIndex(row)
    box.activated.emit(row)
    assert chosen == [(1, 19)]


def test_families_are_headings_only(panel: MixerPanel) -> None:
    model = panel.strips[0].instrument.model()
    assert model.rowCount() == 128 + 16
    assert model.flags(model.index(0, 0)) == Qt.ItemFlag.NoItemFlags


def test_drums_have_kits_and_are_no_melody(panel: MixerPanel) -> None:
    drums = Track("Beat", 25, NOTES, drums=True)
    panel.set_composition(Composition((Track("Tune", 73, NOTES), drums, Track("Horn", 60, NOTES))))
    tune, beat, _horn = panel.strips
    assert (beat.instrument.currentText(), beat.instrument.program) == ("Analog Kit", 25)
    assert [strip.melody.isEnabled() for strip in panel.strips] == [True, False, True]
    assert beat.melody.toolTip() == "Drums are no melody"
    beat.instrument.set_program(99, drums=True)
    assert beat.instrument.currentText() == "Standard Kit"
    # The strip may be another track's afterwards.
    panel.set_composition(PIECE)
    assert [strip.instrument.currentText() for strip in (tune, beat)] == ["Flute", "Grand piano"]


def test_what_is_done_is_reported_and_what_is_shown_is_not(panel: MixerPanel) -> None:
    edits: list[tuple[int, TrackMix]] = []
    panel.trackMixEdited.connect(lambda index, mix: edits.append((index, mix)))
    panel.set_mix(Mix((TrackMix(), TrackMix(50, 20, mute=True)), 90))
    strip = panel.strips[1]
    assert (strip.volume.value(), strip.pan.value(), panel.master.value()) == (50, 20, 90)
    assert strip.mute.isChecked()
    assert edits == []
    strip.mute.click()
    strip.solo.click()
    assert edits == [(1, TrackMix(50, 20)), (1, TrackMix(50, 20, solo=True))]


def test_keys_move_a_slider_and_a_double_click_takes_it_home(
    panel: MixerPanel, qtbot: QtBot
) -> None:
    edits: list[TrackMix] = []
    panel.trackMixEdited.connect(lambda _, mix: edits.append(mix))
    panel.show()
    volume, pan = panel.strips[0].volume, panel.strips[0].pan
    qtbot.keyClick(volume, Qt.Key.Key_Right)
    qtbot.keyClick(volume, Qt.Key.Key_PageDown)
    assert [mix.volume for mix in edits] == [102, 86]
    qtbot.mouseDClick(volume, Qt.MouseButton.LeftButton)
    assert edits[-1].volume == DEFAULT_VOLUME
    qtbot.keyClick(pan, Qt.Key.Key_Home)
    assert (edits[-1].pan, pan.value_text) == (0, "100 % left")
    qtbot.keyClick(pan, Qt.Key.Key_Delete)
    assert (edits[-1].pan, pan.value_text) == (CENTRE, "middle")


def test_a_slider_follows_the_mouse_and_says_its_value(panel: MixerPanel, qtbot: QtBot) -> None:
    panel.resize(328, 400)
    panel.show()
    volume, pan = panel.strips[0].volume, panel.strips[0].pan
    middle = volume.rect().center()
    qtbot.mousePress(volume, Qt.MouseButton.LeftButton, pos=middle)
    assert volume.value() == pytest.approx(64, abs=2)
    for x in (20, 5, 1):
        qtbot.mouseMove(volume, QPoint(x, 14))
    qtbot.mouseRelease(volume, Qt.MouseButton.LeftButton, pos=QPoint(1, 14))
    assert (volume.value(), volume.value_text) == (0, "silent")
    assert "Volume of Soprano: silent" in volume.toolTip()
    # Near the middle it is the middle.
    qtbot.mouseClick(pan, Qt.MouseButton.LeftButton, pos=pan.rect().center() + QPoint(2, 0))
    assert pan.value() == CENTRE


def test_the_wheel_scrolls_past_a_slider(panel: MixerPanel) -> None:
    volume = panel.strips[0].volume
    for keys, value in ((Qt.KeyboardModifier.NoModifier, 100), (CTRL, 102)):
        event = QWheelEvent(
            QPointF(10, 10),
            QPointF(10, 10),
            QPoint(0, 0),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            keys,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        volume.wheelEvent(event)
        assert volume.value() == value


@pytest.mark.parametrize(("value", "text"), [(100, "0 dB"), (127, "+4.2 dB"), (50, "−12.0 dB")])
def test_volume_is_in_decibels(panel: MixerPanel, value: int, text: str) -> None:
    panel.strips[0].volume.show_value(value)
    assert panel.strips[0].volume.value_text == text


def test_a_track_that_rests_while_another_is_soloed_shows_it(panel: MixerPanel) -> None:
    def picture(index: int) -> int:
        return panel.strips[index].mute.icon().cacheKey()

    heard, silent = picture(0), None
    panel.set_mix(Mix((TrackMix(), TrackMix(solo=True))))
    silent = picture(0)
    assert silent != heard
    assert picture(1) == heard
    assert not panel.strips[0].mute.isChecked()


def test_the_melody_is_marked_and_another_track_can_be_it(panel: MixerPanel, qtbot: QtBot) -> None:
    assert [strip.melody.isChecked() for strip in panel.strips] == [True, False, False]
    assert not panel.strips[2].melody.isEnabled()
    with qtbot.assertNotEmitted(panel.melodyChosen):
        panel.strips[0].melody.click()
    assert panel.strips[0].melody.isChecked()
    with qtbot.waitSignal(panel.melodyChosen) as chosen:
        panel.strips[1].melody.click()
    assert chosen.args == [1]


def test_a_long_name_is_cut_but_not_lost(panel: MixerPanel) -> None:
    long = "The first violins of the large orchestra"
    panel.set_composition(Composition((Track(long, 40, NOTES),)))
    panel.resize(328, 300)
    panel.show()
    label = panel.strips[0]._name
    assert label.shown.endswith("…")
    assert label.tip.startswith(long)


@pytest.mark.parametrize("width", [328, 360, 416])
@pytest.mark.parametrize("name", ["Bass", "Track 07", "Basso continuo, realised"])
@pytest.mark.parametrize("program", [0, 3, 4, 68, 118])
def test_nothing_is_cut_beside_empty_space(
    panel: MixerPanel, width: int, name: str, program: int
) -> None:
    panel.set_composition(Composition((Track(name, program, NOTES),)))
    panel.resize(width, 300)
    panel.show()
    label, box = panel.strips[0]._name, panel.strips[0].instrument
    assert label.parentWidget() is box.parentWidget()
    free = box.x() - (label.x() + label.width())
    cut = label.shown != label.text() or box.shown != box.currentText()
    assert not label.geometry().intersects(box.geometry())
    if cut:
        assert free <= 8
        assert INSTRUMENT_NAMES[program] in box.tip
        assert name in label.tip
    else:
        assert label.width() >= label.wanted_width


def test_track_7_of_12_is_told_apart(panel: MixerPanel) -> None:
    tracks = tuple(Track(f"The organ of Saint-Sulpice, track {n:02d}", 3, NOTES) for n in (7, 12))
    panel.set_composition(Composition(tracks))
    panel.resize(328, 300)
    panel.show()
    shown = [strip._name.shown for strip in panel.strips]
    assert [name[-2:] for name in shown] == ["07", "12"]
    assert all("…" in name for name in shown)
