"""Lyrics as a score writes them: syllables that know where their word begins and ends.

In a piece lyrics are texts as files have them. Two ways to say where words end are common: karaoke
files have a space after (or before) what ends a word, others a hyphen after what does not. Lines
begin with "/" and verses with "\\", or end with a break of lines.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from composer_app.music.note import Note
from composer_app.music.texts import Text
from composer_app.plain_text import one_line

NEW_LINE: Final = "/"
NEW_VERSE: Final = "\\"
_BREAKS: Final = ("\r", "\n")
# What stands for a note that has no syllable of its own.
_HELD: Final = frozenset({"_", "-", "+"})


@dataclass(frozen=True, slots=True)
class Syllable:
    """``text`` without spaces around it.

    ``joins`` says that its word has begun before it, ``goes_on`` that it is not over. ``closes`` is
    how what comes next begins: with :data:`NEW_LINE`, :data:`NEW_VERSE` or neither.
    """

    text: str
    joins: bool = False
    goes_on: bool = False
    closes: str = ""


def syllables_of(texts: Iterable[Text]) -> list[tuple[int, Syllable]]:
    """The syllables of the lyrics among ``texts``, with their ticks, in order."""
    lyrics = [text for text in texts if text.kind == "lyrics"]
    spaced = any(text.text.strip("\r\n") != text.text.strip() for text in lyrics)
    found: list[tuple[int, Syllable]] = []
    continued = False
    for text in lyrics:
        word, opens, closes = _parts(text.text)
        if opens and found:
            found[-1] = found[-1][0], replace(found[-1][1], closes=opens)
        if opens or text.text.startswith(" "):
            continued = False
        if word:
            hyphen = len(word) > 1 and word.endswith("-")
            syllable = Syllable(word.removesuffix("-") if hyphen else word, continued)
            found.append((text.tick, replace(syllable, closes=closes)))
            continued = hyphen or (spaced and not text.text.endswith(" "))
        elif " " in text.text:
            continued = False
        if closes:
            continued = False
    joined = [syllable.joins for _, syllable in found[1:]]
    return [
        (tick, replace(syllable, goes_on=goes_on))
        for (tick, syllable), goes_on in zip(found, [*joined, False], strict=False)
    ]


def _parts(raw: str) -> tuple[str, str, str]:
    """The word in a text, how it begins, and how what comes after it does."""
    body = raw.strip(" \r\n")
    opens = body[:1] if body[:1] in (NEW_LINE, NEW_VERSE) else ""
    if raw.lstrip(" ")[:1] in _BREAKS and raw.strip(" "):
        opens = opens or NEW_LINE
    closes = NEW_LINE if body and raw.rstrip(" ")[-1] in _BREAKS else ""
    word = one_line(body.removeprefix(opens)).strip()
    return "" if word in _HELD else word, opens, closes


def texts_of(syllables: Sequence[tuple[int, Syllable]]) -> tuple[Text, ...]:
    """The lyrics that ``syllables`` are, as karaoke files have them."""
    texts = []
    opens = ""
    for index, (tick, syllable) in enumerate(syllables):
        last = index == len(syllables) - 1
        space = "" if syllable.goes_on or syllable.closes or last else " "
        texts.append(Text(tick, "lyrics", f"{opens}{syllable.text}{space}"))
        opens = syllable.closes
    return tuple(texts)


def sung(notes: Sequence[Note], texts: Iterable[Text]) -> Mapping[Note, Syllable]:
    """Each syllable of ``texts`` at the note that begins nearest to it.

    What belongs to one note is one syllable, with spaces between words.
    """
    if not notes:
        return {}
    onsets = [note.onset_ticks for note in notes]
    result: dict[Note, Syllable] = {}
    for tick, syllable in syllables_of(texts):
        after = min(bisect_left(onsets, tick), len(notes) - 1)
        nearest = min((max(after - 1, 0), after), key=lambda index: abs(onsets[index] - tick))
        note = notes[nearest]
        before = result.get(note)
        if before is None:
            result[note] = syllable
        else:
            between = "" if syllable.joins else " "
            text = f"{before.text}{between}{syllable.text}"
            result[note] = replace(syllable, text=text, joins=before.joins)
    return result
