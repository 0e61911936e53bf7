"""What is measured of a take's harmony, tune by tune, as counts that can be pooled.

A beat is a dotted quarter in 6/8, else a quarter. What counts are beats under the melody: those in
which it sounds, and which begin with an annotated chord. ``root`` and ``third`` are the annotated
chord's first two tones (its fourth, its second or its fifth where it has no third).
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.analysis.chord_labels import NO_CHORD, label_chords
from composer_app.analysis.metrics.voice_metrics import Count, pooled
from composer_app.analysis.voice_grid import REST, VOICES, VoiceGrid, class_masks
from composer_app.evaluation.harmony.tunes import Tune, chord_classes
from composer_app.music.harmony.chord_qualities import QUALITY_TONES
from composer_app.music.pitch import OCTAVE, Key
from composer_app.training.corpora.annotated_corpora import ChordRows

Counts = dict[str, Count]
# By so many bars the annotation is moved for the level of chance: odd numbers, since phrases that
# repeat have even ones.
_SHIFTS: Final = (3, 5, 7)
_PHRASES: Final = (4, 2)
_EIGHTH: Final = 2
_EIGHTHS: Final = 6
_LOUD_ENOUGH: Final = 0.5
_SECOND_TONES: Final = np.array([tones[1] for tones in QUALITY_TONES.values()])


def measure_harmony(take: VoiceGrid, tune: Tune) -> Counts:
    """Everything that is measured of ``take`` (T, 4), whose voice 0 is the melody of ``tune``."""
    counts = agreement(take, tune, tune.chords)
    counts |= _openings(take, tune)
    labels = label_chords(take.pitch, tune.beats)
    counts["root_changes"] = root_changes(labels.root, tune)
    for bars in _PHRASES:
        counts[f"bass_repeats_{bars}"] = repeated_bass(labels.bass, tune, bars)
    struck = take.onset[:, 1:].sum()
    counts["notes_per_beat"] = Count(float(struck), len(tune.beats) * (VOICES - 1))
    if tune.meter.denominator == 8:
        counts |= eighths(take, tune)
    return counts


def agreement(take: VoiceGrid, tune: Tune, chords: ChordRows) -> Counts:
    """How far ``take`` agrees with ``chords`` (T,), which may be other ones than the tune's."""
    first = tune.beats
    root, quality = chords.root[first].astype(np.int64), chords.quality[first]
    judged = tune.judged_beats & (root != NO_CHORD)
    heard = np.bitwise_or.reduceat(class_masks(take), first)
    third = (root + _SECOND_TONES[quality]) % OCTAVE
    both = (heard >> root.clip(0) & 1).astype(np.bool_) & (heard >> third & 1).astype(np.bool_)
    bass = label_chords(take.pitch, first).bass
    inside = _time_in_chords(take, tune, chord_classes(chords))
    return {
        "root_and_third": _share(both, judged),
        "bass_on_root": _share(bass == root, judged),
        "bass_on_bass": _share(bass == chords.bass[first], judged),
        "chord_tones": inside,
    }


def chance(take: VoiceGrid, tune: Tune) -> Counts:
    """The agreement with the tune's own chords moved by some bars: what staying in key brings."""
    rows = tune.chords
    moved = []
    for bars in _SHIFTS:
        by = bars * tune.meter.steps_per_bar
        others = ChordRows(*(np.roll(row, by) for row in (rows.root, rows.quality, rows.bass)))
        moved.append(agreement(take, tune, others))
    return {name: pooled(counts[name] for counts in moved) for name in moved[0]}


def root_changes(root: NDArray[np.int8], tune: Tune) -> Count:
    """Changes of the root (B,) from one beat to the next, and the number of bars."""
    known = root[(root != NO_CHORD) & tune.judged_beats]
    changes = np.count_nonzero(known[1:] != known[:-1])
    per_bar = tune.meter.steps_per_bar // tune.meter.steps_per_beat
    return Count(float(changes), len(known) / per_bar)


def repeated_bass(bass: NDArray[np.int8], tune: Tune, bars: int) -> Count:
    """Beats with the same bass (B,), under phrases of ``bars`` bars that repeat note by note."""
    hits = of = 0
    length = bars * tune.meter.steps_per_bar
    for earlier, later in repeated_phrases(tune, bars):
        one, other = (
            bass[(tune.beats >= start) & (tune.beats < start + length)]
            for start in (earlier, later)
        )
        hits += int(np.count_nonzero((one == other) & (one != NO_CHORD)))
        of += len(one)
    return Count(hits, of)


def repeated_phrases(tune: Tune, bars: int) -> Iterator[tuple[int, int]]:
    """``(earlier, later)``: steps at which ``bars`` bars of the melody begin that are the same.

    Later ones do not overlap, nor with the earlier one; bars that are mainly silent are left out.
    """
    length = bars * tune.meter.steps_per_bar
    pitch, onset = tune.grid.pitch[:, 0], tune.grid.onset[:, 0]
    starts = [int(s) for s in tune.bars if tune.position[s] == 0 and s + length <= tune.steps]
    free = 0
    for later in starts:
        here = slice(later, later + length)
        if later < free or (pitch[here] != REST).mean() < _LOUD_ENOUGH:
            continue
        for earlier in starts:
            there = slice(earlier, earlier + length)
            if earlier + length > later:
                break
            if (pitch[here] == pitch[there]).all() and (onset[here] == onset[there]).all():
                yield earlier, later
                free = later + length
                break


def eighths(take: VoiceGrid, tune: Tune) -> Counts:
    """The share of the accompaniment's attacks on each eighth of a bar of 6/8, from 1."""
    struck = take.onset[:, 1:].sum(axis=1)
    place = tune.position // _EIGHTH
    total = float(struck.sum())
    attacks = [Count(float(struck[place == each].sum()), total) for each in range(_EIGHTHS)]
    counts = {f"eighth_{number}": count for number, count in enumerate(attacks, 1)}
    counts["eighths_1_and_4"] = Count(attacks[0].hits + attacks[3].hits, total)
    return counts


def key_right(estimate: Key, tune: Tune) -> Count:
    """Whether ``estimate`` has the tonic and the mode of the annotation."""
    same = (estimate.tonic, estimate.minor) == (tune.key.tonic, tune.key.minor)
    return Count(float(same), 1)


def _openings(take: VoiceGrid, tune: Tune) -> Counts:
    """The bass at the first downbeat under the melody, and under its last note."""
    bass = label_chords(take.pitch, tune.beats).bass
    downbeats = np.flatnonzero(tune.judged_beats & (tune.position[tune.beats] == 0))
    root = tune.chords.root
    counts = {"first_bass": Count(0, 0), "last_bass": Count(0, 0)}
    if downbeats.size:
        first = downbeats[0]
        counts["first_bass"] = Count(float(bass[first] == root[tune.beats[first]]), 1)
    final = root[tune.last_onset]
    if tune.ends and final != NO_CHORD:
        counts["last_bass"] = Count(float(_last_bass(take, tune) == final), 1)
    return counts


def _last_bass(take: VoiceGrid, tune: Tune) -> int:
    """Pitch class of the lowest note that sounds last under the melody's last note; or -1."""
    cells = take.pitch[tune.last_onset :]
    heard = np.flatnonzero((cells != REST).any(axis=1))
    if not heard.size:
        return NO_CHORD
    last = cells[heard[-1]]
    return int(last[last != REST].min()) % OCTAVE


def _time_in_chords(take: VoiceGrid, tune: Tune, allowed: NDArray[np.int64]) -> Count:
    """Cells of the accompaniment in the chord of their step, of those under judged beats."""
    lengths = np.diff(tune.beats, append=tune.steps)
    judged = np.repeat(tune.judged_beats, lengths) & (allowed != 0)
    cells = take.pitch[:, 1:].astype(np.int64)
    sounding = (cells != REST) & judged[:, None]
    fits = (allowed[:, None] >> (cells % OCTAVE) & 1).astype(np.bool_)
    return Count(float((sounding & fits).sum()), float(sounding.sum()))


def _share(hits: NDArray[np.bool_], of: NDArray[np.bool_]) -> Count:
    return Count(float((hits & of).sum()), float(of.sum()))
