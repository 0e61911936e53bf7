"""Everything that made a take: with it the same model makes the same take again, bit for bit.

A recipe is written as JSON into project files and, as text, into MIDI files. What is read may have
been written by anybody, or by a later Composer: then there is none.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Final

from composer_app.generation.generator import GenerationSettings, Given
from composer_app.generation.hearing.feel import Feel
from composer_app.generation.repeating import Repeats
from composer_app.generation.steering import EVEN, NOTHING, Spans
from composer_app.late_numpy import np
from composer_app.music.composition import VOICE_NAMES
from composer_app.music.files.music_json import (
    compact,
    fields,
    keys_from_json,
    keys_to_json,
    listed,
    melody_from_json,
    melody_to_json,
    notes_from_json,
    notes_to_json,
    number,
    spans_from_json,
    spans_to_json,
    text,
    whole,
    wishes_from_json,
    wishes_to_json,
)
from composer_app.music.melody import Melody
from composer_app.music.piano_roll import PianoRoll
from composer_app.plain_text import one_line_name

VERSION: Final = 7
# More than a melody of 999 bars in 32/4 and all that is given with it.
_MOST_STEPS: Final = 320_000
# How it was with settings that recipes did not have up to a version.
_ONCE: Final[dict[int, dict[str, Any]]] = {
    1: {"feel": Feel.STRAIGHT, "introduction": True},
    2: {"repeats": Repeats.IGNORE},
    3: {
        "density": list(NOTHING),
        "rhythm": list(EVEN),
        "ranges": list(NOTHING),
        "kept_rhythm": list(NOTHING),
        "richness": 0.0,
        "chord_rate": None,
        "likeness": 0.0,
    },
    4: {"keys": []},
    5: {"busy": list(EVEN)},
    6: {"phrasing": 0.0, "swing_melody": False},
}
_OF_VOICES: Final = ("density", "rhythm", "ranges", "kept_rhythm", "busy")
_MAY_BE_UNSAID: Final = ("upbeat", "iterations", "max_added", "feel", "chord_rate")


@dataclass(frozen=True, slots=True, eq=False)
class Recipe:
    """What a model was asked, and which file it was.

    ``sha256`` is the file's, in hexadecimal digits; ``style`` is what the model wrote as.
    ``settings.upbeat`` is None where it was left to be heard; ``upbeat``, in steps, is what was
    heard or set. ``programs`` are the instruments of the four voices, ``given`` what stood already
    and what of it was locked.
    """

    melody: Melody
    model: str
    sha256: str
    style: str
    settings: GenerationSettings
    upbeat: int
    programs: tuple[int, ...]
    given: Given | None = None

    def __post_init__(self) -> None:
        for name in ("model", "sha256", "style"):
            object.__setattr__(self, name, one_line_name(getattr(self, name)))


def recipe_to_text(recipe: Recipe) -> str:
    """``recipe`` as JSON in one line; the same recipe is always the same text."""
    return compact(recipe_to_json(recipe))


def recipe_from_text(words: str) -> Recipe | None:
    """What :func:`recipe_to_text` made; None for anything else."""
    try:
        return recipe_from_json(json.loads(words))
    except (ValueError, TypeError, RecursionError):
        return None


def recipe_to_json(recipe: Recipe) -> dict[str, Any]:
    """``recipe`` as an object of JSON."""
    return {
        "version": VERSION,
        "model": recipe.model,
        "sha256": recipe.sha256,
        "style": recipe.style,
        "settings": {
            **asdict(recipe.settings),
            "chords": wishes_to_json(recipe.settings.chords),
            "keys": keys_to_json(recipe.settings.keys),
            **{name: _as_lists(getattr(recipe.settings, name)) for name in _OF_VOICES},
        },
        "upbeat": recipe.upbeat,
        "programs": list(recipe.programs),
        "melody": melody_to_json(recipe.melody),
        "given": None if recipe.given is None else _given_to_json(recipe.given),
    }


def recipe_from_json(value: object) -> Recipe:
    """What :func:`recipe_to_json` made. Raises :class:`ValueError` for anything else."""
    row = fields(value)
    version = whole(row.get("version"))
    if not 1 <= version <= VERSION:
        raise ValueError("a recipe of another version")
    programs = tuple(whole(each) for each in listed(row.get("programs")))
    if len(programs) != len(VOICE_NAMES) or not all(0 <= each <= 127 for each in programs):
        raise ValueError(f"{programs} are not the instruments of four voices")
    given = row.get("given")
    return Recipe(
        melody_from_json(row.get("melody")),
        text(row.get("model")),
        text(row.get("sha256")),
        text(row.get("style")),
        _settings_from_json(row.get("settings"), version),
        whole(row.get("upbeat")),
        programs,
        None if given is None else _given_from_json(given),
    )


def _settings_from_json(value: object, version: int) -> GenerationSettings:
    row: dict[str, Any] = {"chords": []}
    for last, were in _ONCE.items():
        row |= were if version <= last else {}
    row |= fields(value)
    usual = asdict(GenerationSettings())
    if set(row) != set(usual):
        # What is missing or unknown would make something else.
        raise ValueError("the settings are not those of this version")
    settings: dict[str, Any] = {
        name: None if each is None and name in _MAY_BE_UNSAID else _READERS[name](each)
        for name, each in row.items()
    }
    return GenerationSettings(**settings)


def _pair(value: object) -> tuple[int, int]:
    """Two whole numbers."""
    first, last = (whole(each) for each in listed(value))
    return first, last


def _spans(value: object) -> Spans:
    return tuple(_pair(each) for each in listed(value))


def _yes_or_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is neither true nor false")
    return value


def _of_voices(read: Callable[[object], Any]) -> Callable[[object], tuple[Any, ...]]:
    """What reads a value for each voice, or null."""

    def read_all(value: object) -> tuple[Any, ...]:
        return tuple(None if each is None else read(each) for each in listed(value))

    return read_all


# How each setting is read.
_READERS: Final[dict[str, Callable[[object], Any]]] = {
    **dict.fromkeys(("seed", "upbeat", "iterations", "max_added", "max_removed"), whole),
    **dict.fromkeys(
        ("temperature", "vary_melody", "richness", "chord_rate", "likeness", "phrasing"), number
    ),
    **dict.fromkeys(("improve", "introduction", "swing_melody"), _yes_or_no),
    "density": _of_voices(number),
    **dict.fromkeys(
        ("rhythm", "busy"), lambda value: tuple(number(each) for each in listed(value))
    ),
    "ranges": _of_voices(_pair),
    "kept_rhythm": _of_voices(_spans),
    "feel": lambda value: Feel(text(value)),
    "repeats": lambda value: Repeats(text(value)),
    "chords": wishes_from_json,
    "keys": keys_from_json,
}


def _as_lists(value: object) -> object:
    """``value`` with lists for tuples, as JSON has them."""
    return [_as_lists(each) for each in value] if isinstance(value, tuple) else value


def _given_to_json(given: Given) -> dict[str, Any]:
    """The notes of each voice, what of them is locked as spans of steps, and what was played."""
    return {
        "steps": given.roll.steps,
        "voices": [notes_to_json(notes) for notes in given.roll.all_notes()],
        "locked": [spans_to_json(given.locked[:, voice]) for voice in range(given.roll.voices)],
        "played": [notes_to_json(notes) for notes in given.played],
    }


def _given_from_json(value: object) -> Given:
    row = fields(value)
    steps = whole(row.get("steps"))
    if not 0 <= steps <= _MOST_STEPS:
        raise ValueError(f"{steps} steps are more than there can be")
    voices = [notes_from_json(each) for each in listed(row.get("voices"))]
    columns = listed(row.get("locked"))
    if len(columns) != len(voices):
        raise ValueError("not each voice says what of it is locked")
    locked = np.zeros((steps, len(voices)), np.bool_)
    for voice, spans in enumerate(columns):
        for span in spans_from_json(spans, steps):
            locked[span, voice] = True
    played = tuple(notes_from_json(each) for each in listed(row.get("played")))
    return Given(PianoRoll.from_notes(voices, steps), locked, played)
