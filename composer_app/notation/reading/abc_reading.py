"""From ABC, whoever wrote it, to written music (ABC standard 2.1, abcnotation.com, 2011).

Of a file with several tunes the first one is read. Slurs and decorations are passed over, but for
those that say in which order bars are played, and so are words that stand below the tune.
"""

import re
from collections import defaultdict
from fractions import Fraction
from typing import Final

from composer_app.errors import ScoreFileError
from composer_app.music.chord_text.parsing import find_chord
from composer_app.music.files.cancelling import Wanted, always_wanted, check
from composer_app.music.harmony.chords import in_order
from composer_app.music.harmony.spelling import natural_semitone, signature
from composer_app.music.pitch import OCTAVE, PITCH_COUNT
from composer_app.music.timing import TICKS_PER_BEAT, Meter
from composer_app.notation.instrument_names import program_of
from composer_app.notation.reading.abc_fields import key_of, meter_of, tempo_of
from composer_app.notation.reading.abc_lyrics import sing
from composer_app.notation.reading.abc_text import (
    ACCIDENTALS,
    BODY_FIELDS,
    FIELD,
    FRACTION,
    MAX_ABC_BYTES,
    PROGRAM,
    SIGNED,
    TOKEN,
    VOICE_NAME,
    decoded,
    endings_of,
    first_tune,
    kind_of,
    length_of,
    shift_of,
    with_accents,
    without_comment,
)
from composer_app.notation.reading.abc_voice import Voice
from composer_app.notation.reading.hostile_xml import damaged, too_large
from composer_app.notation.reading.written import (
    MAX_BARS,
    Line,
    RepeatMarks,
    WrittenBar,
    WrittenNote,
    WrittenPiece,
)
from composer_app.plain_text import one_line_name
from composer_app.translation import _

_WHOLE: Final = 4 * TICKS_PER_BEAT
# So many notes in the time of how many, where only the first is said; of others 2, or 3 in
# compound time.
_TUPLETS: Final = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}
_MOST_VOICES: Final = 64
# A tune has hundreds; so many take a second or two.
_MOST_NOTES: Final = 60_000
_ENDS_OF_ENDINGS: Final = ("||", "|]", "[|", ":")


def written_from_abc(data: bytes, name: str, wanted: Wanted = always_wanted) -> WrittenPiece:
    """The first tune of an ABC file called ``name``; raises :class:`ScoreFileError`."""
    if len(data) > MAX_ABC_BYTES:
        raise too_large(name)
    try:
        return _Tune(name, wanted).read(first_tune(decoded(data), name))
    except (ValueError, KeyError, OverflowError, ZeroDivisionError) as error:
        raise damaged(name) from error


class _Tune:
    """Reads one tune, line by line."""

    def __init__(self, name: str, wanted: Wanted) -> None:
        self._name = name
        self._wanted = wanted
        self._piece = WrittenPiece()
        self._meter = Meter()
        self._unit = Fraction(_WHOLE, 8)
        self._unit_said = False
        self._signature = signature(0)
        self._voices: dict[str, Voice] = {}
        self._voice: Voice | None = None
        self._lengths: dict[int, Fraction] = defaultdict(Fraction)
        self._notes = 0
        self._program = 0
        self._last_field = ""
        self._shift = 0
        self._tempo: float | None = None
        # The name of the voice that has the chord symbols.
        self._symbols_of: str | None = None
        self._signs = {
            "decoration": self._decorate,
            "quoted": self._quote,
            "bar": self._barline,
            "tuplet": self._begin_tuplet,
            "chorded": self._end_chord,
            "note": self._note,
            "rest": self._rest,
            "broken": self._break,
        }

    def read(self, lines: list[str]) -> WrittenPiece:
        in_head = True
        for line in lines:
            check(self._wanted)
            program = PROGRAM.match(line)
            if program:
                self._set_program(int(program[1]))
            found = FIELD.match(line)
            if found and (in_head or found[1] in BODY_FIELDS):
                self._field(found[1], without_comment(found[2]).strip())
                in_head = in_head and found[1] != "K"
            elif not in_head:
                self._music(without_comment(line))
        return self._whole()

    def _whole(self) -> WrittenPiece:
        for voice in self._voices.values():
            sing(voice.sung, voice.words)
            self._jump(voice, max(0, voice.bar if voice.at else voice.bar - 1))
        bars = self._piece.bars
        for index, bar in enumerate(bars):
            bar.ticks = round(self._lengths[index])
            bar.chords = [each for each in in_order(bar.chords) if each.tick < bar.ticks]
        while bars and not bars[-1].ticks:
            bars.pop()
        if bars and self._tempo is not None:
            bars[0].tempos.setdefault(0, self._tempo)
        self._piece.lines = [voice.line for voice in self._voices.values()]
        return self._piece

    def _set_program(self, program: int) -> None:
        if program < PITCH_COUNT:
            self._program = program
            if self._voice is not None:
                self._voice.line.program = program

    # fields -----------------------------------------------------------------------------

    def _field(self, letter: str, value: str) -> None:
        match letter:
            case "T" if not self._piece.title:
                self._piece.title = one_line_name(with_accents(value))
            case "M":
                self._set_meter(value)
            case "L":
                found = FRACTION.search(value)
                if found:
                    self._unit = Fraction(_WHOLE * int(found[1]), int(found[2]))
                    self._unit_said = True
            case "Q":
                self._set_tempo(value)
            case "K":
                self._set_key(value)
            case "V":
                self._set_voice(value)
            case "w" | "+" if self._voice is not None:
                self._add_words(self._voice.words, value, goes_on=letter == "+")
        if letter != "+":
            self._last_field = letter

    def _add_words(self, verses: list[str], value: str, *, goes_on: bool) -> None:
        """A verse to the line above, or more of one."""
        if goes_on and self._last_field != "w":
            return
        if verses and (goes_on or verses[-1].endswith("\\")):
            verses[-1] = f"{verses[-1].removesuffix(chr(92))} {value}"
        else:
            verses.append(value)

    def _set_meter(self, value: str) -> None:
        try:
            self._meter = meter_of(value) or self._meter
        except ValueError:
            return
        if not self._unit_said:
            short = self._meter.ticks_per_bar < 3 * TICKS_PER_BEAT
            self._unit = Fraction(_WHOLE, 16 if short else 8)
        voice = self._voice
        if voice is not None and not voice.at and voice.bar < len(self._piece.bars):
            self._piece.bars[voice.bar].meter = self._meter

    def _set_tempo(self, value: str) -> None:
        bpm = tempo_of(value)
        if bpm is None:
            return
        voice = self._voice
        if voice is None:
            self._tempo = bpm
        else:
            self._bar(voice.bar).tempos[round(voice.at)] = bpm

    def _set_key(self, value: str) -> None:
        key = key_of(value)
        if key is not None:
            self._signature = signature(key.fifths)
            if self._piece.fifths is None and abs(key.fifths) <= 7:
                self._piece.fifths, self._piece.minor = key.fifths, key.minor
        for sign, letter in SIGNED.findall(value):
            self._signature[letter.upper()] = ACCIDENTALS[sign]
        shift = shift_of(value)
        if self._voice is not None:
            self._voice.shift = shift or self._voice.shift
        else:
            self._shift = shift

    def _set_voice(self, value: str) -> None:
        name = (value.split() or ["1"])[0]
        if name not in self._voices:
            self._add_voice(name, "")
        self._voice = voice = self._voices[name]
        title = VOICE_NAME.search(value)
        if title:
            voice.line.name = one_line_name(with_accents(title[1]))
            voice.line.program = self._program or program_of(voice.line.name)
        voice.shift = shift_of(value) or voice.shift

    def _add_voice(self, name: str, title: str) -> Voice:
        if len(self._voices) >= _MOST_VOICES:
            raise ValueError("more voices than any tune has")
        line = Line(one_line_name(title or name), self._program)
        voice = self._voices[name] = Voice(line, shift=self._shift)
        return voice

    # music ------------------------------------------------------------------------------

    def _music(self, line: str) -> None:
        if self._voice is None:
            self._voice = self._add_voice("1", self._piece.title)
        begun: list[Voice] = []
        for token in TOKEN.finditer(line):
            if token["field"]:
                # Perhaps of another voice.
                self._field(token["field"], token["value"].strip())
                continue
            if self._voice not in begun:
                begun.append(self._voice)
                self._begin_line(self._voice, continues=line.rstrip().endswith("\\"))
            self._sign(self._voice, token)

    def _begin_line(self, voice: Voice, *, continues: bool) -> None:
        """Words go to the line that has ended; the next ones to the one that begins."""
        if voice.words or not voice.continues:
            sing(voice.sung, voice.words)
            voice.sung, voice.words = [], []
        voice.continues = continues
        self._last_field = ""

    def _sign(self, voice: Voice, token: re.Match[str]) -> None:
        kind = kind_of(token)
        if kind == "overlay":
            # Another voice from the beginning of the bar.
            voice.at = Fraction(0)
        elif kind in ("grace", "graced"):
            voice.in_grace = kind == "grace"
        elif kind == "chord":
            voice.chord = []
        elif kind:
            self._signs[kind](voice, token)

    def _bar(self, index: int) -> WrittenBar:
        bars = self._piece.bars
        if index >= MAX_BARS:
            raise ScoreFileError(
                _("{file} is longer than {most:,} bars", file=self._name, most=MAX_BARS),
                _("choose a shorter piece"),
            )
        while len(bars) <= index:
            bars.append(WrittenBar(meter=self._meter))
        return bars[index]

    def _reach(self, voice: Voice) -> None:
        self._lengths[voice.bar] = max(self._lengths[voice.bar], voice.at)

    def _barline(self, voice: Voice, token: re.Match[str]) -> None:
        bar = token["bar"]
        self._jump(voice, voice.bar if voice.at or not voice.bar else voice.bar - 1)
        colons = len(bar) - len(bar.lstrip(":"))
        begins = bar.endswith(":") and (bar.strip(":") or colons > 1)
        if colons:
            # A sign at the beginning of a line belongs to the bar before.
            before = voice.bar if voice.at or not voice.bar else voice.bar - 1
            self._bar(before).marks.times = max(2, min(colons + (1 if bar.strip(":") else 0), 9))
        if any(each in bar for each in _ENDS_OF_ENDINGS):
            voice.endings = frozenset()
        if voice.at:
            voice.bar, voice.at = voice.bar + 1, Fraction(0)
        voice.altered.clear()
        marks = self._bar(voice.bar).marks
        if begins:
            marks.begins = True
        if token["ending"]:
            voice.endings = frozenset(endings_of(token["ending"]))
        marks.endings = marks.endings or voice.endings

    def _quote(self, voice: Voice, token: re.Match[str]) -> None:
        """A chord symbol; those of the first voice that has some count."""
        symbol = find_chord(token["quoted"], round(voice.at))
        if symbol is not None and self._symbols_of in (None, voice.line.name):
            self._symbols_of = voice.line.name
            self._bar(voice.bar).chords.append(symbol)

    def _decorate(self, voice: Voice, token: re.Match[str]) -> None:
        word = token["decoration"].lower().replace(".", "").replace(" ", "")
        if word == "segno":
            self._bar(voice.bar).marks.segno = True
        elif word == "coda":
            self._coda(self._bar(voice.bar).marks)
        else:
            # Of the bar that goes on, or has just ended.
            voice.jumps.append(word)

    def _jump(self, voice: Voice, bar: int) -> None:
        """What has been said of where to go belongs to the end of ``bar``."""
        if voice.jumps:
            marks, words = self._bar(bar).marks, voice.jumps
            marks.fine |= "fine" in words
            marks.to_coda |= not {"dacoda", "tocoda"}.isdisjoint(words)
            marks.da_capo |= any(word.startswith("dc") for word in words)
            marks.dal_segno |= any(word.startswith("ds") for word in words)
            voice.jumps = []

    def _coda(self, marks: RepeatMarks) -> None:
        """The first of two signs is where one leaves, the second where one arrives."""
        left = any(bar.marks.to_coda for bar in self._piece.bars)
        marks.to_coda |= not left
        marks.coda |= left

    def _begin_tuplet(self, voice: Voice, token: re.Match[str]) -> None:
        notes = int(token["tuplet"])
        compound = self._meter.denominator == 8 and self._meter.numerator % 3 == 0
        usual = _TUPLETS.get(notes, 3 if compound else 2)
        voice.stretch = Fraction(int(token["time"] or usual), notes)
        voice.stretched = int(token["count"] or notes)

    def _rest(self, voice: Voice, token: re.Match[str]) -> None:
        lasts = token["lasts"]
        voice.tied.clear()
        if token["rest"] in "zx":
            self._advance(voice, self._unit * length_of(lasts), [])
            return
        # Whole bars.
        for number in range(max(1, int(lasts[:6] or 1)) if lasts.isdecimal() or not lasts else 1):
            if number:
                voice.bar += 1
            self._bar(voice.bar)
            voice.at = Fraction(self._meter.ticks_per_bar)
            self._reach(voice)

    def _note(self, voice: Voice, token: re.Match[str]) -> None:
        self._notes += 1
        if self._notes > _MOST_NOTES:
            raise ScoreFileError(
                _("{file} has more than {most:,} notes", file=self._name, most=_MOST_NOTES),
                _("choose a shorter piece"),
            )
        place = self._place(token)
        explicit = token["accidental"]
        if explicit:
            voice.altered[place] = ACCIDENTALS[explicit]
        alter = voice.altered.get(place, self._signature[place[0]])
        pitch = OCTAVE * (place[1] + 1) + natural_semitone(place[0]) + alter + voice.shift
        held = voice.tied.get(place) if not voice.in_grace else None
        if held is not None and not explicit:
            pitch = held
        if not 0 <= pitch < PITCH_COUNT:
            return
        note = WrittenNote(round(voice.at), 0, pitch, tied_from=held == pitch)
        length = length_of(token["length"])
        if voice.in_grace:
            note.tied_from = False
            self._add(voice, note)
        elif voice.chord is None:
            note.tied_to = bool(token["tied"])
            voice.tied = {place: pitch} if note.tied_to else {}
            self._advance(voice, self._unit * length, [note])
        else:
            if not voice.chord:
                voice.chord_length = length
            note.tied_to = bool(token["tied"])
            voice.chord.append((place, note))

    def _place(self, token: re.Match[str]) -> tuple[str, int]:
        letter, marks = token["note"], token["octaves"]
        octave = 5 if letter.islower() else 4
        return letter.upper(), octave + marks.count("'") - marks.count(",")

    def _end_chord(self, voice: Voice, token: re.Match[str]) -> None:
        chord, voice.chord = voice.chord or [], None
        for _place, note in chord:
            note.tied_to |= bool(token["all_tied"])
        if chord:
            voice.tied = {place: note.pitch for place, note in chord if note.tied_to}
            length = self._unit * voice.chord_length * length_of(token["times"])
            self._advance(voice, length, [note for _, note in chord])

    def _break(self, voice: Voice, token: re.Match[str]) -> None:
        """Give the note before more of the time that it shares with the next, or less."""
        sign = token["broken"]
        less = Fraction(1, 2 ** len(sign))
        more = 2 - less
        first, second = (more, less) if sign[0] == ">" else (less, more)
        voice.at += voice.last_length * (first - 1)
        voice.last_length *= first
        voice.broken = second
        voice.place_last()
        self._reach(voice)

    def _advance(self, voice: Voice, length: Fraction, notes: list[WrittenNote]) -> None:
        """Put ``notes`` of ``length`` ticks at the place of ``voice``, and it after them."""
        if voice.stretched:
            length *= voice.stretch
            voice.stretched -= 1
        length, voice.broken = length * voice.broken, Fraction(1)
        self._jump(voice, voice.bar)
        self._bar(voice.bar)
        voice.last, voice.last_at, voice.last_length = notes, voice.at, length
        voice.at += length
        voice.place_last()
        for note in notes:
            self._add(voice, note)
        voice.sung += [(voice.bar, note) for note in notes[:1]]
        self._reach(voice)

    def _add(self, voice: Voice, note: WrittenNote) -> None:
        voice.line.notes.setdefault(voice.bar, []).append(note)
