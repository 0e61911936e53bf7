"""The drums of a band from patterns: a groove, fills where phrases end, a stroke at the end.

In 4/4 a network plays them (:mod:`composer_app.generation.bands.written_drums`) where a style names
one and it is installed.
"""

from typing import Final

from composer_app.generation.bands.chance import Chance, Row
from composer_app.generation.bands.chords_part import Sound
from composer_app.generation.bands.form import Form, Phrase
from composer_app.generation.bands.laying_out import Patterns, lines_of
from composer_app.generation.bands.patterns import SILENCE, pieces, strokes
from composer_app.generation.bands.style_file import DRUMS

# How often a phrase ends with a fill, and how often with a long one.
_FILLS: Final = 0.85
_ACCENT, _STROKE, _SOFT, _GHOST = "X", "x", "o", "g"
_CRASH, _KICK = "crash", "kick"
_BEAT: Final = 4


def play_drums(
    form: Form, patterns: Patterns, fills: Patterns, chance: Chance, busy: float
) -> list[Sound]:
    """The strokes of the drums, each a step long, its pitch that of General MIDI's drum."""
    lines = lines_of(form, patterns, chance, Row.DRUMS, busy, grows=True)
    steps = len(next(iter(lines.values())))
    lines = {name: lines.get(name, SILENCE * steps) for name in DRUMS}
    for phrase in form.phrases[:-1]:
        if fills and has_fill(form, phrase, chance):
            lines = _with_fill(lines, form, phrase, fills, chance)
    lines = _with_end(lines, form)
    return sorted(
        (
            Sound(stroke.start, 1, DRUMS[name], stroke.sign)
            for name, line in lines.items()
            for stroke in strokes(line)
        ),
        key=lambda sound: (sound.start, sound.pitch),
    )


def has_fill(form: Form, phrase: Phrase, chance: Chance) -> bool:
    """Whether ``phrase``, which is not the last one, ends with a fill."""
    return chance.uniform(Row.FORM, form.home(phrase), 1) < _FILLS


def _with_fill(
    lines: dict[str, str], form: Form, phrase: Phrase, fills: Patterns, chance: Chance
) -> dict[str, str]:
    """``lines`` with a fill in the last bar of ``phrase``, and a crash after it."""
    bar = form.bars[phrase.end - 1]
    if bar.first_step < form.first or bar.end_step > form.last:
        return lines
    parts: dict[str, str] = dict.fromkeys(lines, "")
    for meter, start, end in pieces(bar.meter, bar.end_step - bar.first_step):
        options = fills[meter]
        if not options:
            return lines
        fill = chance.pick(options, Row.DRUMS, bar.first_step, 5).lines
        for name in parts:
            parts[name] += fill.get(name, SILENCE * 16)[start:end]
    begun = [
        len(line) - len(line.lstrip(SILENCE)) for line in parts.values() if line.strip(SILENCE)
    ]
    if not begun:
        return lines
    # The groove goes on up to the beat in which the fill begins.
    first = bar.first_step + min(begun) // _BEAT * _BEAT
    result = {
        name: line[:first] + parts[name][first - bar.first_step :] + line[bar.end_step :]
        for name, line in lines.items()
    }
    if bar.end_step < form.last:
        for name, sign in ((_CRASH, _STROKE), (_KICK, _STROKE)):
            result[name] = _put(result[name], bar.end_step, sign)
    return result


def _with_end(lines: dict[str, str], form: Form) -> dict[str, str]:
    for name, sign in ((_CRASH, _STROKE), (_KICK, _ACCENT)):
        lines[name] = _put(lines[name], form.last, sign)
    return lines


def _put(line: str, step: int, sign: str) -> str:
    return line[:step] + sign + line[step + 1 :]
