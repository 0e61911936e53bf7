"""What Composer says, as templates with named fields that can be said in another language.

A message is made where something happens, as ``_("{file} is empty", file=path)``, and becomes text
where a person reads it: in the window or on the command line. What is in between keeps the template
and the fields, so that a message is said in the language of that moment.

This is gettext, as the standard library has it, and not Qt's ``tr()``: most messages come from
parts that must not know Qt, and half of them are read on a command line where Qt is not even
imported. Translators know its files, and xgettext and pybabel find ``_`` and ``ngettext`` by
themselves. They can read literal strings only: a template is never an f-string, nor put together.
``tests/test_translation.py`` sees to that. English is the source.
"""

import gettext
from dataclasses import dataclass, field
from typing import Any, Final

_SOURCE: Final = gettext.NullTranslations()


class _Present:
    """What is spoken at present."""

    language: gettext.NullTranslations = _SOURCE


@dataclass(frozen=True, slots=True)
class Message:
    """A template and what its fields stand for; ``str()`` is the text, in the present language.

    A message that depends on a number has a ``plural``, and the number is its field ``count``.
    Two messages are equal that say the same.
    """

    template: str
    plural: str = ""
    fields: dict[str, Any] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        try:
            return self._text(_Present.language)
        except (KeyError, IndexError, ValueError, AttributeError):
            # A translation may name a field that is not there. It is no reason to say nothing.
            return self._text(_SOURCE)

    def _text(self, language: gettext.NullTranslations) -> str:
        template = (
            language.ngettext(self.template, self.plural, self.fields["count"])
            if self.plural
            else language.gettext(self.template)
        )
        return template.format(**self.fields)


def _(template: str, /, **fields: Any) -> Message:
    """The message of ``template``, a literal string, with its ``fields``.

    They may be messages themselves, which are then said in the same language.
    """
    return Message(template, fields=_lasting(fields))


def ngettext(one: str, many: str, /, count: int, **fields: Any) -> Message:
    """The message ``one`` for a count of 1, and ``many`` else; English has no other forms."""
    return Message(one, many, _lasting({"count": count, **fields}))


def verbatim(text: str) -> Message:
    """``text`` as it is in every language: it comes from outside, or has been said already."""
    return Message("{text}", fields={"text": text})


def speak(language: gettext.NullTranslations = _SOURCE) -> None:
    """Say everything in ``language`` from now on, in English when omitted."""
    _Present.language = language


def _lasting(fields: dict[str, Any]) -> dict[str, Any]:
    # An exception would keep alive all that its traceback refers to.
    return {
        name: str(value) if isinstance(value, BaseException) else value
        for name, value in fields.items()
    }
