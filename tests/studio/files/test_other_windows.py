"""A window beside this one is a process of its own."""

import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QProcess

from composer_app.studio.files.other_windows import open_in_another_window


@pytest.mark.parametrize("answer", [True, False, (True, 5), (False, 0)])
def test_it_begins_a_studio_with_the_file(monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
    begun: list[tuple[str, list[str]]] = []

    def start(program: str, arguments: list[str]) -> Any:
        begun.append((program, arguments))
        return answer

    monkeypatch.setattr(QProcess, "startDetached", start)
    monkeypatch.chdir("/")
    assert open_in_another_window(Path("-x.mid")) == (answer in (True, (True, 5)))
    name = str(Path("-x.mid").absolute())
    assert begun == [(sys.executable, ["-m", "composer_app", "studio", name])]
