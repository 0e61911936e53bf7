"""What is known of a model before it is loaded: what lists, panels and commands show of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from composer_app.errors import ComposerError
from composer_app.generation.support import NETWORK_SETTINGS
from composer_app.music.composition import DEFAULT_PROGRAMS
from composer_app.music.instrumentation.styles import BACH, Tempo, style_named
from composer_app.music.mix import PieceMix, TrackMix
from composer_app.plain_text import one_line, one_line_name

# What the metadata call a technique, and what a person does, in the order they are listed.
BAND: Final = "band"
# That of a network that writes melodies is not listed: nobody harmonises with it.
WRITES_MELODIES: Final = "melody"
TECHNIQUES: Final = {"refining": "refining", "gan": "one pass", WRITES_MELODIES: "melodies"}
# What the metadata of a network call it that writes no voices but the drums of bands.
DRUMS: Final = "drums"
_MOST_DESCRIPTION_LETTERS: Final = 500


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A model and what its file says of it; ``problem`` says why it cannot be used.

    All texts are one line of visible letters, whatever the file holds.

    ``programs`` are the General MIDI instruments of its four voices, ``tempo`` what is usual, and
    ``mix`` how loud and where they are, nothing where that is as usual. A style that a band plays
    is listed like a model: its ``path`` is the style's, and its technique a :data:`BAND`.
    ``supports`` names what of GenerationSettings it takes notice of, seed and upbeat aside;
    ``remark`` is a sentence on what it does otherwise here than it should, usually empty.
    """

    name: str
    path: Path
    title: str = ""
    description: str = ""
    technique: str = ""
    problem: ComposerError | None = None
    style: str = BACH.name
    programs: tuple[int, ...] = DEFAULT_PROGRAMS
    tempo: Tempo = BACH.tempo
    supports: tuple[str, ...] = NETWORK_SETTINGS
    mix: tuple[TrackMix, ...] = ()
    remark: str = ""

    def __post_init__(self) -> None:
        for field in ("name", "title", "technique", "style"):
            object.__setattr__(self, field, one_line_name(getattr(self, field)))
        description = one_line(self.description, _MOST_DESCRIPTION_LETTERS)
        object.__setattr__(self, "description", description)

    @property
    def is_band(self) -> bool:
        """Whether it is a band, which plays chords, bass and drums, and no voices."""
        return self.technique == BAND

    @property
    def manner(self) -> str:
        """The technique in a word or two, such as "one pass"; empty where it is not known."""
        named = (BAND, DRUMS)
        return self.technique if self.technique in named else TECHNIQUES.get(self.technique, "")

    def mixed(self, mix: PieceMix) -> PieceMix:
        """``mix`` with the levels and places that the ensemble has, if it says any."""
        for index, track in enumerate(self.mix):
            if mix.track(index) == TrackMix():
                mix = mix.with_track(index, track)
        return mix

    def tempo_advice(self, bpm: float) -> str:
        """A sentence where ``bpm`` is unusual for the style, empty where it is not."""
        if self.tempo.lowest <= bpm <= self.tempo.highest:
            return ""
        return (
            f"{self.title if self.is_band else style_named(self.style).title} usually goes at"
            f" {self.tempo} BPM, and this piece at {bpm:g}."
        )
