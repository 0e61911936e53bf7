"""The part of the Generate panel that unfolds: what is locked, and the further settings."""

from collections.abc import Callable, Collection
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from composer_app.generation.generator import (
    MAX_ITERATIONS,
    MAX_PERCENT_ADDED,
    MAX_UPBEAT,
    MIN_ITERATIONS,
)
from composer_app.generation.hearing.feel import Feel
from composer_app.generation.repeating import Repeats
from composer_app.music.composition import VOICE_NAMES
from composer_app.studio.generate.choices import GenerationChoices
from composer_app.studio.generate.voice_steering import VoiceSteering, words_box
from composer_app.studio.widgets.commands.actions import Actions
from composer_app.studio.widgets.icons import icon
from composer_app.studio.widgets.number_field import NumberField
from composer_app.studio.widgets.single_press import SinglePress
from composer_app.studio.widgets.theme import COLORS, set_role

# What a setting says that the chosen model cannot take notice of.
WITHOUT_EFFECT: Final = "This model takes no notice of it: choose a refining model to use it"
_BOX_WIDTH: Final = 92
# Of a box with words in it, which takes an arrow as well.
_WORDS_WIDTH: Final = 112
# None is for Composer to hear.
_FEELS: Final = (("by ear", None), ("straight", Feel.STRAIGHT), ("swing", Feel.SWING))
# In chords a bar.
_CHORD_RATES: Final = (
    ("usual", None),
    ("½ a bar", 0.5),
    ("1 a bar", 1.0),
    ("2 a bar", 2.0),
    ("3 a bar", 3.0),
    ("4 a bar", 4.0),
)
_SWING_MELODY: Final = (
    "Where the band swings, the eighths of a melody that was typed or drawn come late, too. What"
    " you recorded stays as you played it"
)
_REPEATS: Final = (("repeat", Repeats.REPEAT), ("vary", Repeats.VARY), ("ignore", Repeats.IGNORE))


class ControlSection(QWidget):
    """A heading that unfolds, and beneath it the further settings."""

    unfolded = Signal(bool)

    def __init__(
        self, actions: Actions, choices: GenerationChoices, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._choices = choices
        self.toggle = self._make_toggle()
        self._inside = QWidget(self)
        self._inside.hide()
        # By the name of the setting: its label, its box and what the box's tooltip usually says.
        self._boxes: dict[str, tuple[QLabel, NumberField | QComboBox, str]] = {}
        self.locks = tuple(_lock_button(name) for name in VOICE_NAMES[1:])
        self.iterations = _box(
            "The iterations", MIN_ITERATIONS - 1, MAX_ITERATIONS, special="usual"
        )
        self.max_added = _box(
            "What is added", -1, MAX_PERCENT_ADDED, suffix=" %", special="any", step=10
        )
        self.max_removed = _box("What is removed", 0, 100, suffix=" %", step=5)
        self.vary_melody = _box(
            "How much of the melody varies", 0, 100, suffix=" %", special="no", step=5
        )
        self.upbeat = _box("The upbeat", -1, MAX_UPBEAT, special="auto")
        self.likeness = _box(
            "How much of the take stays", 0, 100, suffix=" %", special="nothing", step=10
        )
        self.chord_rate = words_box(
            [words for words, _rate in _CHORD_RATES],
            "Chord changes",
            "How many chords a bar has: few are held, many change on every beat",
            _WORDS_WIDTH,
        )
        self.voices = VoiceSteering(choices)
        self.feel = _feel_box()
        self.repeats = _repeats_box()
        self.introduction = QCheckBox("&Begin before the melody")
        self.introduction.setToolTip(
            "Where the melody begins with a rest, the voices may have an introduction"
        )
        self.introduction.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.swing_melody = QCheckBox("Swing the melody along")
        self.swing_melody.setToolTip(_SWING_MELODY)
        self.swing_melody.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.improve = QPushButton("&Improve")
        SinglePress(self.improve)
        self.improve.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.improve.setToolTip(actions.improve.toolTip())
        self.improve.clicked.connect(actions.improve.trigger)
        self._action = actions.improve
        self._action.changed.connect(self._follow_action)
        self._follow_action()
        self._lay_out()
        self.refresh()
        for voice, lock in enumerate(self.locks, 1):
            lock.toggled.connect(partial(choices.lock, voice))
        # What is chosen goes by the value of its box.
        read: tuple[tuple[NumberField, str, Callable[[NumberField], Any]], ...] = (
            (self.iterations, "iterations", _chosen),
            (self.max_added, "max_added", _chosen),
            (self.max_removed, "max_removed", lambda box: box.number),
            (self.vary_melody, "vary_melody", lambda box: box.value() / 100),
            (self.upbeat, "upbeat", _chosen),
            (self.likeness, "likeness", lambda box: box.value() / 100),
        )
        for box, name, value in read:
            box.valueChanged.connect(partial(self._choose, box, name, value))
        self.feel.activated.connect(lambda row: choices.choose(feel=_FEELS[row][1]))
        self.chord_rate.activated.connect(
            lambda row: choices.choose(chord_rate=_CHORD_RATES[row][1])
        )
        self.repeats.activated.connect(lambda row: choices.choose(repeats=_REPEATS[row][1]))
        self.introduction.toggled.connect(lambda on: choices.choose(introduction=on))
        self.swing_melody.toggled.connect(lambda on: choices.choose(swing_melody=on))

    def refresh(self) -> None:
        """Show what is chosen, and what can be."""
        chosen, choices = self._choices.chosen, self._choices
        for box, value in (
            (self.iterations, chosen.iterations),
            (self.max_added, chosen.max_added),
            (self.max_removed, chosen.max_removed),
            (self.vary_melody, round(chosen.vary_melody * 100)),
            (self.upbeat, chosen.upbeat),
            (self.likeness, round(chosen.likeness * 100)),
        ):
            _show(box, value)
        self.feel.setCurrentIndex([feel for _words, feel in _FEELS].index(chosen.feel))
        rates = [rate for _words, rate in _CHORD_RATES]
        self.chord_rate.setCurrentIndex(rates.index(chosen.chord_rate))
        self.voices.refresh()
        self.repeats.setCurrentIndex([each for _words, each in _REPEATS].index(chosen.repeats))
        self.introduction.setChecked(chosen.introduction)
        self.swing_melody.setChecked(chosen.swing_melody)
        self.swing_melody.setVisible("swing_melody" in choices.supports)
        for voice, lock in enumerate(self.locks, 1):
            lock.setChecked(voice in choices.chosen_locks)
            lock.setEnabled(voice in choices.voices)
            name = choices.voice_names[voice]
            if lock.text() != name:
                _name_lock(lock, name)
        self._show_supported(choices.supports)

    def _choose(
        self, box: NumberField, name: str, value: Callable[[NumberField], Any], _shown: float
    ) -> None:
        self._choices.choose(**{name: value(box)})

    def _show_supported(self, supports: Collection[str]) -> None:
        """What the model takes no notice of cannot be changed, and says so."""
        for name, (label, box, tip) in self._boxes.items():
            for widget in (label, box):
                widget.setEnabled(name in supports)
            box.setToolTip(tip if name in supports else WITHOUT_EFFECT)
        self.improve.setToolTip(self._action.toolTip() if "improve" in supports else WITHOUT_EFFECT)

    def _follow_action(self) -> None:
        self.improve.setEnabled(self._action.isEnabled())

    def _unfold(self, open_: bool) -> None:
        self._inside.setVisible(open_)
        self.toggle.setIcon(icon("chevron-down" if open_ else "chevron-right", COLORS.muted))
        self.unfolded.emit(open_)

    def _make_toggle(self) -> QToolButton:
        button = QToolButton(self)
        button.setText("More control")
        button.setCheckable(True)
        button.setIcon(icon("chevron-right", COLORS.muted))
        button.setIconSize(QSize(16, 16))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolTip("What stays as it is, how carefully to work, and how much may change")
        set_role(button, "fold")
        button.toggled.connect(self._unfold)
        return button

    def _lay_out(self) -> None:
        rows = QGridLayout(self._inside)
        rows.setContentsMargins(0, 4, 0, 0)
        rows.setHorizontalSpacing(8)
        rows.setVerticalSpacing(8)
        rows.setColumnStretch(0, 1)
        locks = QHBoxLayout()
        locks.setSpacing(4)
        for lock in self.locks:
            locks.addWidget(lock)
        rows.addWidget(QLabel("Lock"), 0, 0, 1, 2)
        rows.addLayout(locks, 1, 0, 1, 2)
        rows.addWidget(self.voices, 2, 0, 1, 2)
        chords = QLabel("Chord chan&ges")
        chords.setBuddy(self.chord_rate)
        rows.addWidget(chords, 3, 0)
        rows.addWidget(self.chord_rate, 3, 1, Qt.AlignmentFlag.AlignRight)
        self._boxes["chord_rate"] = chords, self.chord_rate, self.chord_rate.toolTip()
        for row, (name, text, box, tip) in enumerate(
            (
                (
                    "likeness",
                    "Like thi&s take",
                    self.likeness,
                    "How much of the voices there are comes again: little for something different,"
                    " much for something like it. The seed decides what",
                ),
                (
                    "iterations",
                    "I&terations",
                    self.iterations,
                    "How often the network looks at the piece: more is more careful and slower",
                ),
                (
                    "max_added",
                    "&Add at most",
                    self.max_added,
                    "How many notes may be added, in percent of those of the voices that are"
                    " improved, else of the melody's",
                ),
                (
                    "max_removed",
                    "&Remove at most",
                    self.max_removed,
                    "What Improve may take away, in percent of the voices' notes",
                ),
                (
                    "vary_melody",
                    "Vary mel&ody",
                    self.vary_melody,
                    "How much of the melody the model may change",
                ),
                (
                    "",
                    "&Upbeat",
                    self.upbeat,
                    "Sixteenths before the first downbeat; auto is what the piece says,"
                    " else what Composer hears",
                ),
            ),
            4,
        ):
            label = QLabel(text)
            label.setBuddy(box)
            box.setToolTip(tip)
            box.setAccessibleName(text.replace("&", ""))
            rows.addWidget(label, row, 0)
            rows.addWidget(box, row, 1)
            if name:
                self._boxes[name] = label, box, tip
        feel = QLabel("Fee&l")
        feel.setBuddy(self.feel)
        rows.addWidget(feel, 10, 0)
        rows.addWidget(self.feel, 10, 1, Qt.AlignmentFlag.AlignRight)
        repeats = QLabel("Repeats")
        repeats.setBuddy(self.repeats)
        rows.addWidget(repeats, 11, 0)
        rows.addWidget(self.repeats, 11, 1, Qt.AlignmentFlag.AlignRight)
        self._boxes["repeats"] = repeats, self.repeats, self.repeats.toolTip()
        rows.addWidget(self.introduction, 12, 0, 1, 2)
        rows.addWidget(self.swing_melody, 13, 0, 1, 2)
        rows.addWidget(self.improve, 14, 0, 1, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.toggle)
        layout.addWidget(self._inside)


def _chosen(box: NumberField) -> int | None:
    """What ``box`` says; None while it shows its special text."""
    return None if box.value() == box.minimum() else box.number


def _show(box: NumberField, value: int | None) -> None:
    """Let ``box`` say ``value``, which is its special text for None; what is typed stays."""
    shown = box.minimum() if value is None else value
    if box.value() != shown:
        box.setValue(shown)


def _box(
    title: str, least: int, most: int, *, suffix: str = "", special: str = "", step: int = 1
) -> NumberField:
    box = NumberField(title, least, most, suffix=suffix, special=special)
    box.setSingleStep(step)
    box.setFixedWidth(_BOX_WIDTH)
    box.lineEdit().setTextMargins(4, 0, 0, 0)
    return box


def _feel_box() -> QComboBox:
    box = QComboBox()
    box.addItems([words for words, _feel in _FEELS])
    box.setFixedWidth(_WORDS_WIDTH)
    box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    box.setAccessibleName("Feel")
    box.setToolTip(
        "How the voices divide a beat: straight, or in three, as swing and triplets do;"
        " by ear, as the melody does"
    )
    return box


def _repeats_box() -> QComboBox:
    box = QComboBox()
    box.addItems([words for words, _repeats in _REPEATS])
    box.setFixedWidth(_WORDS_WIDTH)
    box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    box.setAccessibleName("Repeats")
    box.setToolTip(
        "What comes again where the melody repeats something: chords and voices, chords alone,"
        " or nothing"
    )
    return box


def _lock_button(name: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon("lock", COLORS.muted, COLORS.accent))
    # Three of them stand beside each other in a narrow panel.
    button.setIconSize(QSize(14, 14))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setCheckable(True)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    _name_lock(button, name)
    set_role(button, "framed")
    return button


def _name_lock(button: QToolButton, name: str) -> None:
    button.setText(name)
    button.setToolTip(f"Lock the {name.lower()}, and compose the others around it")
    button.setAccessibleName(f"Lock the {name.lower()}")
