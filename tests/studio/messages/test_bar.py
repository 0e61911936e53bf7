"""The message bar: news goes, what stands comes back, and what is past goes at once."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from composer_app.studio.messages.bar import MessageAction, MessageBar, Tone


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
    bar.show_persistent("sound", "No sound.", Tone.WARNING)
    bar.tell("Saved.")
    assert bar.text == "Saved."
    end_news(bar)
    assert bar.text == "No sound."
    bar.clear("sound")
    assert bar.text == ""


def test_a_message_replaces_the_one_with_its_key(bar: MessageBar) -> None:
    bar.show_persistent("recording", "Counting in.", Tone.INFO)
    bar.show_persistent("recording", "Recording.", Tone.RECORD)
    bar.dismiss()
    assert bar.text == ""


@pytest.mark.parametrize("standing", [True, False])
def test_a_button_acts_and_takes_the_message_away(
    bar: MessageBar, qtbot: QtBot, standing: bool
) -> None:
    seen: list[str] = []
    action = MessageAction("Undo", lambda: seen.append(bar.text))
    if standing:
        bar.show_persistent("offer", "Shall it come back?", Tone.INFO, action)
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
    bar.show_persistent("export", "0 %", Tone.INFO, action)
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


def test_a_warning_does_not_cover_an_error(bar: MessageBar) -> None:
    bar.show_persistent("sound", "No sound.", Tone.WARNING)
    bar.show_persistent("file", "No such file.", Tone.ERROR)
    bar.show_persistent("midi", "Keys were unplugged.", Tone.WARNING)
    assert bar.text == "No such file."
    bar.show_persistent("recording", "Recording.", Tone.RECORD)
    assert bar.text == "Recording."
    for text in ("No such file.", "Keys were unplugged.", "No sound.", ""):
        bar.dismiss()
        assert bar.text == text


# -- what holds ----------------------------------------------------------------------------


def test_a_message_goes_with_what_it_is_about(bar: MessageBar) -> None:
    state = ["here"]
    bar.tell("It is here.", about=lambda: state[0])
    bar.show_persistent("gone", "It is gone.", Tone.WARNING, about=lambda: state[0])
    bar.tell("It is here.", about=lambda: state[0])
    bar.review()
    assert bar.text == "It is here."
    state[0] = "there"
    bar.review()
    assert bar.text == ""
    assert not bar.stands("gone")
    assert not bar._timer.isActive()
    state[0] = "here"
    bar.review()
    assert bar.text == "", "what was past does not come back"


def test_news_is_about_the_piece_unless_it_says_otherwise(bar: MessageBar) -> None:
    moment = [1]
    bar.set_subject(lambda: moment[0])
    bar.show_persistent("sound", "No sound.", Tone.WARNING)
    bar.tell("A note was deleted.")
    moment[0] += 1
    bar.review()
    assert bar.text == "No sound."
    bar.tell("Keys are back.", about=lambda: "keys")
    moment[0] += 1
    bar.review()
    assert bar.text == "Keys are back."
    bar.tell("No such file.", Tone.ERROR)
    moment[0] += 1
    bar.review()
    assert bar.text == "No such file.", "an error waits for an answer"


def test_what_is_past_does_not_come_back_after_the_news(bar: MessageBar) -> None:
    state = ["here"]
    bar.show_persistent("gone", "It is here.", Tone.WARNING, about=lambda: state[0])
    bar.tell("Saved.")
    state[0] = "there"
    end_news(bar)
    assert bar.text == ""


def test_the_hint_follows_a_message_as_it_is_at_the_moment(bar: MessageBar) -> None:
    bar.tell("Opened a.mid.", goes_on=True)
    assert bar.text == "Opened a.mid. Play something."
    bar.set_idle_text("Press Generate.")
    assert (bar.text, bar._label.text()) == ("Opened a.mid. Press Generate.",) * 2
    bar.set_idle_text("")
    assert bar.text == "Opened a.mid."
    assert bar.history.entries[0].text == "Opened a.mid."
    bar.tell("Saved.")
    assert bar.text == "Saved."


def test_a_button_may_keep_its_message(bar: MessageBar, qtbot: QtBot) -> None:
    pressed: list[bool] = []
    action = MessageAction("Settings…", lambda: pressed.append(True), keeps=True)
    bar.show_persistent("sound", "No sound.", Tone.WARNING, action)
    qtbot.mouseClick(bar.action_buttons()[0], Qt.MouseButton.LeftButton)
    assert (pressed, bar.text) == ([True], "No sound.")


def test_buttons_are_never_cut(bar: MessageBar) -> None:
    name = "nospace" * 28
    actions = [MessageAction(text, lambda: None) for text in ("Replace", "Save As…", "Undo")]
    bar.resize(1024, bar.height())
    bar.show()
    bar.tell(f"{name} was changed by somebody else.", Tone.ERROR, *actions, names=[name])
    for button in (*bar.action_buttons(), bar._dismiss, bar.earlier):
        assert button.width() >= button.sizeHint().width()
        assert bar.rect().contains(button.geometry())
    assert bar.rect().contains(bar._label.geometry())
    assert bar._label.lines[-1].endswith("was changed by somebody else.")


# -- what was said before ------------------------------------------------------------------


def test_a_click_opens_what_was_said_before(bar: MessageBar, qtbot: QtBot) -> None:
    long, earlier = "word " * 200, bar.history_list
    bar.show()
    qtbot.mouseClick(bar._label, Qt.MouseButton.LeftButton)
    assert not earlier.isVisible(), "nothing has been said yet"
    assert not bar.earlier.isEnabled()
    bar.tell("Saved a.mid.", Tone.SUCCESS)
    bar.tell(long, Tone.ERROR)
    bar.show_persistent("export", "0 %", Tone.INFO)
    bar.amend("export", "50 %")
    qtbot.mouseClick(bar._label, Qt.MouseButton.LeftButton)
    assert earlier.isVisible()
    blocks = earlier.words.toPlainText().split("\n")
    assert [block.split("  ")[-1].strip() for block in blocks] == [
        "0 %",
        long.strip(),
        "Saved a.mid.",
    ]
    assert earlier.words.document().size().width() <= earlier.words.viewport().width()
    bar.tell("Saved b.mid.")
    assert "Saved b.mid." in earlier.words.toPlainText(), "the list goes on while it is open"
    earlier.copy.click()
    lines = QGuiApplication.clipboard().text().split("\n")
    assert len(lines) == 4
    assert lines[-1].endswith("success  Saved a.mid.")
    qtbot.keyClick(earlier.words, Qt.Key.Key_Escape)
    assert not earlier.isVisible()


def test_the_keyboard_opens_the_list_too(bar: MessageBar, qtbot: QtBot) -> None:
    bar.show()
    bar.tell("Saved.")
    assert bar.earlier.accessibleName() == "Earlier messages"
    assert bar.earlier.focusPolicy() & Qt.FocusPolicy.TabFocus
    qtbot.keyClick(bar.earlier, Qt.Key.Key_Space)
    earlier = bar.history_list
    assert earlier.isVisible()
    assert earlier.focusWidget() is earlier.words, "arrow keys scroll it, Escape closes it"
    earlier.close()
