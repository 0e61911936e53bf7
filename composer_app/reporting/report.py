"""Everything that ``composer-app stats`` finds out about a piece, as plain data."""

from dataclasses import asdict, dataclass
from typing import Any

from composer_app.analysis.features import (
    CONSONANT_WITH_MELODY,
    FEATURES,
    LEAP,
    PITCH_CLASS,
    SOUNDING,
    FeatureValues,
    measure_all,
)
from composer_app.analysis.fitting import BinomialFit, GaussianFit, fit_binomial, fit_gaussian
from composer_app.analysis.histograms import Distance, Histogram, distance
from composer_app.analysis.likeness.copies import SharedRun, load_copies
from composer_app.analysis.likeness.likeness import Likeness, compare
from composer_app.analysis.likeness.profiles import ALL_VOICES, Profile, load_profile
from composer_app.analysis.material import Material
from composer_app.analysis.metrics.roll_metrics import ROLL_METRICS
from composer_app.analysis.summary import Summary, summary
from composer_app.analysis.voice_grid import VoiceGrid
from composer_app.errors import ProfileError
from composer_app.music.composition import VOICE_NAMES, Composition
from composer_app.music.editing.edits import with_melody_track
from composer_app.music.editing.other_tracks import voices_alone
from composer_app.music.melody_evidence.ranking import rank_melodies
from composer_app.music.voices import (
    all_four_sound,
    four_voices,
    main_tracks,
    main_tracks_called,
)
from composer_app.translation import Message


@dataclass(frozen=True, slots=True, eq=False)
class FeatureReport:
    """A feature of a piece; ``fit`` is None for categories and where there is too little.

    ``corpus`` and ``distance`` are those of the style it is compared with, if it is.
    """

    measured: FeatureValues
    fit: GaussianFit | BinomialFit | None
    corpus: Histogram | None = None
    distance: Distance | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """A piece measured; ``likeness`` and ``shared`` only if it was compared with a style.

    ``problems`` are about music that could not be searched for what is shared.

    ``melody`` is the index of the track that was taken for the melody, ``track`` that of the one
    whose ``features`` they are, None for those of all tracks. ``why`` says why it was taken, where
    nobody has chosen it.
    """

    composition: Composition
    melody: int
    track: int | None
    summary: Summary
    features: tuple[FeatureReport, ...]
    roll_metrics: dict[str, float | None]
    profile: Profile | None = None
    likeness: Likeness | None = None
    shared: SharedRun | None = None
    problems: tuple[ProfileError, ...] = ()
    why: Message | None = None


def report_on(
    composition: Composition,
    style: str | None = None,
    melody: int | None = None,
    track: int | None = None,
) -> Report:
    """Measure ``composition`` and, if there is a ``style``, compare it with that.

    ``melody`` is the index of the melody's track, which is looked for when omitted
    (:func:`rank_melodies`); ``track`` is that of the one whose features are wanted. Fewer than four
    tracks with notes are compared with the style's melodies.
    Raises :class:`ProfileError` for a style without a profile.
    """
    profile = load_profile(style) if style else None
    ranking = rank_melodies(composition)
    index = ranking.best if melody is None else melody
    # Everything that is measured takes the first track for the melody.
    arranged = with_melody_track(composition, index)
    if track is None:
        part = Material.of(arranged, main_tracks(arranged))
        voice = ALL_VOICES if all_four_sound(arranged) else VOICE_NAMES[0]
    else:
        part = Material.of(arranged, [0 if track == index else track + (track < index)])
        voice = VOICE_NAMES[0] if track == index else composition.tracks[track].name
    measured = measure_all(part)
    return Report(
        composition,
        index,
        track,
        summary(composition),
        tuple(_feature_report(measured[feature.id], profile, voice) for feature in FEATURES),
        {name: function(voices_alone(arranged)) for name, function in ROLL_METRICS.items()},
        profile,
        compare(arranged, profile) if profile else None,
        shared_run(arranged) if profile else None,
        load_copies().problems if profile else (),
        ranking.reason if melody is None else None,
    )


def track_name(composition: Composition, index: int) -> str:
    """Such as "track 2, Alto"."""
    name = composition.tracks[index].name
    return f"track {index + 1}, {name}" if name else f"track {index + 1}"


def part_name(report: Report) -> str:
    """What the features of ``report`` are of."""
    if report.track is None:
        return main_tracks_called(report.composition)
    return track_name(report.composition, report.track)


def shared_run(composition: Composition) -> SharedRun | None:
    """The longest run that four voices share with the training music; None of fewer voices."""
    if not all_four_sound(composition):
        return None
    voices = Composition(four_voices(composition))
    return load_copies().longest(VoiceGrid.from_composition(voices))


def _feature_report(measured: FeatureValues, profile: Profile | None, voice: str) -> FeatureReport:
    corpus = None
    # Pieces in all keys have no pitch classes in common: degrees are compared instead.
    if profile and measured.feature != PITCH_CLASS:
        corpus = profile.histogram(measured.feature.id, voice)
    far = distance(measured.feature, Histogram.of(measured.values), corpus) if corpus else None
    return FeatureReport(measured, fit_of(measured), corpus, far)


def fit_of(measured: FeatureValues) -> GaussianFit | BinomialFit | None:
    """The distribution that suits the feature; None for categories and too few values."""
    feature, values = measured.feature, measured.values
    if feature.kind == "trial":
        return fit_binomial(values, name=trial_name(measured)) if values.size else None
    if feature.kind == "number" and values.size > 1:
        return fit_gaussian(values, name=feature.values)
    return None


def trial_name(measured: FeatureValues) -> str:
    """What the successes of a trial are called, such as "notes on a beat"."""
    feature = measured.feature
    short = {LEAP: "leaps", SOUNDING: "sounding steps", CONSONANT_WITH_MELODY: "consonant notes"}
    return short.get(feature, f"{feature.of} {feature.values}")


def plain(report: Report) -> dict[str, Any]:
    """``report`` as numbers and words for JSON; lists in rising order of values."""
    data: dict[str, Any] = {
        **asdict(report.summary),
        "melody": report.melody + 1 if report.composition.note_count else None,
        "track": None if report.track is None else report.track + 1,
        "features": {row.measured.feature.id: _plain_feature(row) for row in report.features},
        "measures": report.roll_metrics,
    }
    if report.likeness:
        data["likeness"] = {
            "style": report.likeness.style,
            "sentence": report.likeness.sentence,
            "passage_bars": report.likeness.passage_bars,
            "measures": [
                {
                    "measure": place.metric.id,
                    "value": place.value,
                    "percentile": place.percentile,
                    "low": place.low,
                    "typical": place.typical,
                    "high": place.high,
                    "outlying": place.outlying,
                    "sentence": place.sentence,
                }
                for place in report.likeness.places
            ],
        }
        data["problems"] = [str(problem) for problem in report.problems]
        shared = report.shared
        data["longest_shared_run"] = shared and {
            **asdict(shared),
            "near_copy": shared.near_copy,
            "sentence": shared.sentence,
        }
    return data


def _plain_feature(row: FeatureReport) -> dict[str, Any]:
    histogram = Histogram.of(row.measured.values)
    data: dict[str, Any] = {
        "title": row.measured.feature.title,
        "kind": row.measured.feature.kind,
        "n": row.measured.values.size,
        "values": histogram.values.tolist(),
        "counts": histogram.counts.tolist(),
    }
    if row.fit:
        data["fit"] = plain_fit(row.fit)
    if row.distance:
        data["distance"] = asdict(row.distance)
    return data


def plain_fit(fit: GaussianFit | BinomialFit) -> dict[str, Any]:
    """A fit as numbers and words for JSON."""
    data: dict[str, Any] = {
        "distribution": "gaussian" if isinstance(fit, GaussianFit) else "binomial",
        "mean": fit.distribution.mean,
        "stdev": fit.distribution.stdev,
    }
    if isinstance(fit, GaussianFit):
        data |= {"n": fit.n, "sample": fit.sample}
    else:
        data |= {"n": fit.distribution.n, "p": fit.distribution.p}
    return {**data, "goodness": asdict(fit.goodness)}
