"""What each feature and metric is: a sentence for musicians, and the formula for students.

The window has them as tooltips, docs/statistics.md as tables. In the formulas, n counts what there
is a value of; [x] is 1 where x holds and 0 where it does not; p is a pitch, t the step at which a
note starts, d its length in steps (sixteenths). v = 0 is the melody, v = 1 to 3 are the voices
below.
"""

from typing import Final, NamedTuple


class Explanation(NamedTuple):
    """A ``sentence`` that a musician understands, and the ``formula`` as plain text."""

    sentence: str
    formula: str

    def __str__(self) -> str:
        return f"{self.sentence}\n{self.formula}"


FEATURE_HELP: Final = {
    "pitch": Explanation("How high each note is; middle C is 60.", "x = p"),
    "pitch_class": Explanation(
        "Which of the twelve notes it is, in whatever octave.", "x = p mod 12"
    ),
    "degree": Explanation(
        "Where each note stands in the scale, so that pieces in all keys compare.",
        "x = (p − tonic) mod 12; in minor the tonic is that of the relative major",
    ),
    "length": Explanation("How long each note is written, in sixteenths.", "x = d"),
    "gap": Explanation(
        "How long it takes until the same track strikes the next note.", "x = t(i+1) − t(i)"
    ),
    "interval": Explanation(
        "How far up or down each track moves from one note to the next.",
        "x = p(i+1) − p(i), of chords the highest note",
    ),
    "notes_per_bar": Explanation(
        "How many notes each track strikes in each bar.", "x = Σ [t in the bar]"
    ),
    "polyphony": Explanation(
        "How many different notes sound together, sixteenth by sixteenth.",
        "x = |{p sounding at the step}|",
    ),
    "velocity": Explanation("How hard each note is struck, from 1 to 127.", "x = velocity"),
    "on_beat": Explanation(
        "Whether a note starts on a beat of the bar.",
        "x = [t mod b = 0], b the steps of a beat (in 6/8 of a dotted quarter)",
    ),
    "in_key": Explanation(
        "Whether a note belongs to the key of the piece.",
        "x = [(p − tonic) mod 12 in the scale], in minor with raised sixth and seventh",
    ),
    "sounding": Explanation(
        "Whether a track plays or is silent, sixteenth by sixteenth.", "x = [a note sounds]"
    ),
    "consonant": Explanation(
        "Whether a note sounds well with the melody when it starts.",
        "x = [|p − melody| mod 12 in {0, 3, 4, 5, 7, 8, 9}]",
    ),
    "leap": Explanation(
        "Whether a track leaps, by a minor third or more, or moves by step.",
        "x = [|p(i+1) − p(i)| > 2], where it moves at all",
    ),
}

METRIC_HELP: Final = {
    "melody_range": Explanation(
        "How wide the melody's compass is.", "max p − min p, in semitones, v = 0"
    ),
    "melody_leaps": Explanation(
        "How often the melody leaps where it moves.", "Σ [|Δp| > 2] / Σ [Δp ≠ 0], v = 0"
    ),
    "melody_length": Explanation("How long the melody's notes are.", "Σ d / n, v = 0"),
    "melody_on_beat": Explanation(
        "How many of the melody's notes start on a quarter.", "Σ [t mod 4 = 0] / n, v = 0"
    ),
    "melody_dissonance": Explanation(
        "How often a voice clashes with the melody on a beat.",
        "share of quarters at which any v > 0 has |p(v) − p(0)| mod 12 in {1, 2, 6, 10, 11}",
    ),
    "chordal_share": Explanation(
        "How much of the time the voices make up a chord that has a name.",
        "share of steps with 3 or more voices, all within a triad or seventh chord",
    ),
    "in_scale_rate": Explanation(
        "How much of what sounds belongs to the scale.",
        "share of sounding cells (voice, step) with p mod 12 in the scale",
    ),
    "pitch_classes": Explanation("How many of the twelve notes are used at all.", "|{p mod 12}|"),
    "all_sounding_rate": Explanation(
        "How much of the time nobody pauses.",
        "share of the melody's sounding steps at which all four voices sound",
    ),
    "polyphony": Explanation(
        "How many different notes sound together.", "Σ |{p sounding at the step}| / steps"
    ),
    "empty_bar_rate": Explanation(
        "How many bars of the lower voices are silent.", "Σ [no note sounds] / bars, v > 0"
    ),
    "parallels_per_100": Explanation(
        "How often two voices move in parallel fifths or octaves, which Bach avoids.",
        "100 / steps · pairs (v, w) moving alike with (p(v) − p(w)) mod 12 in {0, 7} twice",
    ),
    "crossing_rate": Explanation(
        "How often a voice lies above the one it should lie below.",
        "share of steps with p(v) < p(v+1) for any v",
    ),
    "leap_rate": Explanation(
        "How often the lower voices leap by more than a minor sixth.", "Σ [|Δp| > 8] / n, v > 0"
    ),
    "voice_range": Explanation(
        "How wide the compass of the lower voices is.", "mean of max p − min p over v > 0"
    ),
    "melody_similarity": Explanation(
        "How often another voice just shadows the melody.",
        "share of the melody's moves that v > 0 makes at the same step: Δp(v) = Δp(0)",
    ),
    "notes_per_bar": Explanation(
        "How busy the lower voices are.", "notes struck / (3 · steps / steps of a bar), v > 0"
    ),
    "note_length": Explanation("How long the lower voices' notes are.", "Σ d / n, v > 0"),
    "on_beat": Explanation(
        "How many of the lower voices' notes start on a quarter.", "Σ [t mod 4 = 0] / n, v > 0"
    ),
    "lone_sixteenth_rate": Explanation(
        "How many of the lower voices' notes are as short as can be.",
        "Σ [d = 1] / n, repeated notes taken as one, v > 0",
    ),
    "repeated_note_rate": Explanation(
        "How often the lower voices stay on a note and strike it again.",
        "Σ [Δp = 0 without a rest] / intervals, v > 0",
    ),
    "unique_pitches": Explanation(
        "How many different notes a lower voice has in a bar.", "mean of |{p in the bar}|, v > 0"
    ),
    "chord_distance": Explanation(
        "How unusual the chords are.",
        "JS(sets of pitch classes by step, the corpus's), 0 to 1 bit",
    ),
    "degree_distance": Explanation(
        "How unusual the choice of notes within the key is.",
        "JS((p − tonic) mod 12 of sounding cells, the corpus's), v > 0, 0 to 1 bit",
    ),
    "interval_distance": Explanation(
        "How unusually the lower voices move.", "JS(Δp, the corpus's), v > 0, 0 to 1 bit"
    ),
    "length_distance": Explanation(
        "How unusual the lower voices' rhythm is.",
        "W(d, the corpus's) = ∫ |F(x) − G(x)| dx, in sixteenths, v > 0",
    ),
}

ROLL_HELP: Final = {
    "empty_bar_rate": Explanation(
        "Share of the tracks' bars in which nothing sounds.", "Σ [no note sounds] / bars"
    ),
    "unique_pitches_per_bar": Explanation(
        "Different notes in a bar of a track, on average.", "mean of |{p in the bar}|"
    ),
    "pitch_class_count": Explanation(
        "How many of the twelve notes are used, in whatever octave.", "|{p mod 12}|"
    ),
    "polyphonic_rate": Explanation(
        "Share of the time in which two or more notes sound together.",
        "Σ [|{p sounding at the step}| ≥ 2] / steps",
    ),
    "in_scale_rate": Explanation(
        "Share of what sounds that is in the piece's own scale, which need not be C major.",
        "Σ d [p mod 12 in the scale] / Σ d",
    ),
    "similarity_index": Explanation(
        "How near the output is to its input: share of the melody's moves that another track"
        " doubles.",
        "share of the melody's moves with Δp(v) = Δp(0) at the same step, mean over v",
    ),
}
