"""What tests of the Generate panel start from."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from composer_app.studio.generate.choices import GenerationChoices
from tests.studio.support import Studio, open_studio, scale


@pytest.fixture
def choices() -> GenerationChoices:
    """What is chosen by whoever has touched nothing."""
    return GenerationChoices()


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    """A window with one bar of melody and the stand-in of a model."""
    with open_studio(tmp_path) as studio:
        studio.window.show()
        qtbot.waitUntil(lambda: studio.window.generate_panel.model_name == "fake")
        studio.services.document.begin(scale(), "Open")
        yield studio
