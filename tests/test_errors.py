"""Errors carry what happened, where, and what to do, and are made a sentence where one reads."""

import pickle
from pathlib import Path

import pytest

from composer_app.errors import ComposerError, DeviceError, FileChangedError, MidiFileError
from composer_app.translation import Message, _, verbatim

FILE = Path("a.mid")


@pytest.mark.parametrize(
    ("what", "remedy", "sentence"),
    [
        (_("{file} is empty", file=FILE), None, "a.mid is empty."),
        (_("{file} is empty", file=FILE), _("take another"), "a.mid is empty: take another."),
        # Of two colons one becomes a semicolon; what a field holds does not count.
        (
            _("{file} cannot be read: {reason}", file=FILE, reason="it is torn"),
            _("take another"),
            "a.mid cannot be read: it is torn; take another.",
        ),
        (_("{file} is empty", file="a: b"), _("take another"), "a: b is empty: take another."),
        # What is typed ends without a full stop.
        (_("It is missing"), _("type: {command}", command="make x"), "It is missing: type: make x"),
        (_("It fails: {e}", e="so"), _("type: {command}", command="x"), "It fails: so; type: x"),
        (
            _("It is missing"),
            _("make it with '{command}'", command="make x"),
            "It is missing: make it with 'make x'.",
        ),
        (verbatim("A sentence already."), None, "A sentence already."),
        (_("{a} {b}", a="evil\x1b[2J", b="a\nname"), _("go"), "evil a name: go."),
    ],
)
def test_the_sentence(what: Message, remedy: Message | None, sentence: str) -> None:
    assert str(ComposerError(what, remedy)) == sentence
    assert f"{ComposerError(what, remedy)}" == sentence


def test_where_it_is_and_what_to_type() -> None:
    error = MidiFileError(_("{file} has {n} parts", n=3, file=FILE), _("choose another"))
    assert (error.where, error.command) == ("a.mid", None)
    device = DeviceError(_("{device} is gone", device="A\nB"), _("type: {command}", command="a\tb"))
    assert (device.where, device.command) == ("A B", "a b")
    nowhere = DeviceError(_("Nothing can be heard"))
    assert (nowhere.where, nowhere.command) == ("", None)


def test_errors_that_say_the_same_are_equal() -> None:
    def error(name: str) -> MidiFileError:
        return MidiFileError(_("{file} is empty", file=name))

    assert error("a") == error("a")
    assert hash(error("a")) == hash(error("a"))
    assert error("a") != error("b")
    assert error("a") != ComposerError(*error("a").args)
    assert error("a") != "a is empty."


def test_an_error_that_is_kept_keeps_nothing_alive() -> None:
    try:
        raise FileChangedError(_("{file} is gone", file=FILE), gone=True)
    except FileChangedError as error:
        kept = error.afresh()
    assert kept.__traceback__ is None
    assert kept.__context__ is None
    assert kept.gone
    assert str(kept) == "a.mid is gone."


def test_an_error_travels_between_processes() -> None:
    error = DeviceError(_("{device} is gone", device="x"), _("type: {command}", command="make x"))
    assert pickle.loads(pickle.dumps(error)) == error
