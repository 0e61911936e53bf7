"""More control in the studio: what is locked, improved and shaded."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, Qt
from pytestqt.qtbot import QtBot

from composer_app.generation.generator import GenerationSettings
from composer_app.generation.hearing.feel import Feel
from composer_app.generation.repeating import Repeats
from composer_app.generation.steering import USUAL_PHRASING
from composer_app.studio.generate.choices import GenerationChoices
from composer_app.studio.generate.control_section import ControlSection
from composer_app.studio.generate.generate_panel import GeneratePanel
from composer_app.studio.roll.notes import tracks_of
from composer_app.studio.widgets.commands.actions import Actions
from tests.studio.support import FAKE_MODEL, Studio


@pytest.fixture
def actions() -> Iterator[Actions]:
    owner = QObject()
    yield Actions(owner)
    owner.deleteLater()


@pytest.fixture
def section(actions: Actions, choices: GenerationChoices, qtbot: QtBot) -> ControlSection:
    section = ControlSection(actions, choices)
    qtbot.addWidget(section)
    return section


def generated(studio: Studio, qtbot: QtBot) -> Studio:
    studio.window.commands.generate.trigger()
    qtbot.waitUntil(lambda: not studio.window.generate_panel.busy)
    return studio


def test_untouched_it_changes_nothing(section: ControlSection, choices: GenerationChoices) -> None:
    section.refresh()
    assert choices.settings == GenerationSettings(phrasing=USUAL_PHRASING, swing_melody=True)
    assert choices.locked_voices == ()


def test_what_is_chosen_is_asked_for(section: ControlSection, choices: GenerationChoices) -> None:
    section.iterations.setValue(60)
    section.max_added.setValue(40)
    section.max_removed.setValue(10)
    section.vary_melody.setValue(20)
    section.upbeat.setValue(4)
    section.feel.activated.emit(2)
    section.repeats.activated.emit(1)
    assert choices.settings == GenerationSettings(
        iterations=60,
        max_added=40,
        max_removed=10,
        vary_melody=0.2,
        upbeat=4,
        feel=Feel.SWING,
        repeats=Repeats.VARY,
        phrasing=USUAL_PHRASING,
        swing_melody=True,
    )
    section.refresh()
    assert section.feel.currentText() == "swing"
    assert section.repeats.currentText() == "vary"
    section.introduction.click()
    assert choices.settings.introduction
    section.introduction.click()
    assert not choices.settings.introduction


def test_only_voices_that_are_there_can_be_locked(
    section: ControlSection, choices: GenerationChoices
) -> None:
    assert not any(lock.isEnabled() for lock in section.locks)
    choices.set_voices((1, 3))
    section.refresh()
    for lock in section.locks:
        lock.setChecked(True)
    assert choices.locked_voices == (1, 3)


def test_it_unfolds(section: ControlSection, qtbot: QtBot) -> None:
    section.show()
    assert not section.iterations.isVisible()
    with qtbot.waitSignal(section.unfolded):
        qtbot.mouseClick(section.toggle, Qt.MouseButton.LeftButton)
    assert section.iterations.isVisible()


def test_the_panel_scrolls_to_what_was_unfolded(
    actions: Actions, choices: GenerationChoices, qtbot: QtBot
) -> None:
    panel = GeneratePanel(actions, choices)
    qtbot.addWidget(panel)
    choices.set_models([FAKE_MODEL], "fake")
    panel.resize(264, 470)
    panel.show()
    bar = panel._options.verticalScrollBar()
    assert bar.maximum() == 0
    panel.control.toggle.setChecked(True)
    qtbot.waitUntil(lambda: bar.value() > 0)
    assert panel.button.isVisible()
    panel.resize(264, 1200)
    qtbot.waitUntil(lambda: bar.maximum() == 0)


def test_a_locked_voice_stays(studio: Studio, qtbot: QtBot) -> None:
    before = generated(studio, qtbot).composition
    panel = studio.window.generate_panel
    panel.control.locks[2].setChecked(True)
    panel.seed.setValue(panel.seed.value() + 1)
    after = generated(studio, qtbot).composition
    assert after.tracks[3].notes == before.tracks[3].notes
    assert after.tracks[1].notes != before.tracks[1].notes


def test_improving_is_one_undoable_step(studio: Studio, qtbot: QtBot) -> None:
    improve = studio.window.commands.improve
    assert not improve.isEnabled(), "there is nothing to improve yet"
    before = generated(studio, qtbot).composition
    assert improve.isEnabled()
    studio.window.generate_panel.seed.setValue(9)
    improve.trigger()
    # Pressed twice, it is asked for once.
    improve.trigger()
    qtbot.waitUntil(lambda: not studio.window.generate_panel.busy)
    assert studio.composition != before
    assert studio.services.document.undo_stack.undoText() == "Improve"
    assert "taken away" in studio.message
    studio.services.document.undo_stack.undo()
    assert studio.composition == before


def test_what_is_improved_must_not_have_changed(studio: Studio, qtbot: QtBot) -> None:
    take = generated(studio, qtbot).composition
    studio.window.commands.improve.trigger()
    fewer = type(take)((*take.tracks[:3], type(take.tracks[3])("Bass", 0, ())))
    studio.services.document.replace(fewer, "Edit")
    qtbot.waitUntil(lambda: not studio.window.generate_panel.busy)
    assert studio.composition == fewer
    assert "changed meanwhile" in studio.message


def test_notes_are_shaded_by_confidence(studio: Studio, qtbot: QtBot) -> None:
    take = generated(studio, qtbot).composition
    assert studio.services.document.take is not None
    confidence = studio.services.document.take.confidence
    plain = [track.array[:, 3].max() for track in tracks_of(take)]
    shaded = [track.array[:, 3].tolist() for track in tracks_of(take, confidence)]
    # The stand-in is always half sure of what it writes.
    assert set(shaded[0]) == {127}
    assert set(shaded[1]) == {64}
    studio.window.commands.confidence.setChecked(True)
    assert [track.array[:, 3].max() for track in studio.window.roll._tracks] == [127, 64, 64, 64]
    studio.services.document.undo_stack.undo()
    assert "how sure" in studio.message
    studio.services.document.undo_stack.redo()
    studio.window.commands.confidence.setChecked(False)
    assert [track.array[:, 3].max() for track in studio.window.roll._tracks] == plain
