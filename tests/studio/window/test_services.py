"""What is built once for the window is let go of once."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from tests.studio.support import open_studio


def test_closing_lets_go_of_the_midi_system(qtbot: QtBot, tmp_path: Path) -> None:
    # A client that just vanishes leaves JACK in disorder.
    with open_studio(tmp_path) as studio:
        assert not studio.ports.closed
    assert studio.ports.closed
