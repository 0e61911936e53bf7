import pytest
from pytestqt.qtbot import QtBot

from benchmarks import statistics_panel


def test_what_an_update_costs_is_measured(
    qtbot: QtBot, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    costs = statistics_panel.update_costs(2)
    assert len(costs) == 4
    assert all(len(times) == 2 and min(times) > 0 for times in costs.values())
    monkeypatch.setattr(statistics_panel, "update_costs", lambda runs: {"a": [1.0, 2.0, 6.0]})
    statistics_panel.main()
    said = " ".join(capsys.readouterr().out.split())
    assert said == "statistics: a 2.00 ms of the GUI thread, 6.00 at most"
