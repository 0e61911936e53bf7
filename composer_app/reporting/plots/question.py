"""What is asked of the statistics: what is measured, where, and beside what."""

from dataclasses import dataclass
from typing import Literal

from composer_app.analysis.features import PITCH, Feature
from composer_app.analysis.material import Material, Source
from composer_app.music.composition import VOICE_NAMES, Composition
from composer_app.music.voices import all_four_sound, main_tracks

# The main tracks (of a piece with voices of ours the four), the track of the melody, or one by its
# index.
Part = Literal["all", "melody"] | int
Kind = Literal["nothing", "melody", "piece", "take", "style"]


@dataclass(frozen=True, slots=True, eq=False)
class Against:
    """What the values are laid beside; ``title`` is what the picture calls it.

    A ``take`` is another composition, a ``style`` the name of a profile.
    """

    kind: Kind = "nothing"
    title: str = ""
    take: Composition | None = None
    style: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """The same for the same choice, whatever else has changed."""
        return self.kind, self.style or (self.title if self.kind == "take" else "")


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """``feature`` of a ``part`` of ``composition``, beside ``against`` and the ``selected`` notes.

    ``sample`` says whether the values are a sample (N - 1) or all there are (N).
    """

    composition: Composition
    feature: Feature = PITCH
    part: Part = "all"
    against: Against = Against()
    sample: bool = True
    selected: frozenset[Source] = frozenset()

    @property
    def material(self) -> Material:
        """What is measured."""
        return part_of(self.composition, self.part)

    @property
    def voice(self) -> str:
        """The voice of a style that the part is to be compared with; empty for all of them."""
        tracks = self.composition.tracks
        if self.part == "all":
            # One or two voices are no chorale: what there is is taken for a melody.
            return "" if all_four_sound(self.composition) else VOICE_NAMES[0]
        if self.part == "melody":
            return VOICE_NAMES[0]
        return tracks[self.part].name if self.part < len(tracks) else ""


def part_of(composition: Composition, part: Part) -> Material:
    """The notes of ``part``; none of a track that is not there."""
    if part == "melody":
        return Material.melody(composition)
    if part == "all":
        return Material.of(composition, main_tracks(composition))
    return Material.of(composition, [part] if part < len(composition.tracks) else [])
