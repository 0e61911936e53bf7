"""The kinds of chords that MusicXML knows, and what a chord symbol says of each.

A kind, with the degrees beside it, is the same as what is written behind the root of a symbol: a
``dominant`` with an added flat ninth is 7(b9). So it is read as that.
"""

from typing import Final

# What MusicXML 4.0 lists as kind-value, and what is written for it behind a root.
SUFFIXES: Final = {
    "major": "",
    "minor": "m",
    "augmented": "aug",
    "diminished": "dim",
    "dominant": "7",
    "major-seventh": "maj7",
    "minor-seventh": "m7",
    "diminished-seventh": "dim7",
    "augmented-seventh": "aug7",
    "half-diminished": "m7b5",
    "major-minor": "m(maj7)",
    "major-sixth": "6",
    "minor-sixth": "m6",
    "dominant-ninth": "9",
    "major-ninth": "maj9",
    "minor-ninth": "m9",
    "dominant-11th": "11",
    "major-11th": "maj11",
    "minor-11th": "m11",
    "dominant-13th": "13",
    "major-13th": "maj13",
    "minor-13th": "m13",
    "suspended-second": "sus2",
    "suspended-fourth": "sus4",
    "power": "5",
}
# Of a chord in MusicXML's older names, and of what older programs write.
OLDER_SUFFIXES: Final = {
    "dominant-seventh": "7",
    "maj": "",
    "min": "m",
    "maj7": "maj7",
    "min7": "m7",
    "m7b5": "m7b5",
    "dim": "dim",
    "aug": "aug",
    "sus47": "7sus4",
    "min/maj7": "m(maj7)",
}
NO_CHORD_KIND: Final = "none"
# Of our qualities; a suspended seventh has no kind of its own.
KINDS: Final = {
    "maj": "major",
    "min": "minor",
    "dim": "diminished",
    "aug": "augmented",
    "7": "dominant",
    "m7": "minor-seventh",
    "maj7": "major-seventh",
    "m7b5": "half-diminished",
    "dim7": "diminished-seventh",
    "6": "major-sixth",
    "m6": "minor-sixth",
    "sus4": "suspended-fourth",
    "7sus4": "suspended-fourth",
    "aug7": "augmented-seventh",
    "mMaj7": "major-minor",
    "sus2": "suspended-second",
    "5": "power",
}
# What a seventh chord becomes with what is stacked upon it, the highest first.
STACKED: Final = {
    "7": {"13": "dominant-13th", "11": "dominant-11th", "9": "dominant-ninth"},
    "maj7": {"13": "major-13th", "11": "major-11th", "9": "major-ninth"},
    "m7": {"13": "minor-13th", "11": "minor-11th", "9": "minor-ninth"},
}
