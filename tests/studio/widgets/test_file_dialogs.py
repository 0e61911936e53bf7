"""Whatever is asked, nothing is replaced without a question."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from composer_app.studio.widgets.file_dialogs import FileDialogs


def _score(parent: QWidget, path: Path, *, picture: bool) -> Path | None:
    answer = FileDialogs().ask_save_score(parent, path, picture=picture)
    return answer and answer[0]


Ask = Callable[[QWidget, Path], Path | None]
ASKS: dict[str, Ask] = {
    "midi": lambda parent, path: FileDialogs().ask_save(parent, "Save", path),
    "audio": lambda parent, path: FileDialogs().ask_save_audio(parent, path.with_suffix(".wav")),
    "score": lambda parent, path: _score(parent, path.with_suffix(".musicxml"), picture=False),
    "picture": lambda parent, path: _score(parent, path.with_suffix(".pdf"), picture=True),
    "statistics": lambda parent, path: FileDialogs().ask_save_as(
        parent, "Save", path.with_suffix(".png"), {".png": "PNG picture"}
    ),
}
SUFFIXES = {
    "midi": ".mid",
    "audio": ".wav",
    "statistics": ".png",
    "score": ".musicxml",
    "picture": ".pdf",
}


class Person:
    """Types names into the dialog, and answers questions."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.names: list[str] = []
        self.answers: list[QMessageBox.StandardButton] = []
        self.suggested: list[str] = []
        self.asked: list[str] = []
        monkeypatch.setattr(QFileDialog, "getSaveFileName", self._type)
        monkeypatch.setattr(QMessageBox, "question", self._answer)

    def _type(self, *given: Any) -> tuple[str, str]:
        self.suggested.append(Path(given[2]).name)
        return self.names.pop(0), ""

    def _answer(self, *given: Any) -> QMessageBox.StandardButton:
        self.asked.append(given[2])
        return self.answers.pop(0)


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Person:
    return Person(monkeypatch)


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


@pytest.mark.parametrize("kind", ASKS)
def test_a_name_that_gets_an_ending_may_be_taken(
    person: Person, parent: QWidget, tmp_path: Path, kind: str
) -> None:
    """The dialog has asked about "tune", of which there is none."""
    taken = tmp_path / f"tune{SUFFIXES[kind]}"
    taken.touch()
    person.names = [str(tmp_path / "tune"), str(tmp_path / "other")]
    person.answers = [QMessageBox.StandardButton.No]
    chosen = ASKS[kind](parent, tmp_path / "first.mid")
    assert chosen == tmp_path / f"other{SUFFIXES[kind]}"
    assert person.asked == [f"There is a {taken.name} already. Shall it be replaced?"]
    assert person.suggested == [f"first{SUFFIXES[kind]}", taken.name]

    person.names = [str(tmp_path / "tune")]
    person.answers = [QMessageBox.StandardButton.Yes]
    assert ASKS[kind](parent, tmp_path / "first.mid") == taken


@pytest.mark.parametrize("kind", ASKS)
def test_what_the_dialog_has_asked_is_not_asked_again(
    person: Person, parent: QWidget, tmp_path: Path, kind: str
) -> None:
    taken = tmp_path / f"tune{SUFFIXES[kind]}"
    taken.touch()
    person.names = [str(taken), str(tmp_path / "new"), ""]
    for expected in (taken, tmp_path / f"new{SUFFIXES[kind]}", None):
        assert ASKS[kind](parent, tmp_path / "first.mid") == expected
    assert person.asked == []
