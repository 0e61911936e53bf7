"""A statistic in figures and sentences. No matplotlib."""

import csv
import io
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from composer_app.analysis.features import DEGREE, PITCH, PITCH_CLASS, Feature
from composer_app.analysis.fitting import GoodnessOfFit
from composer_app.distributions import Binomial
from composer_app.music.pitch import OCTAVE, pitch_name
from composer_app.reporting.plots.picture import Picture, ReferenceSeries

DEGREE_NAMES = ("1", "♭2", "2", "♭3", "3", "4", "♯4", "5", "♭6", "6", "♭7", "7")
CLASS_NAMES = tuple(pitch_name(OCTAVE + each)[:-1] for each in range(OCTAVE))


@dataclass(frozen=True, slots=True)
class Reading:
    """What lies between two edges: ``observed`` of ``total``; ``sentence`` says it all.

    ``expected`` is the probability under the curve, ``usual`` the reference's share; None without.
    """

    where: str
    observed: int
    total: int
    expected: float | None
    usual: float | None
    sentence: str

    @property
    def share(self) -> float:
        """Observed, 0 to 1."""
        return self.observed / self.total


def read(picture: Picture, low: float, high: float) -> Reading:
    """The probability from edge ``low`` to ``high``, and the share that is really there."""
    values = picture.values
    observed = int(((values >= low) & (values < high)).sum())
    expected = picture.between(low, high)
    inside = (picture.edges[:-1] >= low - 1e-9) & (picture.edges[1:] <= high + 1e-9)
    usual, beside = None, ""
    if picture.reference:
        # Heights are those of as many values as ours, or percentages.
        scale = 100 if picture.discrete else picture.total
        usual = float(picture.reference.heights[inside].sum() / scale)
        beside = f" · {picture.reference.title} {percent(usual)}"
    where = range_name(picture, low, high, unit=False)
    curve = "" if expected is None else f" · curve {percent(expected)}"
    share = percent(observed / picture.total)
    sentence = f"{where}: {observed} ({share}){curve}{beside}"
    return Reading(where, observed, picture.total, expected, usual, sentence)


def range_name(picture: Picture, low: float, high: float, *, unit: bool = True) -> str:
    """What lies between two edges, such as "C4–G4" or "2–4 sixteenths"."""
    first, last = int(np.ceil(low)), int(np.ceil(high)) - 1
    name = "–".join(value_name(picture.feature, each) for each in sorted({first, last}))
    if picture.discrete:
        return f"{name} of {picture.group}"
    word = unit_of(picture.feature) if unit else ""
    return f"{name} {word}" if word else name


def value_name(feature: Feature, value: int) -> str:
    """How a value is called on the axis."""
    if feature == PITCH:
        return pitch_name(value) if 0 <= value <= 127 else ""
    if feature == PITCH_CLASS:
        return CLASS_NAMES[value % OCTAVE]
    if feature == DEGREE:
        return DEGREE_NAMES[value % OCTAVE]
    return signed(str(value))


def unit_of(feature: Feature) -> str:
    """The unit of the axis; empty where the values have names."""
    if feature in (PITCH, PITCH_CLASS, DEGREE):
        return ""
    return {"steps": "sixteenths", "0-127": ""}.get(feature.unit, feature.unit)


def number(value: float) -> str:
    """With one digit after the point; what is rounded to nothing has no sign."""
    return signed(f"{value:.1f}".replace("-0.0", "0.0"))


def signed(text: str) -> str:
    """With the minus sign of typography, as on the axis."""
    return text.replace("-", "−")


def percent(share: float) -> str:
    """Such as "13 %", "0.4 %"."""
    return f"{100 * share:.0f} %" if share >= 0.0995 or share == 0 else f"{100 * share:.1f} %"


def figures(picture: Picture) -> tuple[tuple[str, str], ...]:
    """Name and text of the four numbers below the diagram."""
    if picture.discrete:
        assert isinstance(picture.fit, Binomial)
        middle = ("p", f"{picture.fit.p:.2f}")
    else:
        middle = ("mean", "–" if picture.mean is None else number(picture.mean))
    spread = "–" if picture.feature.kind == "category" else "0.0"
    if picture.stdev is not None:
        spread = f"{picture.stdev:.1f}"
    elif picture.measured.values.size == 1 and picture.question.sample:
        spread = "–"
    value = picture.distance.number if picture.distance else "–"
    against = picture.question.against
    name = f"from {against.title}" if against.kind == "style" else "distance"
    size = picture.measured.values.size
    return (
        (picture.feature.of, f"{size:,}"),
        middle,
        ("std. dev.", spread),
        (name, value),
    )


def selection_sentence(picture: Picture) -> str:
    """The selected notes beside the whole; empty without any."""
    chosen = picture.chosen
    if chosen is None:
        return ""
    kind, whole = picture.feature, picture.measured.values.size
    many = f"Selected: {chosen.size} of {whole} {kind.of}"
    if picture.discrete:
        assert isinstance(picture.fit, Binomial)
        share = chosen.mean / picture.group
        return f"{many}, {percent(share)} {kind.values}; of all {percent(picture.fit.p)}."
    if picture.mean is None:
        return f"{many}."
    apart = chosen.mean - picture.mean
    side = "above" if apart > 0 else "below"
    middle = f"mean {_mean_name(picture, chosen.mean)}"
    far = "as of all" if abs(apart) < 0.05 else f"{abs(apart):.1f} {side} that of all"
    return f"{many}, {middle}, {far}; standard deviation {chosen.stdev:.1f}."


def reference_sentence(picture: Picture) -> str:
    """How far the values are from the reference's; why not, where that has none."""
    reference = picture.reference
    if reference is None or picture.distance is None:
        return _no_reference(picture)
    spread = _reference_spread(picture, reference)
    return f"{picture.distance} from {reference.title}{spread}."


def _reference_spread(picture: Picture, reference: ReferenceSeries) -> str:
    if picture.discrete:
        return f" (p {reference.mean / picture.group:.2f})"
    if picture.mean is None:
        return ""
    return f" (mean {_mean_name(picture, reference.mean)}, std. dev. {reference.stdev:.1f})"


def _no_reference(picture: Picture) -> str:
    against, part = picture.question.against, picture.question.part
    if against.kind == "nothing":
        return ""
    if against.kind == "style":
        if picture.feature == PITCH_CLASS:
            return "Pieces in all keys share no pitch classes: choose Place in the scale."
        return f"The scores of {against.title} have no {picture.feature.values}."
    if (against.kind, part) in (("melody", "melody"), ("piece", "all")):
        return "These are the same notes: choose other tracks to compare them."
    return f"{against.title} has nothing to compare with."


def _mean_name(picture: Picture, mean: float) -> str:
    name = f" ({pitch_name(round(mean))})" if picture.feature == PITCH else ""
    return f"{number(mean)}{name}"


def plain_sentence(picture: Picture, goodness: GoodnessOfFit | None) -> str:
    """What is seen, and whether the curve fits, once that is known."""
    feature, values = picture.feature, picture.measured.values
    if feature.kind == "category":
        counts = np.bincount(values.astype(np.int64), minlength=OCTAVE)
        top = [int(each) for each in np.argsort(-counts, kind="stable")[:3] if counts[each]]
        names = ", ".join(f"{value_name(feature, each)} {percent(counts[each] / values.size)}"
                          for each in top)  # fmt: skip
        return f"Most often: {names}."
    if picture.discrete:
        what = feature.values
        share = f"{int(values.sum())} of {values.size} {feature.of} are {what}."
        return f"{share} {goodness.sentence}" if goodness else share
    if values.size == 1:
        single = "note" if feature.of == "notes" else "value"
        return f"A single {single} has no spread yet."
    if picture.stdev is None:
        return f"All {values.size} {feature.of} are equal in this."
    return goodness.sentence if goodness else ""


def table(picture: Picture) -> str:
    """The bars as CSV: from, to, count, share, share under the curve and in the reference."""
    text = io.StringIO()
    writer = csv.writer(text)
    reference = picture.reference.title if picture.reference else "reference"
    writer.writerow(
        ["from", "to", "name", f"count of {picture.counted}", "share", "fitted", reference]
    )
    edges = picture.edges.tolist()
    for low, high in pairwise(edges):
        reading = read(picture, low, high)
        writer.writerow(
            [
                int(np.ceil(low)),
                int(np.ceil(high)) - 1,
                range_name(picture, low, high),
                reading.observed,
                f"{reading.share:.6g}",
                "" if reading.expected is None else f"{reading.expected:.6g}",
                "" if reading.usual is None else f"{reading.usual:.6g}",
            ]
        )
    return text.getvalue()
