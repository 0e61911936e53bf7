"""A band in the window: its tracks, levels and names, and what may stay around it."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from composer_app.generation.models.catalog import everything_to_choose_from
from composer_app.generation.support import SETTINGS
from composer_app.music.composition import BAND_NAMES, VOICE_NAMES
from composer_app.music.performing.performance import Performance
from composer_app.studio.generate.choices import GenerationChoices
from composer_app.studio.generate.control_section import ControlSection
from composer_app.studio.generate.steering_sliders import SteeringSliders
from composer_app.studio.generate.voice_steering import BUSY, DIFFERENT, VoiceSteering
from composer_app.studio.widgets.commands.actions import Actions
from tests.generation.bands.playing import BANDS
from tests.studio.generate.test_steering import choose
from tests.studio.support import FAKE_MODEL, Studio, scale


def _choices(name: str) -> GenerationChoices:
    choices = GenerationChoices()
    choices.set_models(everything_to_choose_from(), name)
    return choices


def test_the_tracks_are_called_as_a_band_is() -> None:
    choices = _choices("swing")
    assert choices.voice_names == BAND_NAMES
    choices.choose_model("hymn")
    assert choices.voice_names == VOICE_NAMES


def test_a_band_takes_notice_of_what_bands_can() -> None:
    for name in BANDS:
        choices = _choices(name)
        choices.choose(density=(1.0, 1.0, 1.0), richness=0.5, busy=(0.5, 0.5, 0.5))
        assert choices.settings.density == (None, None, None)
        assert choices.settings.richness == 0.5
        assert choices.settings.busy == (0.5, 0.5, 0.5)
        choices.choose_model("bach")
        assert choices.settings.busy == (0.0, 0.0, 0.0)
        assert choices.settings.density == (1.0, 1.0, 1.0)


def test_the_slider_of_notes_says_how_busy_a_band_is(qtbot: QtBot) -> None:
    choices = _choices("pop")
    sliders = SteeringSliders(choices)
    qtbot.addWidget(sliders)
    sliders.density.setValue(sliders.density.maximum())
    assert choices.chosen.busy == (1.0, 1.0, 1.0)
    assert choices.chosen.density == (None, None, None)
    choices.choose(busy=(0.0, 0.0, 0.0))
    sliders.refresh()
    assert sliders.density.value() == sliders.density.maximum() // 2


def test_each_part_of_a_band_is_simple_or_busy_by_itself(qtbot: QtBot) -> None:
    choices = _choices("pop")
    sliders, parts = SteeringSliders(choices), VoiceSteering(choices)
    for widget in (sliders, parts):
        qtbot.addWidget(widget)
        choices.changed.connect(widget.refresh)
    assert [parts.voice.itemText(row) for row in range(parts.voice.count())] == [
        "all parts",
        "chords",
        "bass",
        "drums",
    ]
    assert parts.density.isEnabled()
    assert not parts.rhythm.isEnabled()
    for part, (words, busy) in ((3, BUSY[4]), (1, BUSY[1])):
        choose(parts.voice, part)
        choose(parts.density, parts.density.findText(words))
        assert choices.settings.busy[part - 1] == busy
    assert choices.settings.busy == (-1.0, 0.0, 1.0)
    assert choices.settings.density == (None, None, None)
    choose(parts.voice, 2)
    assert parts.density.currentText() == "usual"
    choose(parts.voice, 0)
    assert parts.density.currentText() == ""
    assert sliders._density_words.text() == DIFFERENT
    # A place of the slider between two words is shown by the nearer one.
    sliders.density.setValue(sliders.density.maximum() - 2)
    assert parts.density.currentText() == "fuller"
    choices.choose_model("bach")
    assert parts.voice.itemText(3) == "bass"
    assert parts.density.itemText(3) == "1 a beat"


@pytest.mark.parametrize("recorded", [False, True])
def test_a_melody_swings_along_unless_it_was_recorded(
    studio: Studio, qtbot: QtBot, recorded: bool
) -> None:
    document, choices = studio.services.document, studio.window.choices
    performance = Performance((), 100.0) if recorded else None
    document.begin(replace(scale(), performance=performance), "Record")
    choices.set_models([replace(FAKE_MODEL, supports=SETTINGS)], "fake")
    assert choices.settings.swing_melody
    studio.window.commands.generate.trigger()
    qtbot.waitUntil(lambda: not studio.window.generate_panel.busy)
    assert document.takes[-1].recipe.settings.swing_melody is not recorded


def test_only_bands_have_a_switch_for_the_swing_of_the_melody(qtbot: QtBot) -> None:
    owner = QObject()
    choices = _choices("swing")
    section = ControlSection(Actions(owner), choices)
    qtbot.addWidget(section)
    assert not section.swing_melody.isHidden()
    assert section.swing_melody.isChecked()
    section.swing_melody.setChecked(False)
    assert not choices.settings.swing_melody
    choices.choose_model("bach")
    section.refresh()
    assert section.swing_melody.isHidden()
    owner.deleteLater()
