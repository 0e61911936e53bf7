"""The chords of a band: a piano, a guitar, an organ or strings that play a rhythm of chords."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from composer_app.generation.bands.chance import Chance, Row
from composer_app.generation.bands.form import Form
from composer_app.generation.bands.harmony import LEAST_STEPS, Chart, Played
from composer_app.generation.bands.laying_out import ANSWERS
from composer_app.generation.bands.patterns import HELD, HOLD, Lines, Stroke, strokes
from composer_app.generation.bands.style_file import Player
from composer_app.generation.bands.voicing import Voicing, next_voicing
from composer_app.music.harmony.chords import Chord
from composer_app.music.note import Note
from composer_app.music.pitch import OCTAVE

_TONES: Final = "12345"
_STRUCK: Final = "Xxop"
_AGAIN: Final = "x"
# Single tones of a chord that make it heard.
_ENOUGH_TONES: Final = 3
# By how many semitones a seed moves the register.
_REGISTER: Final = 3.0
_FINAL: Final = "X"
_LONGEST_RING: Final = 16
_SOFT: Final = "o"
# The letter by which an answer to the melody is as strong as other single notes.
_ANSWER: Final = "1"
# Of a chord on a guitar: the strings of a power chord, those of a stroke up, and the ticks between
# two of them.
_POWER, _UP, _STRUM = 3, 3, 14
_LEAST_STRUCK: Final = 2
# After so many steps a chord that lasts is voiced in another way.
_LONG: Final = 32
# By how many semitones another section lies higher or lower.
_CONTRAST: Final = 3.0
_HALF: Final = 0.5


@dataclass(frozen=True, slots=True)
class Sound:
    """A pitch from step ``start`` for ``length`` steps, as strongly as its letter says.

    It is struck ``late`` ticks after its place, as the strings of a guitar are one after another.
    """

    start: int
    length: int
    pitch: int
    sign: str
    late: int = 0

    @property
    def end(self) -> int:
        """The first step after it."""
        return self.start + self.length


def play_chords(
    lines: Lines,
    form: Form,
    chart: Chart,
    melody: Sequence[Note],
    player: Player,
    chance: Chance,
    ending: str = _FINAL,
) -> list[Sound]:
    """The sounds of ``lines``, which last as long as ``form``, over ``chart``.

    Every chord of a beat and more is struck once at least. The last one is played as the
    ``ending`` says, where it has room, else held.
    """
    hand = _Hand(form, melody, player, chance)
    comping = with_ending(lines[""], form, ending)
    played = _complete(chart.played(strokes(comping), _AGAIN), chart, form)
    if player.rings:
        played = _ringing(played, chart)
    held = chart.played(strokes(lines.get(HELD, "")), _SOFT)
    answers = chart.played(strokes(lines.get(ANSWERS, "")), _AGAIN)
    begun = sorted([*((each, "") for each in played), *((each, HELD) for each in held)], key=_order)
    sounds = [sound for each, name in begun for sound in hand.play(each, name, held)]
    if player.rings:
        sounds = _pedalled(sounds, chart)
    for each in answers:
        sounds += hand.answer(each)
    return _apart(sounds)


def with_ending(line: str, form: Form, ending: str) -> str:
    """``line`` up to the last chord of ``form``, and the ``ending`` if the last note is so long."""
    room = form.end - form.last
    played = ending if len(ending) <= form.sung - form.last else ending[0]
    return line[: form.last] + played + HOLD * (room - len(played))


def _order(begun: tuple[Played, str]) -> tuple[int, str]:
    return begun[0].stroke.start, begun[1]


class _Hand:
    """How an instrument takes its chords, one after another."""

    def __init__(self, form: Form, melody: Sequence[Note], player: Player, chance: Chance) -> None:
        self._player = player
        self._bounds = player.low, player.high
        shift = chance.around(Row.VOICING, form.first, _REGISTER)
        middle = sum(self._bounds) / 2
        # Another section lies higher or lower, as the seed has it.
        contrast = _CONTRAST if chance.uniform(Row.VOICING, form.first, 1) < _HALF else -_CONTRAST
        self._middle = [middle + shift] * form.end
        for phrase in form.others:
            for bar in form.bars[phrase.first : phrase.end]:
                there = slice(bar.first_step, bar.end_step)
                self._middle[there] = [middle + shift + contrast] * (bar.end_step - bar.first_step)
        self._above = _Melody(melody)
        self._voicing: Voicing | None = None
        self._last: Chord | None = None
        self._since = 0

    def play(self, played: Played, name: str, held: Sequence[Played]) -> list[Sound]:
        """What is struck there: of a chord that another hand holds what that leaves."""
        stroke, chord = played.stroke, played.chord
        voicing = self._voicing_at(stroke, chord)
        if stroke.sign in _TONES:
            pitches: Voicing = (voicing[min(_TONES.index(stroke.sign), len(voicing) - 1)],)
        elif name == HELD:
            pitches = _guides(voicing, chord)
        elif held and _holds_at(held, stroke.start):
            pitches = _beside_guides(voicing, chord)
        elif stroke.sign == _SOFT and self._player.voicing == "barre":
            # What is damped are the low strings: a power chord.
            pitches = voicing[:_POWER] if len(voicing) > _POWER else voicing
        elif stroke.sign == _SOFT and self._player.strums:
            pitches = voicing[-_UP:]
        else:
            pitches = voicing
        return [
            Sound(stroke.start, stroke.length, pitch, stroke.sign, late)
            for pitch, late in zip(pitches, self._delays(stroke.sign, len(pitches)), strict=True)
        ]

    def answer(self, played: Played) -> list[Sound]:
        """A note of an answer to the melody: of the five highest tones that lie under it."""
        stroke, chord = played.stroke, played.chord
        sounding = self._above.pitches(stroke.start, stroke.end)
        low, high = self._bounds
        ceiling = min(high, min(sounding, default=high + 1) - 1)
        tones = [p for p in range(low, ceiling + 1) if p % OCTAVE in chord.pitch_classes]
        ladder = tones[-len(_TONES) :]
        if len(ladder) < len(_TONES):
            return []
        pitch = ladder[_TONES.index(stroke.sign) if stroke.sign in _TONES else -1]
        return [Sound(stroke.start, stroke.length, pitch, _ANSWER)]

    def _voicing_at(self, stroke: Stroke, chord: Chord) -> Voicing:
        sounding = self._above.pitches(stroke.start, stroke.end)
        before = self._voicing
        # A chord that goes on is turned over.
        long = chord == self._last and stroke.start - self._since >= _LONG
        changes = before is None or chord != self._last or long
        if before is None or changes or _hides(before, sounding, self._bounds):
            middle = self._middle[min(stroke.start, len(self._middle) - 1)]
            kind = self._player.voicing
            turned = long and kind != "barre"
            before = next_voicing(
                chord, before, self._bounds, sounding, middle, kind, afresh=turned
            )
            self._voicing, self._last = before, chord
            self._since = stroke.start if changes else self._since
        return before

    def _delays(self, sign: str, count: int) -> list[int]:
        """Ticks by which the notes of a chord are late, from the lowest one."""
        if not self._player.strums or count == 1:
            return [0] * count
        delays = [_STRUM * index for index in range(count)]
        return delays[::-1] if sign == _SOFT else delays


def _guides(voicing: Voicing, chord: Chord) -> Voicing:
    """The root and the third of ``chord``, which say what it is, as ``voicing`` has them."""
    classes = {chord.root, (chord.root + chord.quality.intervals[1]) % OCTAVE}
    return tuple(pitch for pitch in voicing if pitch % OCTAVE in classes) or voicing[:1]


def _beside_guides(voicing: Voicing, chord: Chord) -> Voicing:
    """What one hand strikes while the other holds the :func:`_guides`: two notes at least."""
    guides = _guides(voicing, chord)
    rest = tuple(pitch for pitch in voicing if pitch not in guides)
    return rest if len(rest) >= _LEAST_STRUCK else voicing


def _holds_at(held: Sequence[Played], step: int) -> bool:
    index = bisect_left(held, step + 1, key=lambda each: each.stroke.start) - 1
    return index >= 0 and held[index].stroke.end > step


def _pedalled(sounds: Sequence[Sound], chart: Chart) -> list[Sound]:
    """``sounds`` with the single tones of a broken chord held while their chord lasts.

    Whole chords end what is held.
    """
    cuts = sorted({sound.start for sound in sounds if sound.sign in _STRUCK})
    return [_held(sound, cuts, chart) if sound.sign in _TONES else sound for sound in sounds]


def _held(sound: Sound, cuts: Sequence[int], chart: Chart) -> Sound:
    place = bisect_left(cuts, sound.start + 1)
    most = cuts[place] if place < len(cuts) else len(chart.at)
    end = sound.end
    while end < min(most, sound.start + _LONGEST_RING) and chart.at[end] == chart.at[sound.start]:
        end += 1
    return replace(sound, length=end - sound.start)


def _apart(sounds: Sequence[Sound]) -> list[Sound]:
    """``sounds``, each pitch ending where it is struck again, and sounding on as long as before.

    Of two at one step the longer one stays.
    """
    by_pitch: dict[int, list[Sound]] = {}
    for sound in sorted(sounds, key=lambda each: (each.start, each.length)):
        there = by_pitch.setdefault(sound.pitch, [])
        last = there[-1] if there else None
        end = sound.end if last is None else max(sound.end, last.end)
        if last is not None and last.start == sound.start:
            there.pop()
        elif last is not None and last.end > sound.start:
            there[-1] = replace(last, length=sound.start - last.start)
        else:
            end = sound.end
        there.append(replace(sound, length=end - sound.start))
    found = [sound for there in by_pitch.values() for sound in there]
    return sorted(found, key=lambda sound: (sound.start, sound.pitch))


def _ringing(played: Sequence[Played], chart: Chart) -> list[Played]:
    """``played``, each held until the next chord, as long as its own lasts and a bar at most.

    Single tones that follow a chord leave it to ring.
    """
    found: list[Played] = []
    after = len(chart.at)
    for each in reversed(played):
        stroke = each.stroke
        end = stroke.end
        while end < min(after, stroke.start + _LONGEST_RING) and chart.at[end] == each.chord:
            end += 1
        found.append(Played(Stroke(stroke.start, end - stroke.start, stroke.sign), each.chord))
        if stroke.sign in _STRUCK:
            after = stroke.start
    return found[::-1]


def _hides(voicing: Voicing, melody: Sequence[int], bounds: tuple[int, int]) -> bool:
    """Whether ``voicing`` stands over a melody under which there would be room."""
    lowest = min(melody, default=bounds[1] + 1)
    return voicing[-1] >= lowest and lowest - bounds[0] > LEAST_STEPS * 2


def _complete(played: Sequence[Played], chart: Chart, form: Form) -> list[Played]:
    """``played``, with a stroke where a chord that lasts would not be heard."""
    added: list[Played] = []
    starts = [each.stroke.start for each in played]
    for start, end in chart.spans(form.first, form.last):
        chord = chart.at[start]
        # What is pushed begins up to an eighth before its chord.
        near = played[bisect_left(starts, start - 2) : bisect_left(starts, end)]
        mine = [each for each in near if each.chord == chord]
        heard = any(each.stroke.sign in _STRUCK for each in mine) or len(mine) >= _ENOUGH_TONES
        if end - start < LEAST_STEPS or heard:
            continue
        after = (each.stroke.start for each in near if each.stroke.start > start)
        length = max(1, min(LEAST_STEPS, end - start, min(after, default=end) - start))
        added.append(Played(Stroke(start, length, _AGAIN), chord))
    instead = {each.stroke.start for each in added}
    kept = [each for each in played if each.stroke.start not in instead]
    return sorted([*kept, *added], key=lambda each: each.stroke.start)


class _Melody:
    """What of a melody sounds when."""

    def __init__(self, notes: Sequence[Note]) -> None:
        self._notes = sorted(notes)
        self._starts = [note.start for note in self._notes]

    def pitches(self, start: int, end: int) -> list[int]:
        """The pitches that sound between two steps."""
        after = bisect_left(self._starts, end)
        found: list[int] = []
        for note in reversed(self._notes[:after]):
            if note.end <= start:
                break
            found.append(note.pitch)
        return found
