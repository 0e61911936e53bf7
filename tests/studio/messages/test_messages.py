"""Messages as values: what may be shortened, what is remembered."""

from datetime import UTC, datetime, timedelta

import pytest

from composer_app.studio.messages.messages import History, Message, Said, Tone, parts

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.mark.parametrize(
    ("text", "names", "shortened"),
    [
        ("Saved a.mid.", ("a.mid",), ["a.mid"]),
        ("Saved a.mid in a.", ("a", "a.mid"), ["a", "a.mid", "a"]),
        ("Saved (a).mid in /x.", ("(a).mid", "/x"), ["(a).mid", "/x"]),
        ("Nothing of this name.", ("b.mid", ""), []),
        (f"{'x' * 60} is too long.", (), ["x" * 60]),
    ],
)
def test_names_are_found_in_a_sentence(
    text: str, names: tuple[str, ...], shortened: list[str]
) -> None:
    pieces = parts(text, names)
    assert "".join(piece for piece, _ in pieces) == text
    assert [piece for piece, is_name in pieces if is_name] == shortened


def test_a_message_holds_as_long_as_what_it_is_about_is_the_same() -> None:
    state = [1]
    message = Message("", "One.", Tone.INFO, about=lambda: state[0], was=1)
    assert message.holds
    state[0] = 2
    assert not message.holds
    assert Message("", "Always.", Tone.INFO).holds


def test_the_last_fifty_are_remembered_and_repetition_once() -> None:
    clock = Clock()
    history = History(clock)
    for number in range(60):
        clock.now += timedelta(seconds=1)
        history.add(Tone.INFO, f"Message {number}.")
    assert len(history.entries) == 50
    assert history.entries[0].text == "Message 59."
    assert history.entries[-1].text == "Message 10."
    clock.now += timedelta(seconds=9)
    history.add(Tone.INFO, "Message 59.")
    assert [said.text for said in history.entries[:2]] == ["Message 59.", "Message 58."]
    assert history.lines()[0] == "2026-03-01 12:01:09  info  Message 59."
    history.add(Tone.ERROR, "Message 59.")
    assert len(history.entries) == 50, "another tone is another message"


def test_a_day_is_named_where_it_was_another() -> None:
    said = Said(NOON, Tone.INFO, "Saved.")
    assert said.clock_time(NOON + timedelta(hours=3)) == "12:00:00"
    assert said.clock_time(NOON + timedelta(days=1)) == "01 Mar, 12:00:00"
