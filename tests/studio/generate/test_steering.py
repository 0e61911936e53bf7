"""Steering in the window: the sliders, and what is said of one voice."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from composer_app.generation.generator import GenerationSettings
from composer_app.generation.steering import USUAL_PHRASING, rhythm_of
from composer_app.music.instrumentation.instrument_ranges import playable_range
from composer_app.studio.generate.choices import GenerationChoices
from composer_app.studio.generate.steering_sliders import SteeringSliders
from composer_app.studio.generate.voice_steering import VoiceSteering
from tests.studio.support import FAKE_MODEL, Studio

USUAL = GenerationSettings(phrasing=USUAL_PHRASING, swing_melody=True)


@pytest.fixture
def sliders(choices: GenerationChoices, qtbot: QtBot) -> SteeringSliders:
    sliders = SteeringSliders(choices)
    qtbot.addWidget(sliders)
    choices.changed.connect(sliders.refresh)
    return sliders


@pytest.fixture
def voices(choices: GenerationChoices, qtbot: QtBot) -> VoiceSteering:
    voices = VoiceSteering(choices)
    qtbot.addWidget(voices)
    choices.changed.connect(voices.refresh)
    return voices


def choose(box: object, row: int) -> None:
    """Choose a row as a person does, which alone is heard."""
    box.setCurrentIndex(row)  # type: ignore[attr-defined]
    box.activated.emit(row)  # type: ignore[attr-defined]


def test_in_the_middle_nothing_is_asked(sliders: SteeringSliders, voices: VoiceSteering,
                                        choices: GenerationChoices) -> None:  # fmt: skip
    sliders.refresh()
    voices.refresh()
    assert choices.settings == USUAL
    assert sliders._harmony_words.text() == sliders._density_words.text() == "usual"


def test_the_sliders_rise_from_plain_to_rich_and_from_sparse_to_busy(
    sliders: SteeringSliders, choices: GenerationChoices
) -> None:
    rich, busy = [], []
    for at in range(sliders.harmony.maximum() + 1):
        sliders.harmony.setValue(at)
        rich.append(choices.settings.richness)
    for at in range(sliders.density.maximum() + 1):
        sliders.density.setValue(at)
        assert len(set(choices.settings.density)) == 1
        # As the style likes it is about a note a beat.
        busy.append(choices.settings.density[0] or 1.1)
    assert rich == sorted(rich)
    assert (rich[0], rich[-1]) == (-1, 1)
    assert busy == sorted(busy)


def test_phrasing_goes_from_even_to_expressive(
    sliders: SteeringSliders, choices: GenerationChoices
) -> None:
    sliders.refresh()
    assert sliders._phrasing_words.text() == "natural"
    words, depths = [], []
    for at in range(sliders.phrasing.maximum() + 1):
        sliders.phrasing.setValue(at)
        depths.append(choices.settings.phrasing)
        words.append(sliders._phrasing_words.text())
    assert depths == sorted(set(depths))
    assert (depths[0], depths[-1]) == (0, 1)
    assert words[0] == "even"
    assert "even" not in words[1:]
    assert words[-1] == "expressive"
    assert list(dict.fromkeys(words)) == ["even", "gentle", "natural", "expressive"]


def test_one_voice_is_told_apart_and_shown(
    sliders: SteeringSliders, voices: VoiceSteering, choices: GenerationChoices
) -> None:
    choose(voices.voice, 3)
    choose(voices.density, 2)
    choose(voices.rhythm, 1)
    assert choices.settings.density == (None, None, 0.5)
    assert choices.settings.rhythm == (0, 0, -1)
    assert sliders._density_words.text() == "different"
    choose(voices.voice, 0)
    assert voices.density.currentIndex() == -1
    choose(voices.density, 5)
    assert choices.settings.density == (2, 2, 2)
    assert sliders._density_words.text() == "2 a beat"


def test_a_range_lies_within_the_instruments(
    voices: VoiceSteering, choices: GenerationChoices
) -> None:
    choices.set_programs((40, 40, 41, 42))
    assert not voices.lowest.isEnabled()
    assert "one voice" in voices.lowest.toolTip()
    choose(voices.voice, 3)
    least, most = playable_range(42)
    assert voices.lowest.isEnabled()
    assert voices.lowest.itemData(1) == least
    assert voices.highest.itemData(voices.highest.count() - 1) == most
    choose(voices.lowest, voices.lowest.findText("E2"))
    assert choices.settings.ranges == (None, None, (40, most))
    choose(voices.highest, voices.highest.findText("D4"))
    assert choices.settings.ranges == (None, None, (40, 62))
    assert voices.highest.itemData(1) == 40, "not below the lowest"
    choose(voices.lowest, 0)
    assert choices.settings.ranges == (None, None, (least, 62))
    choose(voices.highest, 0)
    choose(voices.lowest, 0)
    assert voices.highest.currentText() == "any"


def test_what_a_model_does_not_heed_cannot_be_changed(
    sliders: SteeringSliders, voices: VoiceSteering, choices: GenerationChoices
) -> None:

    sliders.harmony.setValue(0)
    choices.set_models([replace(FAKE_MODEL, supports=("temperature",))], "fake")
    assert not sliders.harmony.isEnabled()
    assert not sliders.density.isEnabled()
    assert sliders.creativity.isEnabled()
    assert "refining model" in sliders.harmony.toolTip()
    assert not voices.density.isEnabled()
    assert not voices.rhythm.isEnabled()
    assert choices.settings.richness == 0
    assert choices.chosen.richness == -1


def test_the_rhythm_of_a_voice_and_much_of_a_take_reach_the_model(
    studio: Studio, qtbot: QtBot
) -> None:
    panel = studio.window.generate_panel
    control = panel.control
    assert not control.voices.keep.isEnabled(), "there is no voice yet"
    studio.window.commands.generate.trigger()
    qtbot.waitUntil(lambda: not panel.busy)
    tenor = studio.services.document.composition.tracks[2].notes
    choose(control.voices.voice, 2)
    assert control.voices.keep.isEnabled()
    control.voices.keep.click()
    control.likeness.setValue(60)
    panel.roll_seed()
    studio.window.commands.generate.trigger()
    qtbot.waitUntil(lambda: not panel.busy)
    take = studio.services.document.take
    assert take is not None
    settings = take.recipe.settings
    assert settings.kept_rhythm == (None, rhythm_of(tenor), None)
    assert settings.likeness == 0.6
    assert take.recipe.given is not None
    assert "60%" in studio.window.message_bar.text
