"""A style as data: a file of TOML that a person can read, copy and change.

docs/styles.md explains every field. A style either names a model whose voices it is written in, or
it is a band: an ensemble of melody, chords, bass and drums, and the patterns that these play. What
anybody has written there is checked when it is read, and what is wrong is said with its place.
"""

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from composer_app.errors import StyleError
from composer_app.generation.bands.patterns import (
    HELD,
    HOLD,
    SILENCE,
    Level,
    Pattern,
    in_every_meter,
    letters,
    parse_line,
)
from composer_app.music.files.regular_file import read_regular
from composer_app.music.files.safe_file import failure_reason
from composer_app.music.harmony.spelling import natural_semitone
from composer_app.music.instrumentation.instruments import INSTRUMENT_NAMES
from composer_app.music.instrumentation.styles import Tempo
from composer_app.music.mix import CENTRE, DEFAULT_VOLUME, TrackMix
from composer_app.music.pitch import OCTAVE, PITCH_COUNT
from composer_app.music.timing import Meter
from composer_app.plain_text import one_line, one_line_name
from composer_app.translation import _

ROLES: Final = ("melody", "chords", "bass", "drums")
# By General MIDI's numbers.
DRUMS: Final = {
    "kick": 36,
    "rim": 37,
    "snare": 38,
    "low tom": 43,
    "closed": 42,
    "pedal": 44,
    "open": 46,
    "mid tom": 47,
    "high tom": 50,
    "crash": 49,
    "ride": 51,
}
_MOST_BYTES: Final = 200_000
_MOST_PATTERNS: Final = 500
_MOST_LETTERS: Final = 300
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_STRAIGHT, _MOST_SWING = 0.5, 0.75
_TEMPO: Final = Tempo(60, 100, 160)
# How often a chord may change: at each beat, in the middle of a bar too, or where bars begin.
HOLDS: Final = ("beat", "half", "bar")
# How chords are spread: near to each other, with another tone than the root at the bottom, or from
# the root over the fifth, as on the strings of a guitar.
VOICINGS: Final = ("close", "inverted", "barre")
_MOST_EARLY: Final = 0.2
_LONGEST_ENDING: Final = 64


@dataclass(frozen=True, slots=True)
class Player:
    """One track: its General MIDI ``program``, its range in MIDI pitches, and its place in the mix.

    The range of drums and of the melody says nothing. What ``rings`` is held until it plays again;
    what ``strums`` strikes its notes one after another, up and down. ``voicing`` is one of
    :data:`VOICINGS`. A bass that ``follows_kick`` strikes with the kick of the drums.
    """

    program: int
    low: int
    high: int
    mix: TrackMix
    rings: bool = False
    strums: bool = False
    follows_kick: bool = False
    voicing: str = VOICINGS[0]


@dataclass(frozen=True, slots=True)
class Taste:
    """How the chords of a band are planned.

    ``model`` is the network that plans, ``styles`` whose harmony it is planned in (between several
    of them). ``hold`` is one of :data:`HOLDS`; ``richness`` from -1, triads, to 1, sevenths and
    chords beyond the key.
    """

    model: str
    styles: tuple[str, ...]
    hold: str
    richness: float


@dataclass(frozen=True, slots=True)
class DrumTaste:
    """How the drums of a band are written in 4/4: by the network ``model``.

    ``styles`` are those of human performances, such as "rock" or "jazz/swing", of which the noise
    vector chooses one for a piece. ``kit`` has the pitches of the drums that the groove is played
    on; where it is empty, any may be.
    """

    model: str
    styles: tuple[str, ...]
    kit: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Band:
    """Who plays, in the order of :data:`ROLES`, and what.

    ``swing`` is where in a beat its second eighth falls: 0.5 is straight, 0.667 a triplet.
    ``second_beat`` is by how much of a beat the second one of three is early. ``patterns`` are
    those of chords, bass and drums by metre, ``fills`` those of the drums for the last bar of a
    phrase, ``answers`` those of the chords where the melody rests. ``endings`` has for chords and
    bass what they play from the last chord on. Where there are ``drums``, a network plays them
    instead of the patterns wherever it can.
    """

    players: tuple[Player, Player, Player, Player]
    swing: float
    taste: Taste
    patterns: Mapping[str, Mapping[Meter, tuple[Pattern, ...]]]
    fills: Mapping[Meter, tuple[Pattern, ...]]
    answers: Mapping[Meter, tuple[Pattern, ...]] = field(default_factory=dict)
    endings: Mapping[str, str] = field(default_factory=dict)
    second_beat: float = 0.0
    drums: DrumTaste | None = None

    @property
    def programs(self) -> tuple[int, ...]:
        """The General MIDI programs of its tracks."""
        return tuple(player.program for player in self.players)


@dataclass(frozen=True, slots=True)
class StyleFile:
    """What a file says: a style that is either a ``band`` or written by a ``model``.

    ``problem`` says what is wrong with a file that cannot be used. ``sha256`` is the file's.
    """

    name: str
    path: Path
    title: str = ""
    description: str = ""
    licence: str = ""
    tempo: Tempo = _TEMPO
    meters: tuple[Meter, ...] = ()
    model: str = ""
    band: Band | None = None
    sha256: str = ""
    problem: StyleError | None = None


def read_style(path: Path) -> StyleFile:
    """The style in the file ``path``, or what is wrong with it."""
    name = one_line_name(path.stem)
    try:
        data = read_regular(path, _MOST_BYTES)
    except (OSError, ValueError) as error:
        problem = StyleError(
            _("{file} cannot be read: {reason}", file=path.name, reason=failure_reason(error))
        )
        return StyleFile(name, path, problem=problem)
    try:
        return _parsed(name, path, data)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        problem = StyleError(
            _(
                "{file} is no file of TOML: {reason}",
                file=path.name,
                reason=one_line(str(error), _MOST_LETTERS),
            ),
            _("compare it with one of Composer's own styles"),
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        problem = StyleError(
            _(
                "{file} is no style: {reason}",
                file=path.name,
                reason=one_line(str(error), _MOST_LETTERS),
            ),
            _("see docs/styles.md"),
        )
    return StyleFile(name, path, problem=problem)


def _parsed(name: str, path: Path, data: bytes) -> StyleFile:
    if not _NAME.fullmatch(name):
        raise ValueError("its name has other letters than a-z, 0-9 and -")
    row = tomllib.loads(data.decode("utf-8"))
    _only(
        row,
        "title description licence meters tempo model feel harmony drums tracks patterns fills"
        " ending",
    )
    model = _text(row, "model", "")
    tempo = _table(row, "tempo")
    _only(tempo, "lowest usual highest", "tempo")
    band = None if model else _band(row)
    return StyleFile(
        name,
        path,
        one_line_name(_text(row, "title")),
        one_line(_text(row, "description"), _MOST_LETTERS),
        one_line(_text(row, "licence"), _MOST_LETTERS),
        Tempo(*(_number(tempo, key, 4, 1000) for key in ("lowest", "usual", "highest"))),
        tuple(_meter(each) for each in _list(row, "meters")),
        model,
        band,
        hashlib.sha256(data).hexdigest(),
    )


def _band(row: Mapping[str, Any]) -> Band:
    tracks = _table(row, "tracks")
    _only(tracks, " ".join(ROLES), "tracks")
    melody, chords, bass, drums = (_player(_table(tracks, role), role) for role in ROLES)
    feel, taste = _table(row, "feel"), _table(row, "harmony")
    _only(feel, "swing second_beat", "feel")
    _only(taste, "model styles hold richness", "harmony")
    hold = _text(taste, "hold", HOLDS[1])
    if hold not in HOLDS:
        raise ValueError(f"hold is “{hold}”, none of {', '.join(HOLDS)}")
    styles = _names(taste, "harmony")
    patterns = _table(row, "patterns")
    _only(patterns, "chords answers bass drums", "patterns")
    parts = {part: _patterns(_list(patterns, part), part) for part in ROLES[1:]}
    for part, found in parts.items():
        if not found:
            raise ValueError(f"there is no pattern of the {part}")
    return Band(
        (melody, chords, bass, drums),
        _number(feel, "swing", _STRAIGHT, _MOST_SWING),
        Taste(_text(taste, "model"), styles, hold, _number(taste, "richness", -1, 1)),
        {part: in_every_meter(found) for part, found in parts.items()},
        in_every_meter(_patterns(_list(row, "fills"), "drums")),
        in_every_meter(_patterns(_list(patterns, "answers"), "chords")),
        _endings(row),
        _number(feel, "second_beat", 0, _MOST_EARLY, 0),
        _drum_taste(_table(row, "drums")) if "drums" in row else None,
    )


def _endings(row: Mapping[str, Any]) -> dict[str, str]:
    ending = _table(row, "ending") if "ending" in row else {}
    _only(ending, "chords bass", "ending")
    lines = {part: letters(_text(ending, part), part) for part in ending}
    for part, line in lines.items():
        if not 0 < len(line) <= _LONGEST_ENDING or line[0] in f"{HOLD}{SILENCE}":
            raise ValueError(f"the ending of the {part} does not begin with a stroke, or is long")
    return lines


def _drum_taste(row: Mapping[str, Any]) -> DrumTaste:
    _only(row, "model styles kit", "drums")
    kit = _list(row, "kit")
    foreign = [each for each in kit if each not in DRUMS]
    if foreign:
        raise ValueError(f"“{foreign[0]}” is none of the drums {', '.join(DRUMS)}")
    pitches = tuple(DRUMS[each] for each in kit)
    return DrumTaste(_text(row, "model"), _names(row, "drums"), pitches)


def _names(row: Mapping[str, Any], what: str) -> tuple[str, ...]:
    names = tuple(_list(row, "styles"))
    if not names or not all(isinstance(each, str) for each in names):
        raise ValueError(f"styles of the {what} are a list of names")
    return names


def _player(row: Mapping[str, Any], role: str) -> Player:
    _only(row, "instrument low high pan level rings strums follows_kick voicing", role)
    low, high = 0, PITCH_COUNT - 1
    program = 0
    if role != "drums":
        wanted = _text(row, "instrument")
        if wanted not in INSTRUMENT_NAMES:
            raise ValueError(f"General MIDI has no instrument “{wanted}” ({role})")
        program = INSTRUMENT_NAMES.index(wanted)
    if role in ("chords", "bass"):
        low, high = (_pitch(_text(row, end)) for end in ("low", "high"))
        if high - low < OCTAVE:
            raise ValueError(f"the {role} have less than an octave")
    level = round(_number(row, "level", 0, 127, DEFAULT_VOLUME))
    mix = TrackMix(level, round(_number(row, "pan", 0, 127, CENTRE)))
    voicing = _text(row, "voicing", VOICINGS[0])
    if voicing not in VOICINGS:
        raise ValueError(f"voicing is “{voicing}”, none of {', '.join(VOICINGS)}")
    rings, strums, kick = (_flag(row, key) for key in ("rings", "strums", "follows_kick"))
    return Player(program, low, high, mix, rings, strums, kick, voicing)


def _flag(row: Mapping[str, Any], key: str) -> bool:
    value = row.get(key, False)
    if not isinstance(value, bool):
        raise ValueError(f"{key} is {value}, neither true nor false")
    return value


def _pitch(name: str) -> int:
    match = re.fullmatch(r"([A-G])([#b]?)(\d)", name)
    if match is None:
        raise ValueError(f"“{name}” is no pitch such as C3 or Bb2")
    letter, sign, octave = match.groups()
    return natural_semitone(letter) + {"": 0, "#": 1, "b": -1}[sign] + OCTAVE * (int(octave) + 1)


def _patterns(rows: Sequence[Any], part: str) -> tuple[Pattern, ...]:
    if len(rows) > _MOST_PATTERNS:
        raise ValueError(f"there are more than {_MOST_PATTERNS} patterns")
    return tuple(_pattern(row, part) for row in rows)


def _pattern(row: Any, part: str) -> Pattern:
    if not isinstance(row, dict):
        raise ValueError(f"a pattern of the {part} is a table such as {{meter = …, rhythm = …}}")
    meter = _meter(row.get("meter"))
    level = _text(row, "level", "medium").upper()
    if level not in Level.__members__:
        raise ValueError(f"a level is simple, medium or busy, not “{level.lower()}”")
    if part == "drums":
        _only(row, ["meter", "level", *DRUMS], "drums")
        texts = {key: value for key, value in row.items() if key in DRUMS}
    else:
        _only(row, "meter level rhythm held" if part == "chords" else "meter level rhythm", part)
        texts = {"": _text(row, "rhythm")}
        if HELD in row:
            texts[HELD] = _text(row, HELD)
    lines = {key: parse_line(_text(texts, key), part, meter) for key in texts}
    longest = max((len(line) for line in lines.values()), default=0)
    if not longest or any(longest % len(line) for line in lines.values()):
        raise ValueError(f"the lines of a pattern of the {part} in {meter} do not fit each other")
    # A shorter line is played again and again.
    return Pattern(
        meter, Level[level], {key: line * (longest // len(line)) for key, line in lines.items()}
    )


def _meter(value: object) -> Meter:
    match = re.fullmatch(r"(\d{1,2})/(\d{1,2})", value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f"“{value}” is no metre such as 4/4")
    return Meter(int(match[1]), int(match[2]))


def _only(row: Mapping[str, Any], known: str | Sequence[str], where: str = "") -> None:
    names = known.split() if isinstance(known, str) else known
    for key in row:
        if key not in names:
            place = f" of {where}" if where else ""
            raise ValueError(f"there is no field “{key}”{place}")


def _table(row: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = row.get(key)
    if not isinstance(value, dict):
        raise ValueError(f"the table [{key}] is missing")
    return value


def _list(row: Mapping[str, Any], key: str) -> list[Any]:
    value = row.get(key, [])
    if not isinstance(value, list):
        raise ValueError(f"{key} is no list")
    return value


def _text(row: Mapping[str, Any], key: str, usual: str | None = None) -> str:
    value = row.get(key, usual)
    if not isinstance(value, str):
        raise ValueError(f"{key or 'a line'} is no text, or missing")
    return value


def _number(
    row: Mapping[str, Any], key: str, least: float, most: float, usual: float | None = None
) -> float:
    value = row.get(key, usual)
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise ValueError(f"{key} is {value}, no number from {least:g} to {most:g}")
    return value
