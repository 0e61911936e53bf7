"""The melodies that travel with Composer, from assets/melodies/melodies.txt.

The file explains its own notation. It is checked while it is read: a wrong bar names itself.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from composer_app.errors import MelodyError
from composer_app.music.files.regular_file import read_regular
from composer_app.music.melody import Melody
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.pitch import OCTAVE, Key
from composer_app.music.timing import Meter, TempoMap
from composer_app.resources import resource_folder
from composer_app.translation import _

_MOST_BYTES: Final = 1_000_000
_LETTERS: Final = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCIDENTALS: Final = {"": 0, "#": 1, "b": -1}
_TOKEN: Final = re.compile(
    r"(?:(?P<letter>[A-G])(?P<sign>[#b]?)(?P<octave>\d)|[R-]):(?P<length>\d+)"
)
_FIELD: Final = re.compile(r"(title|source|key|meter|tempo):\s*(.+)")


@dataclass(frozen=True, slots=True)
class SampleMelody:
    """A melody in the public domain; ``source`` says whose it is and since when."""

    id: str
    title: str
    source: str
    key: Key
    melody: Melody


@cache
def sample_melodies() -> tuple[SampleMelody, ...]:
    """All samples in the file's order. :class:`MelodyError` for a missing or damaged file."""
    path = resource_folder("assets") / "melodies" / "melodies.txt"
    try:
        text = read_regular(path, _MOST_BYTES).decode("utf-8")
        return tuple(parse_melodies(text))
    except OSError as error:
        raise MelodyError(
            _("The sample melodies are missing ({file})", file=path),
            _("install Composer once more"),
        ) from error
    except ValueError as error:
        raise MelodyError(
            _("The sample melodies are damaged ({file}: {error})", file=path, error=error),
            _("install Composer once more"),
        ) from error


def load_sample(sample_id: str) -> Melody:
    """The melody called ``sample_id``, such as "twinkle"; :class:`MelodyError` if none is."""
    samples = {sample.id: sample.melody for sample in sample_melodies()}
    if sample_id not in samples:
        raise MelodyError(
            _('There is no sample melody "{melody}"', melody=sample_id),
            _("choose one of {known}", known=", ".join(samples)),
        )
    return samples[sample_id]


def parse_melodies(text: str) -> Iterator[SampleMelody]:
    """The melodies of ``text``; :class:`ValueError` names the melody and bar that is wrong."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    for section in re.split(r"^\[", "\n".join(lines), flags=re.MULTILINE)[1:]:
        sample_id, _, body = section.partition("]\n")
        fields: dict[str, str] = {}
        music: list[str] = []
        for line in body.splitlines():
            found = _FIELD.fullmatch(line)
            if found:
                fields[found[1]] = found[2]
            else:
                music.append(line)
        try:
            numerator, denominator = fields["meter"].split("/")
            meter = Meter(int(numerator), int(denominator))
            tempo = TempoMap.constant(float(fields["tempo"]))
            notes = tuple(_parse_notes(" ".join(music), meter))
            melody = Melody(notes, tempo, MeterMap.constant(meter, upbeat=0), fields["title"])
            key = _parse_key(fields["key"])
            yield SampleMelody(sample_id, fields["title"], fields["source"], key, melody)
        except (IndexError, KeyError, ValueError) as error:
            raise ValueError(f"sample melody {sample_id}: {error}") from error


def _parse_key(text: str) -> Key:
    tonic, _, mode = text.partition(" ")
    pitch_class = (_LETTERS[tonic[0]] + _ACCIDENTALS[tonic[1:]]) % OCTAVE
    return Key(pitch_class, {"major": False, "minor": True}[mode])


def _parse_notes(music: str, meter: Meter) -> list[Note]:
    notes: list[Note] = []
    step = 0
    bars = music.split("|")
    for number, bar in enumerate(bars, 1):
        bar_start = step
        for token in bar.split():
            found = _TOKEN.fullmatch(token)
            if found is None:
                raise ValueError(f"bar {number}: what is {token}?")
            length = int(found["length"])
            if found["letter"]:
                pitch = _LETTERS[found["letter"]] + _ACCIDENTALS[found["sign"]]
                notes.append(Note(step, pitch + OCTAVE * (int(found["octave"]) + 1), length))
            elif token.startswith("-"):
                if not notes or notes[-1].end != step:
                    raise ValueError(f"bar {number}: no note to go on with")
                before = notes.pop()
                notes.append(Note(before.start, before.pitch, before.duration + length))
            step += length
        too_long = step - bar_start > meter.steps_per_bar
        too_short = step - bar_start < meter.steps_per_bar and number < len(bars)
        if too_long or too_short:
            raise ValueError(f"bar {number} has {step - bar_start} steps, not a bar of {meter}")
    return notes
