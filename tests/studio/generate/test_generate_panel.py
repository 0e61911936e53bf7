"""The Generate panel."""

from dataclasses import replace

import pytest
import shiboken6
from PySide6.QtCore import QObject, QRect, Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from composer_app.generation.generator import GenerationSettings
from composer_app.generation.noise import MAX_SEED
from composer_app.generation.steering import USUAL_PHRASING
from composer_app.studio.generate.choices import GenerationChoices
from composer_app.studio.generate.generate_panel import GeneratePanel
from composer_app.studio.widgets.commands.actions import Actions
from tests.studio.support import BROKEN_MODEL, FAKE_MODEL


class Rig:
    """The panel and its actions, ready to generate."""

    def __init__(self, qtbot: QtBot) -> None:
        self.owner = QObject()
        self.actions = Actions(self.owner)
        self.choices = GenerationChoices(self.owner)
        self.panel = GeneratePanel(self.actions, self.choices)
        qtbot.addWidget(self.panel)
        self.choices.set_models([FAKE_MODEL, BROKEN_MODEL], "")


@pytest.fixture
def rig(qtbot: QtBot) -> Rig:
    return Rig(qtbot)


def test_until_models_are_known_it_looks_for_them(qtbot: QtBot) -> None:
    owner = QObject()
    panel = GeneratePanel(Actions(owner), GenerationChoices(owner))
    qtbot.addWidget(panel)
    assert not panel.button.isEnabled()
    assert panel.reason == "Looking for models…"


def test_a_broken_model_is_shown_but_cannot_be_chosen(rig: Rig) -> None:
    model = rig.panel.model.model()
    assert isinstance(model, QStandardItemModel)
    assert [model.item(row).isEnabled() for row in range(2)] == [True, False]
    assert rig.panel.model.itemData(1, Qt.ItemDataRole.ToolTipRole) == "It is not ONNX."
    assert rig.panel.model_name == "fake"


@pytest.mark.parametrize(
    ("models", "chosen", "expected"),
    [
        ([FAKE_MODEL, BROKEN_MODEL], "broken", "fake"),
        ([BROKEN_MODEL, FAKE_MODEL], "", "fake"),
        ([BROKEN_MODEL], "", ""),
        ([], "fake", ""),
    ],
)
def test_the_first_usable_model_stands_in(
    rig: Rig, models: list[object], chosen: str, expected: str
) -> None:
    rig.choices.set_models(models, chosen)  # type: ignore[arg-type]
    assert rig.panel.model_name == expected
    assert rig.panel.button.isEnabled() == bool(expected)


def test_what_a_model_takes_no_notice_of_cannot_be_changed_and_says_so(rig: Rig) -> None:
    quick = replace(FAKE_MODEL, name="quick", supports=("temperature",))
    deaf = replace(FAKE_MODEL, name="deaf", supports=())
    panel, control = rig.panel, rig.panel.control
    rig.choices.set_models([FAKE_MODEL, quick, deaf], "")
    rig.choices.set_voices([1, 2])
    panel.creativity.setValue(50)
    control.upbeat.setValue(4)
    boxes = (control.iterations, control.max_added, control.max_removed, control.vary_melody)
    for box in boxes:
        box.setValue(20)
    for row, (daring, rest) in enumerate([(True, True), (True, False), (False, False)]):
        panel.model.setCurrentIndex(row)
        assert panel.creativity.isEnabled() == daring
        assert [box.isEnabled() for box in boxes] == [rest] * 4
        assert rig.actions.improve.isEnabled() == control.improve.isEnabled() == rest
        for widget in (*boxes, control.improve):
            assert ("no notice" in widget.toolTip()) != rest
        assert ("no notice" in panel.creativity.toolTip()) != daring
        assert panel.settings.temperature == (0.5 if daring else 1.0)
        assert panel.settings.upbeat == 4, "every model is told"
        usual = GenerationSettings(
            temperature=panel.settings.temperature, upbeat=4, phrasing=USUAL_PHRASING
        )
        assert (panel.settings == usual) != rest
    # What was chosen is still there for a model that takes notice.
    panel.model.setCurrentIndex(0)
    assert panel.settings.vary_melody == 0.2


def test_the_button_says_why_it_cannot_be_pressed(rig: Rig) -> None:
    rig.choices.set_obstacle("The melody has no notes.")
    assert not rig.panel.button.isEnabled()
    assert not rig.actions.generate.isEnabled()
    assert rig.panel._reason.text() == "The melody has no notes."
    rig.choices.set_obstacle(None)
    assert rig.panel.button.isEnabled()
    assert rig.panel._reason.text() == ""


def test_generate_stays_generate_and_cancel_is_a_control_of_its_own(rig: Rig, qtbot: QtBot) -> None:
    panel, cancelled = rig.panel, list[None]()
    panel.cancelRequested.connect(lambda: cancelled.append(None))
    panel.show()
    with qtbot.waitSignal(panel.generateRequested):
        qtbot.mouseClick(panel.button, Qt.MouseButton.LeftButton)
    assert not rig.actions.cancel.isEnabled()
    rig.choices.set_busy(True)
    panel.button.setFocus()
    assert panel.button.text() == "Generate"
    assert rig.actions.generate.text() == "&Generate"
    # A button that could not be pressed any more would hand the focus on to its neighbour.
    assert panel.button.isEnabled()
    rig.actions.generate.trigger()
    qtbot.mouseClick(panel.button, Qt.MouseButton.LeftButton)
    assert cancelled == []
    panel.progress.show()
    qtbot.mouseClick(panel.progress.cancel, Qt.MouseButton.LeftButton)
    assert cancelled == [None]
    rig.choices.set_busy(False)
    assert not rig.actions.cancel.isEnabled()


def test_a_double_click_is_one_wish(rig: Rig, qtbot: QtBot) -> None:
    wishes = list[str]()
    rig.panel.generateRequested.connect(lambda: wishes.append("generate"))
    rig.panel.improveRequested.connect(lambda: wishes.append("improve"))
    rig.choices.set_voices([1])
    rig.panel.show()
    rig.panel.control.toggle.setChecked(True)
    for button in (rig.panel.button, rig.panel.control.improve):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        QTest.mouseDClick(button, Qt.MouseButton.LeftButton)
        QTest.mouseRelease(button, Qt.MouseButton.LeftButton)
    assert wishes == ["generate", "improve"]


def test_progress_appears_only_if_it_takes_a_while(rig: Rig, qtbot: QtBot) -> None:
    rig.panel.show()
    rig.panel.activateWindow()
    rig.choices.set_busy(True)
    line = rig.panel.progress
    assert not line.isVisible()
    rig.choices.show_busy()
    assert line.isVisible()
    line.set_share(0.5)
    assert line.bar.value() == 500
    line.cancel.setFocus()
    qtbot.waitUntil(line.cancel.hasFocus)
    rig.choices.set_busy(False)
    assert not line.isVisible()
    assert QApplication.focusWidget() is None


def test_nothing_moves_when_the_progress_appears(rig: Rig) -> None:
    panel = rig.panel
    rig.choices.set_obstacle(None)
    panel.show()

    def places() -> list[QRect]:
        labels = panel.findChildren(QLabel)
        return [widget.geometry() for widget in (panel.button, *labels) if widget.isVisible()]

    for height in range(400, 720, 10):
        panel.resize(264, height)
        # A scroll bar that comes or goes moves its neighbours with the next event.
        for _ in range(3):
            QApplication.processEvents()
        before = places()
        rig.choices.set_busy(True)
        panel.progress.show()
        QApplication.processEvents()
        assert places() == before, height
        rig.choices.set_busy(False)
        QApplication.processEvents()
        assert places() == before, height


def test_creativity_and_seed_are_the_settings(rig: Rig) -> None:
    rig.panel.creativity.setValue(135)
    rig.panel.seed.setValue(4711)
    settings = rig.panel.settings
    assert (settings.temperature, settings.seed) == (1.35, 4711)
    assert rig.panel.steering._creativity_value.text() == "1.35"


def test_the_largest_seed_can_be_typed(rig: Rig) -> None:
    rig.panel.seed.lineEdit().setText(str(MAX_SEED))
    assert rig.panel.settings.seed == MAX_SEED


def test_the_dice_always_rolls_another_seed(rig: Rig) -> None:
    for _ in range(20):
        before = rig.panel.settings.seed
        rig.panel.roll_button.click()
        assert rig.panel.settings.seed != before


def test_explanations_give_way_rather_than_be_cut_off(rig: Rig) -> None:
    panel, words = rig.panel, "Writes three voices to any melody, in the manner of an old master."
    rig.choices.set_models([replace(FAKE_MODEL, description=words)], "fake")
    rig.choices.set_obstacle(None)
    panel.show()
    labels = {label.text(): label for label in panel.findChildren(QLabel)}
    hint = next(label for text, label in labels.items() if text.startswith("The melody stays"))
    panel.resize(264, 700)
    assert labels[words].isVisible()
    assert hint.isVisible()
    # Why nothing can be generated is more important than what would come of it.
    rig.choices.set_obstacle("The melody has no notes: play something or open a MIDI file first.")
    assert not hint.isVisible()
    for height in range(700, 410, -10):
        panel.resize(264, height)
        QApplication.processEvents()
        for label in labels.values():
            if label.isVisible():
                assert label.height() >= label.heightForWidth(label.width()), (height, label.text())
    assert not labels[words].isVisible()


def test_a_panel_that_is_made_anew_shows_what_was_chosen(rig: Rig, qtbot: QtBot) -> None:
    quick = replace(FAKE_MODEL, name="quick", title="Quick")
    choices = rig.choices
    before = GeneratePanel(rig.actions, choices)
    choices.set_models([FAKE_MODEL, quick], "")
    choices.set_voices([1, 3])
    before.model.setCurrentIndex(1)
    before.seed.setValue(77)
    before.creativity.setValue(60)
    for box in (before.control.iterations, before.control.max_added, before.control.max_removed):
        box.setValue(40)
    before.control.vary_melody.setValue(20)
    before.control.upbeat.setValue(3)
    before.control.locks[2].click()
    choices.set_locked_notes(2, True)
    choices.set_busy(True)
    choices.show_busy()
    choices.set_share(0.25)
    shiboken6.delete(before)
    panel = GeneratePanel(rig.actions, choices)
    qtbot.addWidget(panel)
    panel.show()
    assert choices.settings == GenerationSettings(
        77,
        0.6,
        upbeat=3,
        iterations=40,
        max_added=40,
        max_removed=40,
        vary_melody=0.2,
        phrasing=USUAL_PHRASING,
    )
    assert panel.model.currentText() == "Quick"
    assert (panel.seed.number, panel.creativity.value()) == (77, 60)
    control = panel.control
    boxes = (control.iterations, control.max_added, control.max_removed, control.vary_melody)
    assert [box.number for box in (*boxes, control.upbeat)] == [40, 40, 40, 20, 3]
    assert [lock.isChecked() for lock in control.locks] == [False, False, True]
    assert [lock.isEnabled() for lock in control.locks] == [True, False, True]
    assert panel.locked_row.text == "2 notes locked"
    assert panel.progress.isVisible()
    assert panel.progress.bar.value() == 250
    assert choices.locked_voices == (3,)


def test_what_is_chosen_elsewhere_is_shown_and_stays_as_it_is(rig: Rig) -> None:
    rig.choices.choose(seed=12, temperature=1.234, iterations=100, upbeat=None)
    rig.choices.choose_model("fake")
    assert rig.panel.seed.number == 12
    assert rig.panel.steering._creativity_value.text() == "1.23"
    assert rig.panel.control.iterations.number == 100
    assert rig.choices.settings.temperature == 1.234
