"""Every message can be extracted, has the fields that its template names, and can be translated."""

import ast
import gettext
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from composer_app import translation
from composer_app.errors import MidiFileError
from composer_app.translation import Message, _, ngettext, speak

# How many templates a message is made from.
MAKERS = {"_": 1, "ngettext": 2}
# Fields are words, and a translator sees nothing but them.
SPEAKABLE = str.isidentifier


class Reversed(gettext.NullTranslations):
    """A language whose words are written from right to left, and whose counts are odd or even."""

    def gettext(self, message: str) -> str:
        return " ".join(reversed(message.split()))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n % 2 else msgid2)


class Careless(gettext.NullTranslations):
    """A translation that names fields which are not there."""

    def gettext(self, message: str) -> str:
        return "{nothing.like} {this}"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    yield
    speak()


def name_of(call: ast.Call) -> str:
    """What is called: its name, or the last one of a dotted name."""
    called = call.func
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def calls(source: str) -> list[ast.Call]:
    """The calls that make a message, as xgettext finds them."""
    return [call for call in every_call(ast.parse(source)) if is_maker(call)]


def is_maker(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id in MAKERS


def every_call(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def faults(call: ast.Call) -> list[str]:
    """What keeps ``call`` from being extracted, or its fields from being filled in."""
    makes = MAKERS[name_of(call)]
    templates = call.args[:makes]
    found = []
    texts = []
    for template in templates:
        if isinstance(template, ast.Constant) and isinstance(template.value, str):
            texts.append(template.value)
        else:
            found.append("is no literal string")
    if len(templates) < makes or len(call.args) > 2 * makes - 1:
        found.append("has another number of templates")
    given = {keyword.arg for keyword in call.keywords}
    named = {name for text in texts for name in fields(text)}
    if makes == 2:
        given |= {"count"}
        named |= {"count"}
    if None in given:
        found.append("hides the names of its fields")
    if given != named:
        found.append(f"names {sorted(named)} and is given {sorted(map(str, given))}")
    if not all(map(SPEAKABLE, named)):
        found.append("has a field without a name")
    return found


def fields(template: str) -> set[str]:
    return {
        name for _text, name, _spec, _kind in string.Formatter().parse(template) if name is not None
    }


def sample(template: str) -> dict[str, object]:
    """Something for each field: a number where one is formatted, a word elsewhere."""
    parts = string.Formatter().parse(template)
    return {
        name: 3.0 if spec and not kind else f"({name})"
        for _text, name, spec, kind in parts
        if name is not None
    }


@pytest.fixture(scope="module")
def calls_of_package(repository: Path) -> list[tuple[Path, ast.Call]]:
    """All calls, each with its module."""
    package = repository / "composer_app"
    return [
        (path.relative_to(package), call)
        for path in sorted(package.rglob("*.py"))
        for call in every_call(ast.parse(path.read_text(encoding="utf-8")))
    ]


@pytest.fixture(scope="module")
def messages(calls_of_package: list[tuple[Path, ast.Call]]) -> list[tuple[str, ast.Call]]:
    return [(f"{path}:{call.lineno}", call) for path, call in calls_of_package if is_maker(call)]


def test_every_message_can_be_extracted_and_filled_in(
    messages: list[tuple[str, ast.Call]],
) -> None:
    assert len(messages) > 150
    wrong = [f"{place} {fault}" for place, call in messages for fault in faults(call)]
    assert wrong == []


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ('_(f"{file} is empty")', "is no literal string"),
        ('_("{file}" + " is empty", file=1)', "is no literal string"),
        ("_(text)", "is no literal string"),
        ('_("{file} is empty")', "names ['file'] and is given []"),
        ('_("It is empty", file=1)', "names [] and is given ['file']"),
        ('_("{file} is empty", **rest)', "hides the names of its fields"),
        ('_("{} is empty")', "has a field without a name"),
        ('_("{file.name} is empty", file=1)', "has a field without a name"),
        ('_("One", "Two")', "has another number of templates"),
        ('ngettext("one", count)', "is no literal string"),
    ],
)
def test_what_cannot_be_extracted_is_noticed(source: str, fault: str) -> None:
    (call,) = calls(source)
    assert fault in faults(call)


def test_every_message_formats_without_a_field_left_over(
    messages: list[tuple[str, ast.Call]],
) -> None:
    for place, call in messages:
        for template in call.args[: MAKERS[name_of(call)]]:
            text = ast.literal_eval(template)
            said = str(Message(text, fields=sample(text)))
            assert not set("{}") & set(said), place
            assert said, place


def test_every_error_is_made_of_messages(
    calls_of_package: list[tuple[Path, ast.Call]],
) -> None:
    """What is given to an error comes from a message, not from a sentence put together."""
    strings = [
        f"{path.name}:{call.lineno}"
        for path, call in calls_of_package
        if name_of(call).endswith("Error")
        and any(
            name_of(part) == "verbatim" for argument in call.args for part in every_call(argument)
        )
    ]
    # Several sentences that were made before become one error.
    assert [name.partition(":")[0] for name in strings] == ["excerpts.py", "catalog.py"]


def test_a_message_is_said_in_the_language_of_the_moment() -> None:
    message = _("{file} is empty", file="a.mid")
    error = MidiFileError(_("It cannot be read ({reason})", reason=message))
    assert str(message) == "a.mid is empty"
    speak(Reversed())
    assert str(message) == "empty is a.mid"
    assert str(error) == "(empty is a.mid) read be cannot It."
    speak()
    assert str(message) == "a.mid is empty"


def test_a_count_has_the_forms_of_the_language() -> None:
    one, three = (ngettext("{count} track", "{count} tracks", count) for count in (1, 3))
    assert (str(one), str(three)) == ("1 track", "3 tracks")
    speak(Reversed())
    assert (str(one), str(three)) == ("track 1", "track 3")


def test_a_translation_that_names_no_field_of_ours_leaves_the_english() -> None:
    speak(Careless())
    assert str(_("{file} is empty", file="a.mid")) == "a.mid is empty"


def test_gettext_finds_the_messages_by_their_makers() -> None:
    assert {name for name in MAKERS if callable(getattr(translation, name))} == set(MAKERS)


def test_a_message_keeps_no_traceback_alive() -> None:
    assert _("It fails: {error}", error=ValueError("so")).fields == {"error": "so"}
