"""From written music to a composition: bars one after another, ties joined, grace notes in time.

Repeats, endings, da capo and dal segno are played out unless somebody wants it otherwise, since
what one hears in a notation program, and in its MIDI files, is what one expects to have opened. A
grace note lasts a sixth of a beat before its main note, whose predecessor gives it the time; at
the very beginning the main note does.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final

from composer_app.errors import ScoreFileError
from composer_app.late_numpy import np
from composer_app.music.composition import Composition, Track
from composer_app.music.files.cancelling import Wanted, always_wanted, check
from composer_app.music.harmony.chords import ChordSymbol
from composer_app.music.harmony.key_changes import KeyChange
from composer_app.music.many import notes_without_overlaps
from composer_app.music.midi.reading.reading import MidiPiece
from composer_app.music.mix import PieceMix
from composer_app.music.note import Note
from composer_app.music.pitch import Key
from composer_app.music.texts import Text
from composer_app.music.timing import MAX_TEMPO, MIN_TEMPO, TICKS_PER_BEAT, TICKS_PER_STEP
from composer_app.notation.bars import Bar, meters_of, tempo_map
from composer_app.notation.reading.hostile_xml import too_large
from composer_app.notation.reading.play_order import MAX_PLAYED_BARS, play_order
from composer_app.notation.reading.written import (
    MAX_NOTES,
    MAX_SIGNS,
    MAX_SYLLABLES,
    MAX_TRACKS,
    Line,
    WrittenBar,
    WrittenNote,
    WrittenPiece,
)
from composer_app.notation.syllables import Syllable, texts_of
from composer_app.translation import _

# Long enough to stand in a sixteenth of its own.
GRACE_TICKS: Final = TICKS_PER_BEAT // 6
# What notation programs assume where a score says nothing.
_UNSAID_BPM: Final = 120.0


@dataclass(slots=True)
class _Sounding:
    """A note on its way, in ticks from the beginning of the piece."""

    onset: int
    release: int
    written: WrittenNote
    # How much later than it is written it ends.
    late_release: int


def played(
    piece: WrittenPiece,
    name: str,
    max_steps: int,
    *,
    repeats: bool = True,
    wanted: Wanted = always_wanted,
) -> MidiPiece:
    """The music of ``piece``; each bar once where ``repeats`` are not wanted.

    Raises :class:`ScoreFileError`, which calls the file ``name``, for no notes, and for more than
    ``max_steps`` sixteenths.
    """
    marks = [bar.marks for bar in piece.bars]
    order = play_order(marks) if repeats else list(range(len(piece.bars)))
    starts = [0, *accumulate(piece.bars[index].ticks for index in order)]
    if starts[-1] > max_steps * TICKS_PER_STEP or len(order) >= MAX_PLAYED_BARS:
        raise ScoreFileError(
            _("{file} is longer than {most:,} bars", file=name, most=max_steps // 16),
            _("choose a shorter piece"),
        )
    _check_size(piece, order, name)
    tracks = []
    for line in piece.lines:
        check(wanted)
        notes = _notes(line, order, starts)
        words = _texts(line, order, starts)
        tracks.append(Track(line.name, line.program, notes, texts=words, drums=line.drums))
    if not any(track.notes and not track.drums for track in tracks):
        raise ScoreFileError(
            _("{file} holds no notes but those of drums", file=name)
            if any(track.notes for track in tracks)
            else _("{file} holds no notes", file=name),
            _("choose a file with a melody"),
        )
    meters = meters_of(_bars(piece.bars, order, starts))
    if not piece.bars_counted and not meters.upbeat:
        meters = meters.with_upbeat(None)
    composition = Composition(
        tuple(tracks),
        tempo_map(_tempos(piece, order, starts)),
        meters,
        piece.title,
        keys=_keys(piece),
        chords=_chords(piece, order, starts),
    )
    return MidiPiece(composition, PieceMix(tuple(line.mix for line in piece.lines)))


def _check_size(piece: WrittenPiece, order: Sequence[int], name: str) -> None:
    """Raise :class:`ScoreFileError` where more is played than can be read within seconds."""
    bars = [line.notes.get(index, ()) for line in piece.lines for index in order]
    if sum(map(len, bars)) > MAX_NOTES:
        raise ScoreFileError(
            _("{file} has more than {most:,} notes", file=name, most=MAX_NOTES),
            _("choose a shorter piece"),
        )
    signs = sum(len(piece.bars[i].chords) + len(piece.bars[i].tempos) for i in order)
    sung = sum(bool(note.syllables) for bar in bars for note in bar)
    if signs > MAX_SIGNS or sung > MAX_SYLLABLES or len(piece.lines) > MAX_TRACKS:
        raise too_large(name)


def _keys(piece: WrittenPiece) -> tuple[KeyChange, ...]:
    if piece.fifths is None:
        return ()
    return (KeyChange(0, Key.of_signature(piece.fifths, minor=piece.minor)),)


def _chords(
    piece: WrittenPiece, order: Sequence[int], starts: Sequence[int]
) -> tuple[ChordSymbol, ...]:
    """The symbols in the order in which bars are played.

    A chord is in force in the bars behind its own as they are written. Where another bar comes
    next, what is in force there is said anew.
    """
    bars = piece.bars
    in_force: list[ChordSymbol | None] = [None]
    for bar in bars:
        in_force.append(bar.chords[-1] if bar.chords else in_force[-1])
    found: list[ChordSymbol] = []
    for place, index in enumerate(order):
        bar, before = bars[index], in_force[index]
        jumped = place > 0 and order[place - 1] != index - 1
        begins = bool(bar.chords) and bar.chords[0].tick == 0
        if jumped and before is not None and not begins:
            found.append(replace(before, tick=starts[place]))
        found += (replace(each, tick=starts[place] + each.tick) for each in bar.chords)
    return tuple(
        replace(each, given=False) if each.tick in piece.heard_chords else each for each in found
    )


def _bars(bars: Sequence[WrittenBar], order: Sequence[int], starts: Sequence[int]) -> list[Bar]:
    return [
        Bar(
            starts[place],
            bars[index].ticks,
            bars[index].meter,
            place == 0 and bars[index].ticks < bars[index].meter.ticks_per_bar,
        )
        for place, index in enumerate(order)
        if bars[index].ticks > 0
    ]


def _tempos(piece: WrittenPiece, order: Sequence[int], starts: Sequence[int]) -> dict[int, float]:
    tempos = {0: _UNSAID_BPM}
    for place, index in enumerate(order):
        for offset, bpm in piece.bars[index].tempos.items():
            tempos[starts[place] + offset] = min(max(bpm, MIN_TEMPO), MAX_TEMPO)
    return tempos


def _notes(line: Line, order: Sequence[int], starts: Sequence[int]) -> tuple[Note, ...]:
    sounding: list[_Sounding] = []
    graces: list[tuple[int, WrittenNote]] = []
    # The notes that wait for what they are tied to, by pitch and where they end.
    tied: dict[tuple[int, int], list[_Sounding]] = defaultdict(list)
    for place, index in enumerate(order):
        for written in line.notes.get(index, ()):
            onset = starts[place] + written.onset
            if written.is_grace:
                graces.append((onset, written))
                continue
            release = onset + written.ticks
            waiting = tied.get((written.pitch, onset)) if written.tied_from else None
            if waiting:
                note = waiting.pop()
                note.release, note.late_release = release, written.release
            else:
                note = _Sounding(onset, release, written, written.release)
                sounding.append(note)
            if written.tied_to:
                tied[written.pitch, release].append(note)
    if graces:
        sounding += _graces(sounding, graces)
    return _struck(sounding)


def _texts(line: Line, order: Sequence[int], starts: Sequence[int]) -> tuple[Text, ...]:
    """The lyrics: each time that a bar is played its next verse, if there is one."""
    sung: list[tuple[int, Syllable]] = []
    times: dict[int, int] = defaultdict(int)
    for place, index in enumerate(order):
        times[index] += 1
        for written in line.notes.get(index, ()):
            if not written.syllables or written.is_grace:
                continue
            verses = sorted(written.syllables)
            syllable = written.syllables[verses[min(times[index], len(verses)) - 1]]
            sung.append((max(0, starts[place] + written.onset + written.attack), syllable))
    return texts_of(sorted(sung, key=lambda each: each[0]))


def _graces(
    notes: Sequence[_Sounding], graces: Iterable[tuple[int, WrittenNote]]
) -> list[_Sounding]:
    """The grace notes, for which ``notes`` make room."""
    groups: dict[int, list[WrittenNote]] = defaultdict(list)
    for onset, grace in graces:
        groups[onset].append(grace)
    main_notes: dict[int, list[_Sounding]] = defaultdict(list)
    for note in notes:
        main_notes[note.onset].append(note)
    onsets = sorted(main_notes)
    by_release = sorted(notes, key=lambda note: note.release)
    releases = [note.release for note in by_release]
    result: list[_Sounding] = []
    for main, group in groups.items():
        index = bisect_left(onsets, main)
        room = main - (onsets[index - 1] if index else 0)
        each = min(GRACE_TICKS, room // 2 // len(group))
        if each:
            begin = main - each * len(group)
            ending = slice(bisect_right(releases, begin), bisect_right(releases, main))
            for note in by_release[ending]:
                note.release = min(note.release, max(begin, note.onset + 1))
        else:
            # Nothing is before it.
            begin = main
            shortest = min((n.release - n.onset for n in main_notes.get(main, ())), default=0)
            each = max(1, min(GRACE_TICKS, shortest // 2 // len(group)))
            for note in main_notes.get(main, ()):
                note.onset = min(main + each * len(group), note.release - 1)
        for place, grace in enumerate(group):
            at = begin + place * each
            result.append(_Sounding(at, at + each, grace, grace.release))
    return result


def _struck(sounding: Sequence[_Sounding]) -> tuple[Note, ...]:
    """The notes as they sound, none of them when its pitch is struck again."""
    columns = (
        [each.onset + each.written.attack for each in sounding],
        [each.release + each.late_release for each in sounding],
        [each.written.pitch for each in sounding],
        [each.written.velocity for each in sounding],
    )
    onset, release, pitch, velocity = (np.array(column, np.int64) for column in columns)
    onset = np.maximum(onset, 0)
    release = np.maximum(release, onset + 1)
    return tuple(notes_without_overlaps(onset, release, pitch, velocity))
