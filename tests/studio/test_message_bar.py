"""The message bar: news goes, what stands comes back."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from composer_app.studio.message_bar import MessageAction, MessageBar, Tone


@pytest.fixture
def bar(qtbot: QtBot) -> MessageBar:
    result = MessageBar()
    qtbot.addWidget(result)
    result.set_idle_text("Play something.")
    return result


def end_news(bar: MessageBar) -> None:
    bar._timer.timeout.emit()


def test_without_a_message_there_is_a_hint(bar: MessageBar) -> None:
    assert bar.text == ""
    assert bar._label.text() == "Play something."


def test_news_goes_away_by_itself(bar: MessageBar) -> None:
    bar.tell("Saved.", Tone.SUCCESS)
    assert (bar.text, bar.tone) == ("Saved.", Tone.SUCCESS)
    assert bar._timer.isActive()
    end_news(bar)
    assert bar.text == ""


def test_errors_stand_until_they_are_dismissed(bar: MessageBar) -> None:
    bar.tell("No such file.", Tone.ERROR)
    assert not bar._timer.isActive()
    bar.dismiss()
    assert bar.text == ""


def test_what_stands_comes_back_after_the_news(bar: MessageBar) -> None:
    bar.stand("sound", "No sound.", Tone.WARNING)
    bar.tell("Saved.")
    assert bar.text == "Saved."
    end_news(bar)
    assert bar.text == "No sound."
    bar.withdraw("sound")
    assert bar.text == ""


def test_a_message_replaces_the_one_with_its_key(bar: MessageBar) -> None:
    bar.stand("recording", "Counting in.", Tone.INFO)
    bar.stand("recording", "Recording.", Tone.RECORD)
    bar.dismiss()
    assert bar.text == ""


@pytest.mark.parametrize("standing", [True, False])
def test_a_button_acts_and_takes_the_message_away(
    bar: MessageBar, qtbot: QtBot, standing: bool
) -> None:
    seen: list[str] = []
    action = MessageAction("Undo", lambda: seen.append(bar.text))
    if standing:
        bar.stand("offer", "Shall it come back?", Tone.INFO, action)
    else:
        bar.tell("A new piece.", Tone.INFO, action)
    (button,) = bar.action_buttons()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert seen == [""]
    assert bar.action_buttons() == []


def test_a_long_sentence_does_not_widen_the_window(bar: MessageBar) -> None:
    before = bar.minimumSizeHint().width()
    bar.tell("word " * 200)
    assert bar.minimumSizeHint().width() - before < 200
    assert bar._label.toolTip() == "word " * 200


def test_what_stands_is_amended_and_keeps_its_buttons(bar: MessageBar, qtbot: QtBot) -> None:
    pressed: list[str] = []
    action = MessageAction("Cancel", lambda: pressed.append("cancel"))
    bar.stand("export", "0 %", Tone.INFO, action)
    (button,) = bar.action_buttons()
    bar.amend("export", "50 %")
    bar.amend("another", "Nothing.")
    assert (bar.text, bar._label.text()) == ("50 %", "50 %")
    assert bar.action_buttons() == [button]
    bar.tell("Saved.")
    bar.amend("export", "80 %")
    assert bar.text == "Saved."
    end_news(bar)
    assert bar.text == "80 %"
    (button,) = bar.action_buttons()
    bar.amend("export", "90 %")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert pressed == ["cancel"]
    assert bar.text == ""
