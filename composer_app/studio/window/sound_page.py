"""The settings' page on sound: what plays, with which instruments, how quickly."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from composer_app.live.synth.audio_drivers import DEFAULT_PERIOD, PERIOD_SIZES, audio_drivers
from composer_app.live.synth.soundfonts import find_soundfonts
from composer_app.plain_text import one_line
from composer_app.studio.midi.midi_menu import MidiChoices, output_text, with_chosen
from composer_app.studio.runtime.settings import Settings
from composer_app.studio.sound.sound_controller import SoundController
from composer_app.studio.widgets.icons import pixmap
from composer_app.studio.widgets.number_field import NumberField
from composer_app.studio.widgets.theme import COLORS, set_role
from composer_app.studio.window.setting_rows import ChoiceBox, Rows, note_label

_ICON: Final = 20
_LATEST_MS: Final = 500
_QUICK: Final = 0.012
_LIVELY: Final = 0.03
_INSTRUMENTS_NOTE: Final = "A SoundFont is a file of recorded instruments (.sf2 or .sf3)."
_CORRECTION_NOTE: Final = (
    "Composer knows the buffer. Add what it cannot know, such as wireless headphones, if your"
    " recordings come out late."
)


class SoundPage(Rows):
    """Shows and changes how Composer sounds; what is chosen is heard at once."""

    outputChosen = Signal(str)

    def __init__(
        self,
        own: SoundController,
        settings: Settings,
        ask_soundfont: Callable[[Path], Path | None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._own = own
        self._settings = settings
        self._ask_soundfont = ask_soundfont
        self._found: list[Path] = []
        self._through_midi = False
        self.output = ChoiceBox("What plays", self.outputChosen.emit)
        self.soundfont = ChoiceBox("Instruments", self._choose_soundfont)
        self.browse = QPushButton("Choose…")
        self.browse.setToolTip("Take another SoundFont file")
        self.browse.clicked.connect(self._browse)
        self.driver = ChoiceBox("Sound device", self._choose_driver)
        self.period = ChoiceBox("Buffer", self._choose_period)
        self._latency = note_label()
        self.correction = self._make_correction()
        self.audition = QCheckBox("&Sound notes that are selected and moved")
        self.audition.setChecked(settings.audition)
        self.audition.toggled.connect(self._choose_audition)
        self.test = QPushButton("Play Test Notes")
        self.test.clicked.connect(own.play_test)
        self.again = QPushButton("Try Again")
        self.again.clicked.connect(own.try_again)
        self._icon = QLabel()
        self._icon.setFixedSize(_ICON, _ICON)
        self._status = QLabel()
        self._status.setTextFormat(Qt.TextFormat.PlainText)
        self._status.setWordWrap(True)
        self._lay_out()
        own.changed.connect(self.refresh)

    @property
    def status(self) -> str:
        """What plays, or why nothing does, as shown."""
        return self._status.text()

    @property
    def latency_text(self) -> str:
        """What the buffer costs, as shown."""
        return self._latency.text()

    def look_for_soundfonts(self) -> None:
        """Look what there is on this machine."""
        seen: dict[Path, Path] = {}
        for path in find_soundfonts():
            seen.setdefault(path.resolve(), path)
        self._found = list(seen)

    def show_choices(self, choices: MidiChoices) -> None:
        """Offer the MIDI outputs there are."""
        names = with_chosen(choices.outputs, choices.output)
        entries = [("", "Composer's own sound"), *((name, output_text(name)) for name in names)]
        self.output.show_choices(entries, choices.output)
        self._through_midi = bool(choices.output)
        self.refresh()

    def refresh(self) -> None:
        """Show how things stand."""
        wanted, own = self._own.wanted, self._own
        self.soundfont.show_choices(self._soundfonts(wanted.soundfont), wanted.soundfont)
        drivers = [(driver.name, driver.title) for driver in audio_drivers()]
        self.driver.show_choices([(None, "The first that works"), *drivers], wanted.driver)
        driver = own.driver
        self.period.show_choices(
            [(size, _period_text(size, driver.latency(size))) for size in PERIOD_SIZES],
            wanted.period,
        )
        self._latency.setText(_latency_text(driver.latency(wanted.period)))
        for widget in (self.soundfont, self.browse, self.driver, self.period):
            widget.setEnabled(not self._through_midi)
        self._show_status()

    def _show_status(self) -> None:
        own = self._own
        audible, problem = own.audible, own.problem
        if problem:
            text = problem
        elif audible:
            text = f"{own.description[0].upper()}{own.description[1:]}"
        else:
            text = "The sound is being opened…"
        self._status.setText(one_line(text))
        color = COLORS.warning if problem else COLORS.success if audible else COLORS.muted
        name = "warning" if problem else "success" if audible else "info"
        self._icon.setPixmap(pixmap(name, _ICON, color, self.devicePixelRatioF()))
        self.test.setEnabled(audible)
        self.again.setVisible(bool(problem) and not audible and not self._through_midi)

    def _soundfonts(self, chosen: Path | None) -> list[tuple[Path | None, str]]:
        paths = [*self._found]
        if chosen is not None and chosen not in paths:
            paths.append(chosen)
        stems = [path.stem for path in paths]
        first = f"The best one found ({stems[0]})" if self._found else "The best one found"
        named = [
            (path, path.stem if stems.count(path.stem) == 1 else f"{path.stem} in {path.parent}")
            for path in paths
        ]
        return [(None, first), *named]

    def _choose_soundfont(self, path: Path | None) -> None:
        self._own.want(replace(self._own.wanted, soundfont=path))

    def _browse(self) -> None:
        chosen = self._own.wanted.soundfont
        folder = chosen or (self._found[0] if self._found else None)
        path = self._ask_soundfont(folder.parent if folder else Path.home())
        if path is not None:
            self._choose_soundfont(path)

    def _choose_driver(self, name: str | None) -> None:
        self._own.want(replace(self._own.wanted, driver=name))

    def _choose_period(self, size: int) -> None:
        self._own.want(replace(self._own.wanted, period=size))

    def _choose_correction(self, milliseconds: float) -> None:
        self._settings.recording_correction = milliseconds / 1000

    def _choose_audition(self, on: bool) -> None:
        self._settings.audition = on

    def _make_correction(self) -> NumberField:
        spin = NumberField("The correction", -_LATEST_MS, _LATEST_MS, suffix=" ms")
        spin.setSingleStep(5)
        spin.setValue(round(1000 * self._settings.recording_correction))
        spin.setAccessibleName("Milliseconds by which recorded notes are moved earlier")
        spin.setFixedWidth(112)
        spin.valueChanged.connect(self._choose_correction)
        return spin

    def _lay_out(self) -> None:
        self.add_row("&What plays", self.output)
        self.add_row(
            "&Instruments", self.soundfont, self.browse, note=note_label(_INSTRUMENTS_NOTE)
        )
        self.add_row("Sound &device", self.driver)
        self.add_row("&Buffer", self.period, note=self._latency)
        early = QLabel("earlier than they arrive")
        set_role(early, "muted")
        self.add_row("Recorded &notes", self.correction, early, note=note_label(_CORRECTION_NOTE))
        self.add_row("Editing", self.audition)
        card = QFrame()
        set_role(card, "card")
        row = QHBoxLayout(card)
        row.setContentsMargins(16, 12, 12, 12)
        row.setSpacing(12)
        row.addWidget(self._icon)
        row.addWidget(self._status, 1)
        row.addWidget(self.again)
        row.addWidget(self.test)
        self.add_below(card)


def _period_text(size: int, latency: float) -> str:
    usual = ", the usual" if size == DEFAULT_PERIOD else ""
    return f"{size} frames – {1000 * latency:.0f} ms{usual}"


def _latency_text(latency: float) -> str:
    if latency < _QUICK:
        advice = "Quick as an instrument, where the computer is not busy with other things."
    elif latency < _LIVELY:
        advice = "Good for playing live. If the sound crackles, take the next larger one."
    else:
        advice = "Never crackles. If your keys answer late, take a smaller one."
    return f"{1000 * latency:.0f} ms from key to sound. {advice}"
