"""Pieces that are continued, whose gaps are filled, and that are written from nothing.

The melody comes first (:mod:`~composer_app.generation.melodies.melody_writer`), then whoever
accompanies it is asked, in the one way in which takes are made
(:func:`composer_app.generation.composing.compose_with_confidence`). What stood before is locked and
stays as it sounds.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.errors import MelodyError, SettingError
from composer_app.generation.bands.chance import Chance
from composer_app.generation.composing import Composed, check_melody, compose_with_confidence
from composer_app.generation.generator import (
    MAX_BARS,
    GenerationSettings,
    Generator,
    Given,
    Progress,
)
from composer_app.generation.hearing.bar_phase import with_heard_upbeat
from composer_app.generation.hearing.feel import hear_feel, in_feel
from composer_app.generation.melodies.melody_task import MelodyTask, WrittenMelody
from composer_app.generation.melodies.melody_writer import write_melody
from composer_app.generation.melodies.network import MelodyNetwork
from composer_app.generation.models.model_info import ModelInfo
from composer_app.generation.noise import NoiseVector
from composer_app.generation.phrasing.performing import Part, phrased
from composer_app.generation.phrasing.scene import Role, Scene
from composer_app.generation.refining.sampling import NoiseSource
from composer_app.music.chord_text.progression import Progression
from composer_app.music.composition import DEFAULT_PROGRAMS, VOICE_NAMES, Composition
from composer_app.music.harmony.chord_wishes import (
    NO_WISHES,
    ChordWishes,
    wishes_of_progression,
)
from composer_app.music.harmony.chords import Chord, ChordSpan, ChordSymbol
from composer_app.music.harmony.key_changes import KeyChange
from composer_app.music.melody import Melody, is_line, on_steps
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import DEFAULT_VELOCITY, Note
from composer_app.music.piano_roll import PianoRoll
from composer_app.music.pitch import PITCH_COUNT, Key, estimate_key
from composer_app.music.timing import TICKS_PER_STEP, Meter, TempoMap
from composer_app.music.voices import FOUR, MELODY
from composer_app.translation import _, ngettext

MAX_NEW_BARS: Final = 200
USUAL_BARS: Final = 8
USUAL_NEW_BARS: Final = 16
# What of the work is done when the melody stands.
_MELODY_SHARE: Final = 0.5
# A melody goes on within its range, and so much beyond it; it has room for an octave at least.
_BEYOND: Final = 2
_LEAST_RANGE: Final = 12
# Where sopranos sing, and where other melodies of their own lie.
_SOPRANO: Final = (60, 77)
# A rest is a gap from so many steps on.
_LEAST_GAP: Final = 8
# The styles in which the network knows melodies, by those of models; what bands play are songs.
_STYLES: Final = {"bach": "bach", "hymn": "hymn"}
_SONGS: Final = "leadsheet"
# The keys that a piece from nothing may be in.
_KEYS: Final = tuple(
    Key(tonic, minor)
    for minor, tonics in ((False, (0, 7, 5, 2, 10, 3, 9)), (True, (9, 4, 2, 7, 0)))
    for tonic in tonics
)
_KEY_DRAW: Final = 50_111


@dataclass(frozen=True, slots=True)
class Continuation:
    """What is asked for: ``bars`` more, the last of which closes on the tonic if ``closed``.

    With ``gap``, a span of steps, no bars are added: what is silent in it is filled.
    """

    bars: int = USUAL_BARS
    closed: bool = True
    gap: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class NewPiece:
    """What is known of a piece that is to be written: what is None is left to the seed or style."""

    bars: int | None = None
    meter: Meter | None = None
    key: Key | None = None
    tempo: float | None = None
    upbeat: int = 0
    closed: bool = True
    chords: Progression | None = None


@dataclass(frozen=True, slots=True)
class Extended:
    """A piece with more melody: ``first`` and ``end`` are the steps between which it was written.

    ``composed`` is what accompanies it, with its recipe; None where the melody stands alone.
    """

    piece: Composition
    first: int
    end: int
    composed: Composed | None = None


def melody_style(model: ModelInfo | None) -> str:
    """The network's name for the melodies that go with ``model``."""
    return _SONGS if model is None else _STYLES.get(model.style, _SONGS)


def continue_piece(
    network: MelodyNetwork,
    generator: Generator | None,
    piece: Composition,
    asked: Continuation,
    settings: GenerationSettings,
    style: str = _SONGS,
    programs: tuple[int, ...] = DEFAULT_PROGRAMS,
    progress: Progress | None = None,
    *,
    around: bool,
) -> Extended:
    """``piece``, whose first track is the melody, with more of it.

    ``generator`` accompanies it; None leaves the melody alone. ``around`` says that the next three
    tracks are an accompaniment that stays, and goes on; else ``generator`` writes all of one, and
    the other tracks follow it. Raises :class:`MelodyError` and :class:`SettingError` where there is
    nothing to go on from, or no room.
    """
    piece = with_heard_upbeat(piece, MELODY)
    melody = piece.melody()
    check_melody(melody)
    around = around and generator is not None
    voices = tuple(track.notes for track in piece.tracks[1:FOUR]) if around else ()
    steps, free = _room(piece, melody, voices, asked)
    task = _task(piece, melody, asked, settings, style, steps, free)
    noise = NoiseVector.from_seed(settings.seed, steps)
    written = write_melody(network, task, noise, _part(progress, 0, _share(generator)))
    new = _phrased(_in_feel(written.notes, melody), melody, task, written.chords, settings, noise)
    new = _beside(melody.notes, new)
    whole = replace(melody, notes=tuple(sorted((*melody.notes, *new))))
    first = int(np.flatnonzero(free)[0])
    end = int(np.flatnonzero(free)[-1]) + 1
    kept = piece.chords
    chords = (*(s for s in kept if s.tick < end * TICKS_PER_STEP), *written.chords)
    if generator is None:
        track = replace(piece.tracks[MELODY], notes=(*piece.tracks[MELODY].notes, *new))
        tracks = (track, *piece.tracks[1:])
        return Extended(replace(piece, tracks=tracks, chords=chords, origin=None), first, end)
    given = _given(whole, voices, free) if around else None
    wishes = _wishes(piece, written, steps)
    asked_settings = replace(settings, chords=wishes, keys=settings.keys or piece.keys)
    composed = compose_with_confidence(
        whole,
        generator,
        asked_settings,
        _part(progress, _MELODY_SHARE, 1),
        _programs(piece, programs) if around else programs,
        given,
    )
    result = _joined(piece, composed, new, given)
    return Extended(result, first, end, composed)


def compose_piece(
    network: MelodyNetwork,
    generator: Generator | None,
    model: ModelInfo | None,
    asked: NewPiece,
    settings: GenerationSettings,
    progress: Progress | None = None,
) -> Extended:
    """A piece of its own, in the style of ``model``; ``generator`` None leaves a melody alone."""
    meter = asked.meter or Meter()
    key = asked.key or _key_of(asked, settings.seed)
    bars = _bars_of(asked)
    bar = meter.ticks_per_bar
    upbeat = asked.upbeat * TICKS_PER_STEP
    if not 0 <= upbeat < bar:
        raise SettingError(
            _("An upbeat of {upbeat} sixteenths is no part of a bar of {meter}",
              upbeat=asked.upbeat, meter=meter),
            _("choose a shorter one"),
        )  # fmt: skip
    meters = MeterMap.constant(meter, upbeat)
    steps = -(-(bars * bar) // TICKS_PER_STEP)
    wishes = NO_WISHES
    if asked.chords is not None:
        wishes = wishes_of_progression(_repeated(asked.chords, bars), meters, steps)
    task = MelodyTask(
        steps,
        meters,
        key,
        melody_style(model),
        _SOPRANO,
        np.ones(steps, np.bool_),
        chords=wishes.on_steps(steps) if wishes else (),
        closed=asked.closed,
        temperature=settings.temperature,
    )
    noise = NoiseVector.from_seed(settings.seed, steps)
    written = write_melody(network, task, noise, _part(progress, 0, _share(generator)))
    usual = model.tempo.usual if model is not None else TempoMap().initial_bpm
    tempo = TempoMap.constant(asked.tempo or usual)
    symbols = (*wishes.symbols, *written.chords)
    notes = _phrased(written.notes, Melody((), tempo, meters), task, symbols, settings, noise)
    melody = Melody(notes, tempo, meters)
    keys = (KeyChange(0, key),)
    if generator is None:
        program = model.programs[MELODY] if model is not None else DEFAULT_PROGRAMS[0]
        piece = Composition.from_melody(melody, program)
        return Extended(replace(piece, keys=keys, chords=symbols), 0, steps)
    programs = model.programs if model is not None else DEFAULT_PROGRAMS
    follows = _follows_plan(model)
    planned = _wishes(Composition(chords=wishes.symbols), written, steps) if follows else wishes
    composed = compose_with_confidence(
        melody,
        generator,
        replace(settings, chords=planned, keys=keys, upbeat=None),
        _part(progress, _MELODY_SHARE, 1),
        programs,
    )
    return Extended(replace(composed.composition, keys=keys), 0, steps, composed)


def _follows_plan(model: ModelInfo | None) -> bool:
    """Whether the accompaniment plays the chords that the melody was written over.

    Bands do; voices have a harmony of their own, which changes more often.
    """
    return model is not None and model.is_band


# what is asked for --------------------------------------------------------------------------


def _bars_of(asked: NewPiece) -> int:
    row = 0 if asked.chords is None else len(asked.chords.bars)
    bars = asked.bars or max(USUAL_NEW_BARS, row)
    if not 1 <= bars <= MAX_NEW_BARS:
        raise SettingError(
            _("A piece of {bars} bars is too long: there may be {most}", bars=bars,
              most=MAX_NEW_BARS),
            _("ask for fewer bars"),
        )  # fmt: skip
    return bars


def _repeated(chords: Progression, bars: int) -> Progression:
    """The row over and over, for so many bars."""
    times = -(-bars // len(chords.bars))
    return Progression((chords.bars * times)[:bars])


def _key_of(asked: NewPiece, seed: int) -> Key:
    """The key of the chords that are asked for, or one that the seed chooses."""
    if asked.chords is None:
        source = NoiseSource(NoiseVector.from_seed(seed, 1), 1)
        return _KEYS[int(source.uniform(1, _KEY_DRAW)[0, 0] * len(_KEYS))]
    symbols = [slot.symbol for bar in asked.chords.bars for slot in bar]
    chords = [each.chord for each in symbols if each is not None and each.chord is not None]
    if not chords:
        return Key(0)
    return key_of_chords(chords)


def key_of_chords(chords: list[Chord]) -> Key:
    """The key of a row of chords, of which the first and the last weigh most."""
    pitches: list[int] = []
    weights: list[float] = []
    for index, chord in enumerate(chords):
        weight = 2.0 if index in (0, len(chords) - 1) else 1.0
        pitches += [chord.root, *chord.chord_tones]
        weights += [weight, *[weight / len(chord.chord_tones)] * len(chord.chord_tones)]
    return estimate_key(pitches, weights)


def _room(
    piece: Composition, melody: Melody, voices: tuple[tuple[Note, ...], ...], asked: Continuation
) -> tuple[int, NDArray[np.bool_]]:
    """``(steps, free)``: how long the piece becomes, and where its melody is written."""
    seen = on_steps(melody.notes)
    sounding = np.zeros(melody.steps, np.bool_)
    for note in seen:
        sounding[note.start : note.end] = True
    if asked.gap is not None:
        first, end = asked.gap
        free = np.zeros(melody.steps, np.bool_)
        for start, after in rests(sounding):
            inside = max(start, first), min(after, end)
            if inside[1] - inside[0] >= _LEAST_GAP:
                free[inside[0] : inside[1]] = True
        if not free.any():
            raise MelodyError(
                _("There is no gap to fill: the melody has no rest of half a bar there"),
                _("delete the notes that are to be written anew, or name other bars"),
            )
        return melody.steps, free
    if not 1 <= asked.bars <= MAX_NEW_BARS:
        raise SettingError(
            _("A piece can be continued by 1 to {most} bars, not {bars}", most=MAX_NEW_BARS,
              bars=asked.bars),
            _("choose another number"),
        )  # fmt: skip
    begin = max([melody.steps, *(note.end for notes in voices for note in notes)])
    meters = melody.meters
    bars = meters.bars(begin)
    if bars + asked.bars > MAX_BARS:
        raise SettingError(
            ngettext(
                "The piece has one bar, and with {more} more it would be longer than {most}",
                "The piece has {count} bars, and with {more} more it would be longer than {most}",
                bars,
                more=asked.bars,
                most=MAX_BARS,
            ),
            _("ask for fewer bars"),
        )
    end = meters.whole_bars(begin)
    for _bar in range(asked.bars):
        end = meters.bar_at_step(end).end_step
    if end - meters.upbeat_steps > meters.whole_bars(begin):
        end -= meters.upbeat_steps
    free = np.zeros(end, np.bool_)
    free[melody.steps :] = True
    return end, free


def rests(sounding: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where nothing sounds between two notes: first step, and the first step after."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], sounding, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[1:-1:2], edges[2::2], strict=True)]


def _task(
    piece: Composition,
    melody: Melody,
    asked: Continuation,
    settings: GenerationSettings,
    style: str,
    steps: int,
    free: NDArray[np.bool_],
) -> MelodyTask:
    seen = on_steps(melody.notes)
    heard = [note.velocity for note in melody.notes]
    first = int(np.flatnonzero(free)[0])
    return MelodyTask(
        steps,
        melody.meters,
        settings.keys[0].key if settings.keys else _key_at(piece, first),
        style,
        _range_of(seen),
        free,
        seen,
        _known_chords(piece.chords, steps, free),
        ends=asked.gap is None,
        closed=asked.closed,
        temperature=settings.temperature,
        velocity=round(sum(heard) / len(heard)) if heard else DEFAULT_VELOCITY,
    )


def _key_at(piece: Composition, step: int) -> Key:
    said = [change.key for change in piece.keys if change.tick <= step * TICKS_PER_STEP]
    return said[-1] if said else piece.key()


def _range_of(notes: tuple[Note, ...]) -> tuple[int, int]:
    pitches = [note.pitch for note in notes]
    low, high = min(pitches) - _BEYOND, max(pitches) + _BEYOND
    more = max(0, _LEAST_RANGE - (high - low))
    return max(0, low - more // 2), min(PITCH_COUNT - 1, high + (more + 1) // 2)


def _known_chords(
    symbols: tuple[ChordSymbol, ...], steps: int, free: NDArray[np.bool_]
) -> tuple[Chord | None, ...]:
    """(T,): the chords of what stands; those of a gap too, where a person has set them."""
    known: list[Chord | None] = [None] * steps
    ends = [*(symbol.tick for symbol in symbols[1:]), steps * TICKS_PER_STEP]
    for symbol, end in zip(symbols, ends, strict=False):
        span = range(symbol.tick // TICKS_PER_STEP, min(end // TICKS_PER_STEP, steps))
        for step in span:
            if symbol.chord is not None and not free[step]:
                known[step] = symbol.chord
    return tuple(known)


# putting it together --------------------------------------------------------------------------


def _share(generator: Generator | None) -> float:
    return 1.0 if generator is None else _MELODY_SHARE


def _part(progress: Progress | None, first: float, last: float) -> Progress | None:
    """``progress`` of a part of the work."""
    if progress is None:
        return None
    return lambda share: progress(first + share * (last - first))


def _in_feel(notes: tuple[Note, ...], melody: Melody) -> tuple[Note, ...]:
    upbeat = melody.meters.upbeat_steps
    return in_feel(notes, hear_feel(melody.notes, upbeat), upbeat)


def _phrased(
    notes: tuple[Note, ...],
    melody: Melody,
    task: MelodyTask,
    chords: tuple[ChordSymbol, ...],
    settings: GenerationSettings,
    noise: NoiseVector,
) -> tuple[Note, ...]:
    """``notes``, which are new beside those of ``melody``, as they are played."""
    if not settings.phrasing:
        return notes
    whole = tuple(sorted((*task.notes, *notes)))
    scene = Scene(whole, melody.meters, melody.tempo, chords, task.key)
    (played,) = phrased([Part(notes, Role.MELODY)], scene, settings.phrasing, Chance(noise))
    return played


def _beside(old: tuple[Note, ...], new: tuple[Note, ...]) -> tuple[Note, ...]:
    """``new`` notes that begin and end where none of the ``old`` ones sounds."""
    found: list[Note] = []
    for note in new:
        onset, release = note.onset_ticks, note.release_ticks
        for other in old:
            if other.start < note.start:
                onset = max(onset, other.release_ticks)
            else:
                release = min(release, other.onset_ticks)
        if onset == note.onset_ticks and release == note.release_ticks:
            found.append(note)
        elif release > onset:
            found.append(Note.at_ticks(onset, release, note.pitch, note.velocity))
    return tuple(found)


def _given(melody: Melody, voices: tuple[tuple[Note, ...], ...], free: NDArray[np.bool_]) -> Given:
    """The melody, and the voices with everything locked but what is silent where it is new."""
    steps = len(free)
    seen = [on_steps(notes) if is_line(notes) else notes for notes in voices]
    inside = [[note for note in notes if note.start < steps] for notes in seen]
    cut = [
        [replace(note.on_grid, duration=min(note.duration, steps - note.start)) for note in notes]
        for notes in inside
    ]
    cut += [[] for _voice in range(len(VOICE_NAMES) - 1 - len(cut))]
    roll = PianoRoll.from_notes([on_steps(melody.notes), *cut], steps)
    sounding = roll.sounding.any(axis=1)
    last = np.flatnonzero(~free)
    ending = int(last[-1]) + 1 if len(last) else 0
    locked = np.tile(~free[:, None], (1, len(VOICE_NAMES)))
    locked |= sounding
    if free[ending:].any():
        # What is added begins for each voice when it has come to its end.
        ends = [max((note.end for note in notes), default=0) for notes in cut]
        for voice, end in enumerate(ends, 1):
            locked[: min(end, steps), voice] |= True
    played = (*voices, *[()] * (len(VOICE_NAMES) - 1 - len(voices)))
    return Given(roll, locked, played)


def _wishes(piece: Composition, written: WrittenMelody, steps: int) -> ChordWishes:
    """The chords of what stands and of what is new."""
    end = steps * TICKS_PER_STEP
    symbols = sorted(
        {s.tick: s for s in (*written.chords, *piece.chords) if s.tick < end}.values(),
        key=lambda symbol: symbol.tick,
    )
    ends = [*(symbol.tick for symbol in symbols[1:]), end]
    return ChordWishes(
        tuple(ChordSpan(symbol, after) for symbol, after in zip(symbols, ends, strict=True))
    )


def _programs(piece: Composition, programs: tuple[int, ...]) -> tuple[int, ...]:
    own = tuple(track.program for track in piece.tracks[:FOUR])
    return (*own, *programs[len(own) :])


def _joined(
    piece: Composition, composed: Composed, new: tuple[Note, ...], given: Given | None
) -> Composition:
    """``piece`` with what is new, its old notes note for note."""
    made, tracks = composed.composition, []
    for index, track in enumerate(made.tracks):
        if index >= len(piece.tracks) or (given is None and index != MELODY):
            tracks.append(track)
            continue
        old, added = piece.tracks[index], new
        if index != MELODY and given is not None:
            locked = given.locked[:, index]
            added = tuple(
                note for note in track.notes if note.start >= len(locked) or not locked[note.start]
            )
        tracks.append(replace(old, notes=(*old.notes, *added)))
    others = piece.tracks[len(tracks) :] if given is not None else piece.tracks[1:]
    return replace(
        made,
        tracks=(*tracks, *others),
        keys=piece.keys,
        texts=piece.texts,
        title=piece.title,
        performance=piece.performance,
        melody_chosen=piece.melody_chosen,
    )
