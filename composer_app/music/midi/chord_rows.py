"""Chord symbols in MIDI files: a row of texts all of which are chords, or Yamaha's XF events.

MIDI has no place for chord symbols, and programs write them as markers, texts or lyrics; some put a
% before each or brackets around it. Texts of one kind in one track are taken as such a row where
each of them is a chord, or where the track is called after chords; single letters that begin the
alphabet, A B A C, are parts of a song.

Our own files have markers, which sequencers show above the music, and in our text event how they
are to be read. Where another program has changed the markers, they are read like anybody's.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from composer_app.music.chord_text.naming import plain_name
from composer_app.music.chord_text.parsing import MOST_LETTERS, find_chord
from composer_app.music.composition import Composition
from composer_app.music.files.music_json import chords_from_json
from composer_app.music.harmony.chords import ChordSymbol, in_order
from composer_app.music.texts import Text, TextKind

# A message and when it comes, in ticks of the file.
TimedMessage = tuple[int, Any]
# From a tick of the file to ours.
Place = Callable[[int], int]

# More than one, so that a marker called A is no row of chords.
_FEWEST: Final = 2
_KINDS: Final[tuple[TextKind, ...]] = ("marker", "text", "lyrics", "cue")
_MARK: Final = "%"
_BRACKETS: Final = {"[": "]", "(": ")", "{": "}", '"': '"', "<": ">"}
_NAMED: Final = re.compile(
    r"\b(chords?|akkorde?|accords?|accordi|acordes?|harmony)\b", re.IGNORECASE
)
# What karaoke files begin with, which is sung by nobody.
_HEADER: Final = "@"
_ALPHABET: Final = "ABCDEFGH"


@dataclass(frozen=True)
class ChordRow:
    """The chord symbols of a file, and which texts they were."""

    symbols: tuple[ChordSymbol, ...] = ()
    _texts: frozenset[tuple[int, Text]] = frozenset()

    def without(self, chunk: int, texts: Iterable[Text]) -> tuple[Text, ...]:
        """Those of the ``texts`` of chunk number ``chunk`` that are no chord symbols of the row."""
        return tuple(text for text in texts if (chunk, text) not in self._texts)


def chord_row(
    chunks: list[list[TimedMessage]],
    texts: list[tuple[Text, ...]],
    place: Place,
    ours: object,
) -> ChordRow:
    """The row of a file whose ``chunks`` have those ``texts``; ``place`` makes its ticks ours.

    ``ours`` is what our own text event says of the chords; None where there is none.
    """
    found = _own_row(texts, ours)
    if found is not None:
        return found
    rows = [
        row
        for chunk, (messages, words) in enumerate(zip(chunks, texts, strict=True))
        for row in _rows(chunk, words, named=_is_named(messages))
    ]
    if rows:
        return max(rows, key=lambda row: len(row.symbols))
    for messages in chunks:
        heard = [
            replace(message.symbol, tick=place(tick))
            for tick, message in messages
            if message.type == "chord"
        ]
        if heard:
            return ChordRow(in_order(heard))
    return ChordRow()


def marker_texts(composition: Composition) -> tuple[Text, ...]:
    """The chord symbols of ``composition`` as markers, with names that every program reads."""
    return tuple(
        Text(symbol.tick, "marker", plain_name(symbol, key))
        for symbol, key in composition.chords_in_keys()
    )


def _own_row(texts: list[tuple[Text, ...]], ours: object) -> ChordRow | None:
    """What our text event says, if the markers are still there; None else.

    Where it says that there are no chords, nothing is taken for one.
    """
    try:
        symbols = chords_from_json(ours)
    except (ValueError, TypeError):
        return None
    if not symbols:
        return ChordRow()
    markers = {
        (chunk, text): find_chord(text.text, text.tick)
        for chunk, words in enumerate(texts[:1])
        for text in words
        if text.kind == "marker"
    }
    by_symbol = {symbol: place for place, symbol in markers.items() if symbol is not None}
    known = [by_symbol.get(replace(symbol, given=True)) for symbol in symbols]
    if None in known:
        return None
    return ChordRow(symbols, frozenset(each for each in known if each is not None))


def _rows(chunk: int, words: tuple[Text, ...], *, named: bool) -> Iterator[ChordRow]:
    """The rows that the texts of one chunk are: at most one of each kind."""
    for kind in _KINDS:
        said = [text for text in words if text.kind == kind and _says_something(text)]
        marked = [text for text in said if text.text.strip().startswith(_MARK)]
        said = marked or said
        chords: dict[Text, ChordSymbol] = {}
        for text in said:
            symbol = _chord(text)
            if symbol is not None:
                chords[text] = symbol
            elif not named:
                break
        whole = len(chords) == len(said)
        if len(chords) < (1 if named else _FEWEST) or not (whole or named):
            continue
        if not named and _are_parts(said):
            continue
        yield ChordRow(in_order(chords.values()), frozenset((chunk, text) for text in chords))


def _says_something(text: Text) -> bool:
    shown = text.text.strip()
    return bool(shown) and not shown.startswith(_HEADER)


def _chord(text: Text) -> ChordSymbol | None:
    """The symbol of a text; a small letter begins words, and no chord of a program's."""
    shown = text.text.strip().removeprefix(_MARK).strip()
    if len(shown) > 1 and _BRACKETS.get(shown[0]) == shown[-1]:
        shown = shown[1:-1].strip()
    if len(shown) > MOST_LETTERS or "\n" in shown or "\r" in shown:
        return None
    symbol = find_chord(shown, text.tick)
    return None if symbol is None or (symbol.chord and shown[0].islower()) else symbol


def _are_parts(texts: list[Text]) -> bool:
    """Whether they are the letters of a song's parts: the first ones of the alphabet, no more."""
    letters = Counter(text.text.strip() for text in texts)
    return set(letters) == set(_ALPHABET[: len(letters)])


def _is_named(messages: list[TimedMessage]) -> bool:
    names = (message.name for _tick, message in messages if message.type == "track_name")
    return any(_NAMED.search(name) for name in names)
