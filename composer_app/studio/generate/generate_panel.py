"""The Generate panel: which model, how daring, which seed, and the one primary button."""

import random
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent, QStandardItemModel
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from composer_app.generation.generator import (
    GenerationSettings,
)
from composer_app.generation.models.model_info import ModelInfo
from composer_app.generation.noise import MAX_SEED
from composer_app.studio.generate.choices import GenerationChoices
from composer_app.studio.generate.control_section import ControlSection
from composer_app.studio.generate.fitting_scroll_area import (
    SCROLL_BAR,
    FittingScrollArea,
    height_for,
)
from composer_app.studio.generate.locked_row import LockedRow
from composer_app.studio.generate.progress_line import ProgressLine
from composer_app.studio.generate.steering_sliders import SteeringSliders
from composer_app.studio.widgets.commands.actions import Actions
from composer_app.studio.widgets.elided import ElidedBox
from composer_app.studio.widgets.number_field import NumberField
from composer_app.studio.widgets.shown_text import tip_text
from composer_app.studio.widgets.single_press import SinglePress
from composer_app.studio.widgets.theme import set_role

_WIDTH: Final = 264
_MARGIN: Final = 16
# Seeds that the dice rolls are short enough to be read out to somebody.
_DICE_SIDES: Final = 10_000
_HINT: Final = (
    "The melody stays as you played it. The model writes alto, tenor and bass"
    " beneath it. The same seed always gives the same piece."
)
_BAND_HINT: Final = (
    "The melody keeps its notes. A band plays chords, bass and drums"
    " to it. The same seed always gives the same piece."
)


class GeneratePanel(QFrame):
    """Shows :class:`GenerationChoices`, changes them, and asks for a generation.

    Nothing is lost with the panel: another one made of the same choices takes its place.
    """

    generateRequested = Signal()
    improveRequested = Signal()
    cancelRequested = Signal()
    modelChosen = Signal(str)

    def __init__(
        self, actions: Actions, choices: GenerationChoices, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self.setFixedWidth(_WIDTH)
        self._choices = choices
        self._shown_models: tuple[ModelInfo, ...] | None = None
        # What the explanations have to give way to.
        self._takes_room: object = None

        self.model = self._make_model_box()
        self._description = _note_label()
        self.seed = _seed_box()
        self.roll_button = self._make_roll_button(actions)
        self._action = actions.generate
        self._action.triggered.connect(self._press)
        self._improve = actions.improve
        self._improve.triggered.connect(self._press_improve)
        self.button = QPushButton("Generate")
        SinglePress(self.button)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(self._press)
        set_role(self.button, "primary")
        self._cancel = actions.cancel
        self._cancel.triggered.connect(self.cancelRequested)
        # There is no model at first: the panel is painted before any is looked for.
        for action in (actions.continue_piece, actions.fill_gap, actions.compose_piece):
            action.setEnabled(False)
        self.more_row = _row_of(actions.continue_piece, actions.compose_piece)
        self.progress = ProgressLine(actions.cancel)
        self.locked_row = LockedRow(actions.unlock_all)
        self._reason = _note_label()
        self._hint = _note_label()
        self._hint.setText(_HINT)

        self._options = self._make_options(actions)
        self._lay_out()
        self._refresh()
        self.progress.set_share(choices.share)
        self.seed.valueChanged.connect(lambda: choices.choose(seed=self.seed.number))
        self.model.currentIndexChanged.connect(self._choose_model)
        choices.changed.connect(self._refresh)
        choices.progressed.connect(self.progress.set_share)

    @property
    def model_name(self) -> str:
        """Name of the model that is shown as chosen; empty while there is none."""
        return self._choices.model_name

    @property
    def settings(self) -> GenerationSettings:
        """All that is shown as chosen."""
        return self._choices.settings

    @property
    def busy(self) -> bool:
        """Whether something is being generated; further wishes are not heard meanwhile."""
        return self._choices.busy

    @property
    def reason(self) -> str:
        """Why Generate cannot be pressed, as shown beneath it; empty when it can."""
        return self._choices.reason

    def roll_seed(self) -> None:
        """Choose another seed by chance."""
        before = seed = self._choices.chosen.seed
        while seed == before:
            seed = random.randrange(_DICE_SIDES)
        self._choices.choose(seed=seed)

    def _press(self) -> None:
        if not self._choices.reason:
            self.generateRequested.emit()

    def _show_control(self, unfolded: bool) -> None:
        self._make_room()
        if unfolded:
            self._options.bring_up(self.control)

    def _press_improve(self) -> None:
        if self._choices.can_improve:
            self.improveRequested.emit()

    def _show_models(self) -> None:
        """Fill the box; those with a problem are shown but cannot be chosen."""
        models = self._choices.models
        if models is self._shown_models:
            return
        self._shown_models = models
        with QSignalBlocker(self.model):
            self.model.clear()
            rows = self.model.model()
            for row, info in enumerate(models or ()):
                self.model.addItem(info.title, info.name)
                tip = tip_text(str(info.problem or _about(info)))
                self.model.setItemData(row, tip, Qt.ItemDataRole.ToolTipRole)
                if info.problem and isinstance(rows, QStandardItemModel):
                    rows.item(row).setEnabled(False)
            self.model.setCurrentIndex(-1)
        self.model.setEnabled(bool(models))

    def _show_chosen(self) -> None:
        choices = self._choices
        index = self.model.findData(choices.model_name) if choices.model_name else -1
        if index != self.model.currentIndex():
            self.model.setCurrentIndex(index)
        if choices.model is not None:
            self._description.setText(_about(choices.model))
            self._hint.setText(_BAND_HINT if choices.model.is_band else _HINT)
        else:
            models = choices.models or ()
            problems = (f"{info.title}: {info.problem}" for info in models if info.problem)
            self._description.setText(" ".join(problems))
        if self.seed.number != choices.chosen.seed:
            self.seed.setValue(choices.chosen.seed)
        self.steering.refresh()
        self.control.refresh()

    def _refresh(self) -> None:
        """Show the choices as they are."""
        choices = self._choices
        self._show_models()
        self._show_chosen()
        # Before its button is disabled, which would hand the focus on.
        self.progress.set_shown(choices.visibly_busy)
        # A wish that is under way stays, whatever becomes of the piece. What is pressed a second
        # time stays as it is, since a button that rests would hand the focus, and the next press,
        # on to its neighbour.
        enabled = choices.busy or not choices.reason
        self.button.setEnabled(enabled)
        self._action.setEnabled(enabled)
        self._improve.setEnabled(choices.can_improve)
        self._cancel.setEnabled(choices.busy)
        self.button.setToolTip(choices.reason or self._action.toolTip())
        self.button.setAccessibleDescription(choices.reason)
        self._reason.setText("" if choices.busy else choices.reason)
        self._reason.setVisible(bool(self._reason.text()))
        # Why nothing can be generated stands where the progress of it would.
        self.progress.keep_place(not self._reason.text())
        self.locked_row.set_locked_notes(*choices.locked_notes)
        takes_room = self._reason.text(), choices.locked_notes, self._description.text()
        if takes_room != self._takes_room:
            self._takes_room = takes_room
            self._make_room()

    def _choose_model(self) -> None:
        name = self.model.currentData()
        self._choices.choose_model(name if isinstance(name, str) else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Explanations give way when there is little room."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Show what explains, the model first, as far as it fits without being squeezed."""
        layout = self.layout()
        assert layout is not None
        self._hint.hide()
        self._description.hide()
        margins = layout.contentsMargins()
        width = self.width() - margins.left() - margins.right() - SCROLL_BAR
        self._options.updateGeometry()
        for row in layout.children():
            # A row does not hear of it when what is in it hides.
            if isinstance(row, QLayout):
                row.invalidate()
        needed = height_for(layout, self.width())
        for label, wanted in (
            (self._description, bool(self._description.text())),
            (self._hint, not self._reason.text()),
        ):
            needed += layout.spacing() + label.heightForWidth(width)
            label.setVisible(wanted and needed <= self.height())
        # A scroll area does not hear of it when what is in it grows.
        self._options.updateGeometry()

    def _make_model_box(self) -> QComboBox:
        box = ElidedBox("Style or model")
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.activated.connect(lambda: self.modelChosen.emit(self.model_name))
        return box

    def _make_roll_button(self, actions: Actions) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(actions.roll)
        button.setFixedSize(32, 28)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName("Roll another seed")
        set_role(button, "framed")
        actions.roll.triggered.connect(self.roll_seed)
        return button

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        # The options' scroll bar lies in the margin.
        layout.setContentsMargins(_MARGIN, _MARGIN, _MARGIN - SCROLL_BAR, _MARGIN)
        layout.setSpacing(8)
        layout.addWidget(_heading("GENERATE"))
        layout.addSpacing(8)
        layout.addWidget(self._options)
        layout.addSpacing(8)
        after = (self.more_row, self.progress, self._reason, self._hint)
        for widget in (self.locked_row, self.button, *after):
            row = QHBoxLayout()
            row.setContentsMargins(0, 0, SCROLL_BAR, 0)
            row.addWidget(widget)
            if widget is self._hint:
                layout.addStretch(1)
            layout.addLayout(row)

    def _make_options(self, actions: Actions) -> FittingScrollArea:
        """Everything that is chosen; it scrolls where there is little room."""
        area = FittingScrollArea(_WIDTH - 2 * _MARGIN, self)
        layout = area.rows
        layout.addWidget(_caption("Style or &model", self.model))
        layout.addWidget(self.model)
        layout.addWidget(self._description)
        layout.addSpacing(4)
        self.steering = SteeringSliders(self._choices)
        self.creativity = self.steering.creativity
        layout.addWidget(self.steering)
        layout.addSpacing(4)
        layout.addWidget(_caption("See&d", self.seed))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.seed, 1)
        row.addWidget(self.roll_button)
        layout.addLayout(row)
        self.control = ControlSection(actions, self._choices, area.widget())
        self.control.unfolded.connect(self._show_control)
        layout.addWidget(self.control)
        return area


def _about(model: ModelInfo) -> str:
    """What a person reads about ``model`` before choosing it."""
    facts = " · ".join(fact for fact in (model.manner.capitalize(), f"{model.tempo} BPM") if fact)
    return f"{model.description}\n{facts}" if model.manner else model.description


def _seed_box() -> NumberField:
    box = NumberField("The seed", 0, MAX_SEED)
    box.setAccessibleName("Seed")
    box.setToolTip("The same seed, melody and creativity give the same piece again")
    return box


def _row_of(*actions: QAction) -> QWidget:
    """Buttons side by side for what else can be written."""
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(8)
    for action in actions:
        button = QToolButton()
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.setFixedHeight(28)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_role(button, "framed")
        layout.addWidget(button, 1)
    return row


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    set_role(label, "heading")
    return label


def _caption(text: str, buddy: QWidget) -> QLabel:
    label = QLabel(text)
    label.setBuddy(buddy)
    return label


def _note_label() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    set_role(label, "muted")
    return label
