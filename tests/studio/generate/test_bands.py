"""A band in the window: its tracks, levels and names, and what may stay around it."""

from pytestqt.qtbot import QtBot

from composer_app.generation.models.catalog import everything_to_choose_from
from composer_app.music.composition import BAND_NAMES, VOICE_NAMES
from composer_app.studio.generate.choices import GenerationChoices
from composer_app.studio.generate.steering_sliders import SteeringSliders
from tests.generation.bands.playing import BANDS


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
