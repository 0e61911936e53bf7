"""What a harmoniser has to beat: three chords, chosen bar by bar; and the annotated chords.

Both are played in blocks: bass, tenor and alto, struck where a bar or a chord begins.
"""

from typing import Final

import numpy as np

from composer_app.analysis.chord_labels import NO_CHORD
from composer_app.analysis.voice_grid import REST, VoiceGrid
from composer_app.evaluation.harmony.tunes import Tune
from composer_app.music.harmony.chord_qualities import QUALITIES, QUALITY_TONES
from composer_app.music.pitch import OCTAVE, Key, fold_into_range
from composer_app.training.corpora.annotated_corpora import ChordRows

# From E2, B2 and G3 on: an octave for each voice.
_BASS, _TENOR, _ALTO = 40, 47, 55
_FIRST, _FOURTH, _FIFTH = 0, 5, 7
_MAJOR, _MINOR = QUALITIES.index("maj"), QUALITIES.index("min")
_TONES: Final = tuple(QUALITY_TONES.values())


def three_chords(tune: Tune, key: Key) -> ChordRows:
    """I, IV or V of ``key`` (i, iv or V in minor) for each bar: the one that holds most of it.

    The melody's time in the chord is counted; among equals the first in the order I, V, IV. A bar
    without a melody has the chord of the bar before it.
    """
    mode = _MINOR if key.minor else _MAJOR
    chords = [(_FIRST, mode), (_FIFTH, _MAJOR), (_FOURTH, mode)]
    choices = [((key.tonic + degree) % OCTAVE, quality) for degree, quality in chords]
    root = np.full(tune.steps, choices[0][0], np.int8)
    quality = np.full(tune.steps, choices[0][1], np.int8)
    chosen = choices[0]
    for start, end in zip(tune.bars, [*tune.bars[1:], tune.steps], strict=True):
        bar = tune.grid.pitch[start:end, 0]
        heard = np.bincount(bar[bar != REST].astype(np.int64) % OCTAVE, minlength=OCTAVE)
        if heard.any():
            held = [sum(heard[(at + tone) % OCTAVE] for tone in _TONES[q]) for at, q in choices]
            chosen = choices[int(np.argmax(held))]
        root[start:end], quality[start:end] = chosen
    return ChordRows(root, quality, root)


def in_blocks(tune: Tune, chords: ChordRows) -> VoiceGrid:
    """The melody of ``tune`` over ``chords`` (T,), struck at each bar and each change.

    The bass has the chord's bass, the voices above it the root, if the bass has not, the third and
    the highest tone (seventh, sixth or fifth).
    """
    pitch, onset = tune.grid.pitch.copy(), tune.grid.onset.copy()
    pitch[:, 1:], onset[:, 1:] = REST, False
    rows = np.stack([chords.root, chords.quality, chords.bass])
    struck = np.append(True, (rows[:, 1:] != rows[:, :-1]).any(axis=0))
    struck[tune.bars] = True
    starts = np.flatnonzero(struck)
    for start, end in zip(starts, [*starts[1:], tune.steps], strict=True):
        root, quality, bass = rows[:, start].tolist()
        if root != NO_CHORD:
            pitch[start:end, 1:] = _voicing(root, quality, bass)
            onset[start, 1:] = True
    return VoiceGrid(pitch, onset)


def _voicing(root: int, quality: int, bass: int) -> tuple[int, int, int]:
    """Pitches of alto, tenor and bass."""
    tones = [(root + tone) % OCTAVE for tone in _TONES[quality]]
    wanted = [tone for tone in (root, tones[1], tones[-1]) if tone != bass] or [root]
    tenor, alto = wanted[0], wanted[min(1, len(wanted) - 1)]
    return (
        fold_into_range(alto, _ALTO, _ALTO + OCTAVE - 1),
        fold_into_range(tenor, _TENOR, _TENOR + OCTAVE - 1),
        fold_into_range(bass, _BASS, _BASS + OCTAVE - 1),
    )
