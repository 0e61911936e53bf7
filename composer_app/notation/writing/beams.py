"""Which signs of a bar are joined by beams: those of one beat, or of two where all are eighths."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from composer_app.music.timing import TICKS_PER_BEAT, Meter
from composer_app.notation.bars import Bar
from composer_app.notation.writing.sign import Sign

_BEAMS: Final = {"eighth": 1, "16th": 2, "32nd": 3, "64th": 4}


def beamed(signs: list[Sign], bar: Bar) -> list[Sign]:
    """``signs``, all those of a bar, with the beams that join them."""
    result: list[Sign] = []
    for group in _groups(signs, bar):
        if len(group) == 1:
            result += group
            continue
        counts = [_BEAMS[sign.value or ""] for sign in group]
        result += [
            replace(sign, beams=tuple(_beam(counts, index, level) for level in range(count)))
            for index, (sign, count) in enumerate(zip(group, counts, strict=True))
        ]
    return result


def _groups(signs: Sequence[Sign], bar: Bar) -> list[list[Sign]]:
    length = _group_ticks(bar.meter, signs)
    missing = bar.meter.ticks_per_bar - bar.ticks if bar.upbeat else 0
    groups: list[list[Sign]] = []
    before: tuple[int, bool] | None = None
    for sign in signs:
        joins = bool(sign.notes) and sign.value in _BEAMS
        place = ((sign.start - bar.start + missing) // length, joins)
        if joins and place == before:
            groups[-1].append(sign)
        else:
            groups.append([sign])
        before = place
    return groups


def _group_ticks(meter: Meter, signs: Sequence[Sign]) -> int:
    """How many ticks of a bar are beamed together."""
    pulse = meter.ticks_per_pulse
    if meter.denominator == 8 and pulse < TICKS_PER_BEAT:
        # 3/8 in one; 5/8 and 7/8 in quarters, as nobody says how they are divided.
        return meter.ticks_per_bar if meter.numerator == 3 else TICKS_PER_BEAT
    eighths = all(sign.value not in _BEAMS or sign.value == "eighth" for sign in signs)
    plain = eighths and not any(sign.tuplet for sign in signs)
    if meter.denominator == 4 and meter.numerator % 2 == 0 and plain:
        return 2 * TICKS_PER_BEAT
    return max(pulse, TICKS_PER_BEAT) if pulse % TICKS_PER_BEAT else TICKS_PER_BEAT


def _beam(counts: Sequence[int], index: int, level: int) -> str:
    """What the beam number ``level`` (from 0 on) does at sign ``index`` of a group."""
    before = index > 0 and counts[index - 1] > level
    after = index + 1 < len(counts) and counts[index + 1] > level
    if before and after:
        return "continue"
    if after:
        return "begin"
    if before:
        return "end"
    return "forward hook" if index == 0 else "backward hook"
