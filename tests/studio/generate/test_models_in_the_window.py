"""A bad file among the models, and a folder of models that is none, as the window tells of them."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItemModel
from pytestqt.qtbot import QtBot

from composer_app.generation.models.catalog import installed_models
from tests.irregular import put_irregular
from tests.studio.support import open_studio


def test_one_bad_model_is_disabled_and_leaves_the_others(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    put_irregular(mine / "odd.onnx", "pipe")
    monkeypatch.setenv("COMPOSER_MODELS", str(mine))
    with open_studio(tmp_path / "data", models=installed_models()) as studio:
        studio.window.show()
        panel = studio.window.generate_panel
        qtbot.waitUntil(lambda: panel.model_name == "bach")
        rows = panel.model.model()
        assert isinstance(rows, QStandardItemModel)
        row = panel.model.findData("odd")
        assert not rows.item(row).isEnabled()
        tip = panel.model.itemData(row, Qt.ItemDataRole.ToolTipRole)
        assert tip.endswith("odd.onnx cannot be read: it is not a regular file.")
        assert all(rows.item(other).isEnabled() for other in range(rows.rowCount()) if other != row)
        assert studio.message == ""


def test_a_folder_of_models_that_is_none_is_said(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPOSER_MODELS", str(tmp_path / "none"))
    with open_studio(tmp_path / "data", models=installed_models()) as studio:
        studio.window.show()
        qtbot.waitUntil(lambda: studio.window.generate_panel.model_name == "bach")
        assert "which COMPOSER_MODELS names, cannot be read: there is no such" in studio.message
