"""Notes that belong to no chord, and dissonances that have to go somewhere."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.analysis.metrics.voice_metrics import Count
from composer_app.analysis.style_features.reading import (
    BEAT,
    VOICE_TITLES,
    WIDEST_STEP,
    Features,
    Reading,
    count_true,
    interval_table,
)
from composer_app.analysis.voice_grid import REST, VOICES, class_masks, mask_of
from composer_app.music.harmony.chord_qualities import QUALITY_TONES
from composer_app.music.pitch import OCTAVE

_BASS: Final = VOICES - 1
_FOURTH: Final = 5
_TRITONE: Final = 6
# What is held and has not moved after so many steps, a half note, is no suspension.
_LONGEST_WAIT: Final = 8
_COMPLETE: Final = ("7", "m7", "maj7", "m7b5")
_WITHOUT_FIFTH: Final = ("7", "m7", "maj7")
_FIFTH_INDEX: Final = 2
# Whether an interval class is a second or a seventh.
_CLASH: Final = interval_table(1, 2, 10, 11)


def _seventh_table() -> NDArray[np.int64]:
    """(4096,): the seventh of the chord that a set of pitch classes is, -1 where it is none."""
    table = np.full(1 << OCTAVE, -1, np.int64)
    chords = [QUALITY_TONES[name] for name in _COMPLETE]
    for name in _WITHOUT_FIFTH:
        tones = QUALITY_TONES[name]
        chords.append(tones[:_FIFTH_INDEX] + tones[_FIFTH_INDEX + 1 :])
    for tones in chords:
        for root in range(OCTAVE):
            table[mask_of([root + tone for tone in tones])] = (root + tones[-1]) % OCTAVE
    return table


_SEVENTH: Final = _seventh_table()


def ornament_features(reading: Reading) -> Features:
    """Passing and neighbour notes, suspensions, dissonances, sevenths and leading tones."""
    return (
        _off_beats(reading)
        | _suspensions(reading)
        | _dissonances(reading)
        | _sevenths(reading)
        | _leading_tones(reading)
    )


def suspensions(reading: Reading) -> NDArray[np.int64]:
    """(S, 4): beat, voice, resolution and interval class above the bass of held dissonances.

    A lower voice keeps the note that it had before a beat, or strikes it again, and a voice that
    moves there makes a second or a seventh with it, or the bass a fourth; before the beat it made
    none of the former with any voice. ``resolution`` is the interval to the next other pitch of the
    voice, where that comes within a half note, else 0. What resolves down by step is a suspension.
    """
    beats = reading.beats[reading.beats > 0]
    pitch = reading.pitch
    found = []
    for voice in range(1, VOICES):
        own = pitch[beats, voice]
        kept = (own != REST) & (pitch[beats - 1, voice] == own)
        for step in beats[kept].tolist():
            note = pitch[step, voice]
            fresh = reading.struck[step]
            above = int(note - pitch[step, _BASS]) % OCTAVE
            clash = _CLASH[(pitch[step][fresh] - note) % OCTAVE].any()
            clash = clash or (above == _FOURTH and fresh[_BASS])
            before = pitch[step - 1]
            if not clash or _CLASH[(before[before != REST] - note) % OCTAVE].any():
                continue
            later = pitch[step : step + _LONGEST_WAIT + 1, voice]
            others = later[later != note]
            moved = others.size and others[0] != REST
            found.append((step, voice, int(others[0] - note) if moved else 0, above))
    return np.array(found, np.int64).reshape(-1, 4)


def sevenths(reading: Reading) -> NDArray[np.int64]:
    """(S, 3): voice, interval in and interval out of each chordal seventh that sounds on a beat.

    Four voices sound a dominant, minor, major or half-diminished seventh chord and nothing else;
    all but the last may lack the fifth. (A diminished seventh chord does not say by its sound which
    of its tones the seventh is.) Intervals are those from the note before and to the next other
    pitch of the voice; sevenths after which the voice rests or the passage ends are left out.
    """
    found = []
    masks = class_masks(reading.grid)
    for step in reading.full_beats.tolist():
        wanted = _SEVENTH[masks[step]]
        if wanted < 0:
            continue
        for voice in np.flatnonzero(reading.pitch[step] % OCTAVE == wanted).tolist():
            own, after = reading.pitch[step, voice], reading.next_pitch[step, voice]
            before = reading.pitch[step - 1, voice] if step else REST
            if after != REST:
                found.append((voice, 0 if before == REST else int(own - before), int(after - own)))
    return np.array(found, np.int64).reshape(-1, 3)


def sevenths_resolving(reading: Reading) -> Count:
    """Share of the chordal sevenths in any voice that go down by step to their next pitch."""
    out = sevenths(reading)[:, 2]
    return count_true((out < 0) & (out >= -WIDEST_STEP))


def suspensions_per_100(reading: Reading) -> Count:
    """Suspensions that resolve down by step, in the lower voices, per 100 beats."""
    rows = suspensions(reading)
    good = (rows[:, 2] < 0) & (rows[:, 2] >= -WIDEST_STEP)
    return Count(100.0 * float(good.sum()), float(reading.beats.size))


def _off_beats(reading: Reading) -> Features:
    """What the notes on off-beat eighths are to their neighbours, by voice."""
    features: Features = {}
    for voice in range(1, VOICES):
        notes = reading.notes[voice]
        joined = notes[1:, 0] == notes[:-1, 1]
        inner = np.flatnonzero(joined[1:] & joined[:-1]) + 1
        start, length = notes[inner, 0], notes[inner, 1] - notes[inner, 0]
        into = notes[inner, 2] - notes[inner - 1, 2]
        out = notes[inner + 1, 2] - notes[inner, 2]
        small = (np.abs(into) <= WIDEST_STEP) & (into != 0)
        left = (np.abs(out) <= WIDEST_STEP) & (out != 0)
        on = np.sign(into) == np.sign(out)
        place = reading.position[start] % BEAT
        prefix = VOICE_TITLES[voice]
        for title, here in (
            ("off-beats", (place == BEAT // 2) & (length <= BEAT // 2)),
            ("short notes on beats", (place == 0) & (length <= BEAT // 2)),
            ("sixteenths", length == 1),
        ):
            rows = {
                "that pass": small & left & on,
                "that are neighbours": small & left & (into == -out),
                "reached by leap and left by step": (np.abs(into) > WIDEST_STEP) & left,
                "reached by step and left by leap": small & (np.abs(out) > WIDEST_STEP),
            }
            if title == "off-beats":
                rows["that anticipate"] = out == 0
                rows["between two leaps"] = (np.abs(into) > WIDEST_STEP) & (
                    np.abs(out) > WIDEST_STEP
                )
            for what, hits in rows.items():
                features[f"{prefix}: {title} {what}"] = count_true(hits[here])
    return features


def _suspensions(reading: Reading) -> Features:
    rows = suspensions(reading)
    down = (rows[:, 2] < 0) & (rows[:, 2] >= -WIDEST_STEP)
    beats = float(reading.beats.size)
    features = {
        "suspensions per 100 beats": suspensions_per_100(reading),
        "held dissonances that resolve down": count_true(down),
        "held dissonances that rise by step": count_true(
            (rows[:, 2] > 0) & (rows[:, 2] <= WIDEST_STEP)
        ),
        "held dissonances that leap": count_true(np.abs(rows[:, 2]) > WIDEST_STEP),
    }
    for voice in range(1, VOICES):
        own = float((down & (rows[:, 1] == voice)).sum())
        features[f"{VOICE_TITLES[voice]}: suspensions per 100 beats"] = Count(100 * own, beats)
    for title, classes in (("4-3", (5,)), ("7-6", (10, 11)), ("9-8", (1, 2))):
        own = float((down & np.isin(rows[:, 3], classes) & (rows[:, 1] != _BASS)).sum())
        features[f"suspensions {title} per 100 beats"] = Count(100 * own, beats)
    return features


def _dissonances(reading: Reading) -> Features:
    """Seconds, sevenths and tritones between voices, at beats and between them."""
    features: Features = {}
    steps = np.arange(reading.grid.steps)
    for title, place in (("beats", 0), ("off-beats", 2)):
        here = steps[reading.position % BEAT == place]
        pitch = reading.pitch[here]
        clash = np.zeros(len(here), np.bool_)
        tritone, fourth, fresh = clash.copy(), clash.copy(), clash.copy()
        for upper in range(VOICES):
            for lower in range(upper + 1, VOICES):
                both = (pitch[:, upper] != REST) & (pitch[:, lower] != REST)
                interval = (pitch[:, upper] - pitch[:, lower]) % OCTAVE
                hard = both & _CLASH[interval]
                clash |= hard
                fresh |= hard & reading.struck[here, upper] & reading.struck[here, lower]
                tritone |= both & (interval == _TRITONE)
                if lower == _BASS:
                    fourth |= both & (interval == _FOURTH)
        features[f"{title} with a second or seventh"] = count_true(clash)
        features[f"{title} with a second or seventh that is struck together"] = count_true(fresh)
        features[f"{title} with a tritone"] = count_true(tritone)
        features[f"{title} with a fourth above the bass"] = count_true(fourth)
    return features


def _sevenths(reading: Reading) -> Features:
    rows = sevenths(reading)
    voice, way_in, out = rows.T
    step_down = (out < 0) & (out >= -WIDEST_STEP)
    features = {
        "sevenths per beat": Count(float(len(rows)), float(reading.beats.size)),
        "sevenths that resolve down": sevenths_resolving(reading),
        "sevenths that rise by step": count_true((out > 0) & (out <= WIDEST_STEP)),
        "sevenths that leap": count_true(np.abs(out) > WIDEST_STEP),
        "sevenths that were there before": count_true(way_in == 0),
        "sevenths reached by leap": count_true(np.abs(way_in) > WIDEST_STEP),
        "sevenths in the bass": count_true(voice == _BASS),
    }
    for each in range(1, VOICES):
        own = step_down[voice == each]
        features[f"{VOICE_TITLES[each]}: sevenths that resolve down"] = count_true(own)
    return features


def _leading_tones(reading: Reading) -> Features:
    """Where the seventh degree of a dominant goes when the tonic follows on the next beat."""
    leading = (reading.tonic - 1) % OCTAVE
    outs = []
    for index in range(len(reading.beats) - 1):
        here, there = reading.degree[index], reading.degree[index + 1]
        if here in (7, 11) and there == 0:
            step = reading.beats[index]
            for voice in range(1, VOICES):
                own, after = reading.pitch[step, voice], reading.next_pitch[step, voice]
                if own != REST and own % OCTAVE == leading and after != REST:
                    outs.append(int(after - own))
    found = np.array(outs, np.int64)
    return {
        "leading tones of the lower voices that rise": count_true(found == 1),
        "leading tones of the lower voices that fall by a third": count_true(
            np.isin(found, (-3, -4))
        ),
    }
