"""Choose Melody: which track is it, and which of its parts, each to be seen and heard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from composer_app.music.instrumentation.instruments import INSTRUMENT_NAMES
from composer_app.music.melody_evidence.candidates import (
    Excerpt,
    MelodyTrack,
    beginning,
    heard_alone,
    parts_of,
)
from composer_app.music.note import Note
from composer_app.music.performing.melody_line import Line
from composer_app.music.voices import MELODY
from composer_app.studio.runtime.latest import Latest
from composer_app.studio.tracks.choice_row import ChoiceRow
from composer_app.studio.tracks.mini_roll import MiniRoll
from composer_app.studio.widgets.theme import GRID, set_role
from composer_app.studio.widgets.window_placement import WindowPlacement, size_for

if TYPE_CHECKING:
    from composer_app.music.composition import Composition, Track
    from composer_app.studio.runtime.jobs import Jobs
    from composer_app.studio.sound.preview import Preview

_SIZE: Final = QSize(720, 580)
_INDENT: Final = 32
_PARTS: Final = {
    Line.UPPER: ("The upper part", "where it rests, the melody rests"),
    Line.SKYLINE: ("The highest notes", "whichever part they belong to"),
    Line.LOWER: ("The lower part", "the lowest notes"),
}


class MelodyDialog(QDialog):
    """Shows ``tracks`` of ``composition``, the present melody first, and the parts of one.

    ``melodyChosen(track index, Line)`` follows the button; until then nothing changes.
    """

    melodyChosen = Signal(int, object)

    def __init__(
        self,
        composition: Composition,
        tracks: Sequence[MelodyTrack],
        jobs: Jobs,
        preview: Preview,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Choose Melody – Composer")
        self._composition = composition
        self._tracks = tuple(tracks)
        self._preview = preview
        self._parts = Latest[dict[Line, tuple[Note, ...]]](jobs, self, drops_stale=True)
        self._found: dict[Line, tuple[Note, ...]] = {}
        self._heard: ChoiceRow | None = None
        self.part_rows: dict[Line, ChoiceRow] = {}
        self._rows = QVBoxLayout()
        self._part_list = QVBoxLayout()
        self._parts_place = self._make_parts_place()
        self.track_rows = tuple(self._track_row(each) for each in self._tracks)
        self.take = QPushButton("Make It the Melody")
        set_role(self.take, "primary")
        self.take.setDefault(True)
        self._lay_out()
        preview.moved.connect(self._show_heard)
        preview.ended.connect(self._show_silence)
        self.finished.connect(preview.stop)
        self._choose_track(self.track_rows[0])
        WindowPlacement(self)
        self.resize(size_for(self, _SIZE))

    @property
    def line(self) -> Line:
        """The part that is chosen."""
        rows = self.part_rows.items()
        return next((line for line, row in rows if row.is_chosen), Line.UPPER)

    @property
    def track(self) -> MelodyTrack:
        """The track that is chosen."""
        rows = zip(self._tracks, self.track_rows, strict=True)
        return next(track for track, row in rows if row.is_chosen)

    @property
    def looking(self) -> bool:
        """Whether the parts of the chosen track are still being found."""
        return self._parts.busy

    def _track_row(self, each: MelodyTrack) -> ChoiceRow:
        track = each.track
        excerpt = beginning(self._composition, track.notes)
        title = track.name or f"Track {each.index + 1}"
        facts = f"{INSTRUMENT_NAMES[track.program]} · {_counted(len(track.notes))}"
        if each.index == MELODY:
            facts += " · the melody now"
        if excerpt.bar > 1:
            facts += f" · from bar {excerpt.bar} on"
        picture = MiniRoll(track.notes, (), excerpt, self._composition.meters)
        row = ChoiceRow(title, (facts, str(each.reason)), picture)
        row.chosen.connect(lambda: self._choose_track(row))
        row.playToggled.connect(lambda on: self._play(row, track, track.notes, excerpt, on=on))
        return row

    def _choose_track(self, chosen: ChoiceRow) -> None:
        for row in self.track_rows:
            row.set_chosen(row is chosen)
        track, tempo = self.track.track, self._composition.tempo
        self._parts.ask(lambda: parts_of(track, tempo), self._show_parts, _not_found)

    def _show_parts(self, found: dict[Line, tuple[Note, ...]]) -> None:
        if self._heard in self.part_rows.values():
            self._preview.stop()
        for old in self.part_rows.values():
            self._part_list.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.part_rows = {}
        self._found = found
        several = len(found) > 1
        self._parts_place.setVisible(several)
        if several:
            track = self.track.track
            excerpt = beginning(self._composition, track.notes)
            for line, notes in found.items():
                self._add_part(line, track, notes, excerpt)
            self.part_rows[Line.UPPER].set_chosen(True)
            # Beneath the track that they are parts of.
            chosen = next(row for row in self.track_rows if row.is_chosen)
            self._rows.removeWidget(self._parts_place)
            self._rows.insertWidget(self._rows.indexOf(chosen) + 1, self._parts_place)

    def _add_part(
        self, line: Line, track: Track, notes: tuple[Note, ...], excerpt: Excerpt
    ) -> None:
        title, explanation = _PARTS[line]
        picture = MiniRoll(notes, track.notes, excerpt, self._composition.meters)
        row = ChoiceRow(title, (f"{_counted(len(notes))} · {explanation}",), picture)
        row.chosen.connect(lambda: self._choose_part(line))
        row.playToggled.connect(lambda on: self._play(row, track, notes, excerpt, on=on))
        self.part_rows[line] = row
        self._part_list.addWidget(row)

    def _choose_part(self, line: Line) -> None:
        for each, row in self.part_rows.items():
            row.set_chosen(each is line)

    def _play(
        self, row: ChoiceRow, track: Track, notes: Sequence[Note], excerpt: Excerpt, *, on: bool
    ) -> None:
        self._preview.stop()
        if on:
            self._heard = row
            alone = heard_alone(self._composition, track, notes, excerpt)
            self._preview.play(alone, float(excerpt.first))

    def _show_heard(self, step: float) -> None:
        if self._heard is not None:
            self._heard.show_playing(step)

    def _show_silence(self) -> None:
        heard, self._heard = self._heard, None
        if heard is not None:
            heard.show_playing(None)

    def _accept(self) -> None:
        self.accept()
        self.melodyChosen.emit(self.track.index, self.line)

    def _make_parts_place(self) -> QWidget:
        place = QWidget()
        heading = QLabel("Which of its parts?")
        set_role(heading, "muted")
        self._part_list.setContentsMargins(_INDENT, 4, 0, 4)
        self._part_list.setSpacing(4)
        self._part_list.addWidget(heading)
        place.setLayout(self._part_list)
        place.hide()
        return place

    def _lay_out(self) -> None:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton(self.take, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        inside = QWidget()
        inside.setLayout(self._rows)
        self._rows.setContentsMargins(0, 0, GRID, 0)
        self._rows.setSpacing(4)
        for row in self.track_rows:
            self._rows.addWidget(row)
        self._rows.addWidget(self._parts_place)
        self._rows.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        inside.setAutoFillBackground(False)
        area.viewport().setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        heading = QLabel("Which track is the melody?")
        set_role(heading, "title")
        layout.addWidget(heading)
        layout.addWidget(area, 1)
        layout.addWidget(buttons)


def _counted(notes: int) -> str:
    return "1 note" if notes == 1 else f"{notes:,} notes"


def _not_found(error: Exception) -> None:
    raise error
