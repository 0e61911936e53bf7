"""Laying patterns over the bars of a piece: which ones, chosen by level and by chance."""

from collections.abc import Mapping, Sequence
from typing import Final

from composer_app.generation.bands.chance import Chance, Row
from composer_app.generation.bands.form import Form, Phrase
from composer_app.generation.bands.patterns import SILENCE, Lines, Pattern, pieces
from composer_app.music.meter_map import Bar
from composer_app.music.note import Note
from composer_app.music.timing import Meter

Patterns = Mapping[Meter, tuple[Pattern, ...]]
# The name of the line of what answers the melody.
ANSWERS: Final = "answers"
# A note that the melody holds has been spoken after so many steps; an answer has so many at least.
_SPOKEN, _LEAST_ANSWER = 4, 6
# How often there is one, for whom nobody has called busy or simple; the draws that say so.
_ANSWERED, _ANSWER_DRAW = 0.5, 11
_BEAT: Final = 4


def lines_of(
    form: Form, patterns: Patterns, chance: Chance, row: Row, busy: float, *, grows: bool = False
) -> dict[str, str]:
    """The lines of a part for all steps of ``form``; silence before its entrance and its end.

    ``busy``, -1 to 1, speaks for busy patterns or for simple ones; ``grows`` builds up repeats.
    """
    names = sorted({name for found in patterns.values() for each in found for name in each.lines})
    texts: dict[str, list[str]] = {name: [] for name in names}
    others = form.others
    for phrase in form.phrases:
        level = form.level(phrase, chance, row, busy, grows=grows)
        for index in range(phrase.first, phrase.end):
            against = phrase in others
            bar = _bar_lines(form, phrase, index, patterns, level, chance, row, against)
            length = form.bars[index].end_step - form.bars[index].first_step
            for name in names:
                texts[name].append(bar.get(name, "").ljust(length, SILENCE))
    start = form.bars[form.phrases[0].first].first_step
    return {
        name: _within(SILENCE * start + "".join(parts), form.first, form.last)
        for name, parts in texts.items()
    }


def _within(line: str, first: int, last: int) -> str:
    """``line`` between its entrance and its last chord, which others write."""
    return SILENCE * first + line[first:last] + SILENCE * (len(line) - max(first, last))


def _bar_lines(
    form: Form,
    phrase: Phrase,
    index: int,
    patterns: Patterns,
    level: int,
    chance: Chance,
    row: Row,
    against: bool,
) -> Lines:
    bar = form.bars[index]
    home = form.home(phrase)
    main = form.home(form.phrases[0]) if against else None
    result: dict[str, str] = {}
    for meter, start, end in _pieces(bar):
        pattern = _chosen(patterns[meter], level, chance, row, home, main)
        lines = pattern.bar(index - phrase.first)
        written = max((len(line) for line in result.values()), default=0)
        for name in {*lines, *result}:
            line = lines.get(name, SILENCE * len(next(iter(lines.values()))))
            result[name] = result.get(name, SILENCE * written) + line[start:end]
    return result


def _pieces(bar: Bar) -> list[tuple[Meter, int, int]]:
    length = bar.end_step - bar.first_step
    if bar.number == 0:
        # An upbeat is the end of a bar.
        whole = pieces(bar.meter, bar.meter.steps_per_bar)
        return _last(whole, length)
    return pieces(bar.meter, length)


def _last(found: Sequence[tuple[Meter, int, int]], steps: int) -> list[tuple[Meter, int, int]]:
    """The end of ``found`` that lasts ``steps``."""
    result: list[tuple[Meter, int, int]] = []
    for meter, start, end in reversed(found):
        if steps <= 0:
            break
        result.insert(0, (meter, max(start, end - steps), end))
        steps -= end - start
    return result


def _chosen(
    patterns: Sequence[Pattern], level: int, chance: Chance, row: Row, step: int, main: int | None
) -> Pattern:
    """One of those whose level is nearest to ``level``; of two as near the simpler ones.

    In another section it is another one than chance would choose at the step ``main``.
    """
    nearest = min(abs(each.level - level) for each in patterns)
    found = [each for each in patterns if abs(each.level - level) == nearest]
    options = [each for each in found if each.level == found[0].level]
    if main is not None and len(options) > 1:
        options.remove(chance.pick(options, row, main))
    return chance.pick(options, row, step)


def answers_of(
    form: Form, patterns: Patterns, melody: Sequence[Note], chance: Chance, busy: float
) -> str:
    """The line of what answers the melody (on the grid) where it rests or holds a note.

    An answer lasts from the beat after it has fallen silent to the end of that bar at most.
    """
    line = SILENCE * form.end
    starts = [*(note.start for note in melody[1:]), melody[-1].end]
    for note, after in zip(melody, starts, strict=True):
        begun = note.start + min(note.duration, _SPOKEN)
        if min(after, form.last) - begun < _LEAST_ANSWER:
            continue
        bar_index = next(i for i, bar in enumerate(form.bars) if bar.end_step > begun)
        bar = form.bars[bar_index]
        first = begun + (bar.first_step - begun) % _BEAT
        end = min(after, bar.end_step, form.last)
        home = form.source[bar_index] + first - bar.first_step
        wished = chance.uniform(Row.FORM, home, _ANSWER_DRAW) < _ANSWERED * (1 + busy)
        if end - first < _LEAST_ANSWER or first < form.first or not wished or not bar.number:
            continue
        text = ""
        for meter, start, until in _pieces(bar):
            options = patterns.get(meter, ())
            if not options:
                return line
            pattern = chance.pick(options, Row.FORM, home, _ANSWER_DRAW + 1)
            text += pattern.bar(0)[""][start:until]
        line = line[:first] + text[first - bar.first_step : end - bar.first_step] + line[end:]
    return line
