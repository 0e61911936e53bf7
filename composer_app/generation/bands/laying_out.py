"""Laying patterns over the bars of a piece: which ones, chosen by level and by chance."""

from collections.abc import Mapping, Sequence
from typing import Final

from composer_app.generation.bands.chance import Chance, Row
from composer_app.generation.bands.form import Form, Phrase
from composer_app.generation.bands.patterns import SILENCE, Lines, Pattern, pieces
from composer_app.music.meter_map import Bar
from composer_app.music.timing import Meter

Patterns = Mapping[Meter, tuple[Pattern, ...]]
_EVERY: Final = 97


def lines_of(
    form: Form, patterns: Patterns, chance: Chance, row: Row, busy: float, *, grows: bool = False
) -> dict[str, str]:
    """The lines of a part for all steps of ``form``; silence before its entrance and its end.

    ``busy``, -1 to 1, speaks for busy patterns or for simple ones; ``grows`` builds up repeats.
    """
    names = sorted({name for found in patterns.values() for each in found for name in each.lines})
    texts: dict[str, list[str]] = {name: [] for name in names}
    for phrase in form.phrases:
        level = form.level(phrase, chance, row, busy, grows=grows)
        for index in range(phrase.first, phrase.end):
            bar = _bar_lines(form, phrase, index, patterns, level, chance, row)
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
) -> Lines:
    bar = form.bars[index]
    home = form.home(phrase)
    result: dict[str, str] = {}
    for meter, start, end in _pieces(bar):
        pattern = _chosen(patterns[meter], level, chance, row, home)
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
    patterns: Sequence[Pattern], level: int, chance: Chance, row: Row, step: int
) -> Pattern:
    """One of those whose level is nearest to ``level``; of two as near the simpler ones."""
    nearest = min(abs(each.level - level) for each in patterns)
    options = [each for each in patterns if abs(each.level - level) == nearest]
    return chance.pick([each for each in options if each.level == options[0].level], row, step)
