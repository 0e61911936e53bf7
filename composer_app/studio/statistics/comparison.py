"""What takes long to work out for the statistics panel: in a thread of the jobs. No Qt."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from composer_app.errors import ProfileError
from composer_app.music.composition import Composition
from composer_app.music.voices import MELODY, voice_tracks
from composer_app.plain_text import one_line_name

if TYPE_CHECKING:
    from composer_app.analysis.fitting import GoodnessOfFit
    from composer_app.analysis.likeness.copies import SharedRun
    from composer_app.analysis.likeness.likeness import Likeness
    from composer_app.analysis.material import Source
    from composer_app.reporting.plots.picture import Picture
    from composer_app.reporting.plots.question import Question


@dataclass(frozen=True, slots=True, eq=False)
class StyleComparison:
    """How like a style ``composition`` is, and the longest run it shares with the training music.

    ``shared`` is None for fewer than four voices, and where nothing is shared;
    ``problems`` are about music that could not be searched for it.
    """

    composition: Composition
    likeness: Likeness
    shared: SharedRun | None
    problems: tuple[ProfileError, ...] = ()

    @property
    def near_copy(self) -> bool:
        """Whether more is shared than pieces of one style share by chance."""
        return self.shared is not None and self.shared.near_copy

    @property
    def shared_notes(self) -> frozenset[Source]:
        """The notes that sound in the run."""
        if self.shared is None:
            return frozenset()
        steps = self.shared.steps
        others = voice_tracks(self.composition)
        return frozenset(
            (index, note)
            for index in ((MELODY, *others) if self.shared.melody else others)
            if index is not None
            for note in self.composition.tracks[index].notes
            if note.start < steps.stop and note.end > steps.start
        )


def picture_of(question: Question) -> Picture | None:
    """What answers ``question``; None where there is nothing to measure."""
    from composer_app.reporting.plots import picture

    return picture.picture_of(question)


def goodness_of(picture: Picture) -> GoodnessOfFit | None:
    """Whether the distribution of ``picture`` fits; None where none was fitted.

    scipy is imported the first time.
    """
    from composer_app.analysis.fitting import fit_binomial, normality
    from composer_app.reporting.report import trial_name

    values = picture.measured.values
    if picture.discrete:
        return fit_binomial(values, name=trial_name(picture.measured)).goodness
    return normality(values, picture.feature.values) if picture.fit else None


def verdict_of(composition: Composition, style: str) -> StyleComparison:
    """The comparison on ``composition``; :class:`ProfileError` if the style's files are damaged."""
    from composer_app.analysis.likeness.copies import load_copies
    from composer_app.analysis.likeness.likeness import compare
    from composer_app.analysis.likeness.profiles import load_profile
    from composer_app.reporting.report import shared_run

    return StyleComparison(
        composition,
        compare(composition, load_profile(style)),
        shared_run(composition),
        load_copies().problems,
    )


def styles() -> tuple[tuple[str, str], ...]:
    """Name and title of each style that music can be compared with; its profile is read.

    One whose profile is damaged is offered by its name: who chooses it is told.
    """
    from composer_app.analysis.likeness.profiles import profile_styles

    return tuple((style, _title(style)) for style in profile_styles())


def _title(style: str) -> str:
    from composer_app.analysis.likeness.profiles import load_profile

    try:
        return load_profile(style).title
    except ProfileError:
        return one_line_name(style)


def table(comparison: StyleComparison) -> str:
    """The metrics as CSV, the strangest first."""
    text = io.StringIO()
    import csv

    writer = csv.writer(text)
    writer.writerow(["measure", "value", "percentile", "low", "typical", "high", "sentence"])
    for place in comparison.likeness.places:
        numbers = (place.value, place.percentile, place.low, place.typical, place.high)
        writer.writerow([place.metric.title, *(f"{each:.6g}" for each in numbers), place.sentence])
    return text.getvalue()
