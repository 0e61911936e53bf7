"""Profiles: built from made-up pieces, read back, and the shipped ones."""

import json
import random
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from composer_app.analysis.features import FEATURES, VELOCITY
from composer_app.analysis.likeness.copies import CopyIndex, index_path
from composer_app.analysis.likeness.likeness import compare
from composer_app.analysis.likeness.profile_building import Reference, build_profile
from composer_app.analysis.likeness.profiles import (
    Profile,
    Spread,
    load_profile,
    profile_path,
    profile_styles,
)
from composer_app.analysis.metrics.metrics import METRICS
from composer_app.analysis.voice_grid import VoiceGrid
from composer_app.errors import ProfileError
from composer_app.music.composition import Composition, Track
from composer_app.music.note import Note
from composer_app.reporting.profile_command import STYLE_TEXTS, reference_of
from composer_app.training.corpora.style_corpora import read_style
from tests.analysis.references import CORPUS, reference
from tests.irregular import IRREGULAR, put_irregular
from tests.odd_json import ODD_TEXTS, places, with_text_at

STYLES = ("bach", "hymn")


@cache
def built(pieces: tuple[Reference, ...] = CORPUS) -> Profile:
    return build_profile("bach", "Bach", "Made up.", pieces)


def changed(piece: Reference, bar: int, *, rest: bool = False, bad: bool = False) -> Reference:
    """``piece`` with a bar (from 0, after the upbeat of 4) without melody, or off the grid."""
    pitch, off = piece.grid.pitch.copy(), piece.bad.copy()
    span = slice(4 + 16 * bar, 20 + 16 * bar)
    if rest:
        pitch[span, 0] = -1
    off[span] = bad
    return replace(piece, grid=VoiceGrid(pitch, piece.grid.onset), bad=off)


def test_everything_is_there() -> None:
    profile = built()
    assert (profile.pieces, profile.bars) == (12, 12 * 12)
    assert set(profile.histograms) == {f.id for f in FEATURES} - {VELOCITY.id}
    assert [spread.bars for spread in profile.spreads] == [2, 4]
    # Passages of four bars overlap by half: five begin in a piece of twelve bars.
    assert profile.spreads[1].passages == 12 * 5
    ids = {metric.id for metric in METRICS}
    assert all(set(spread.quantiles) == ids for spread in profile.spreads)
    # All twelve bars of all four voices move in quarters.
    assert profile.histograms["length"]["Bass"].values.tolist() == [4]
    assert profile.histograms["length"]["all"].total == 12 * 12 * 4 * 4
    assert profile.histograms["polyphony"]["all"].total == 12 * 12 * 16
    assert "Soprano" not in profile.histograms["consonant"]


def test_the_upbeat_and_bars_that_cannot_be_used_are_left_out() -> None:
    for odd in (changed(CORPUS[0], 5, bad=True), changed(CORPUS[0], 5, rest=True)):
        profile = built((odd, *CORPUS[1:]))
        assert profile.bars == 12 * 12 - 1
        # Of five bars before and six after it, two and two passages instead of five.
        assert profile.spread(4).passages == 11 * 5 + 1 + 2


def test_a_last_bar_that_is_cut_off_counts() -> None:
    piece = reference(1, bars=12)
    cut = Reference(
        "cut",
        VoiceGrid(piece.grid.pitch[:-4], piece.grid.onset[:-4]),
        piece.position[:-4],
        piece.bar_length[:-4],
        piece.bad[:-4],
    )
    assert built((cut, *CORPUS[1:])).bars == 12 * 12
    # Within a piece it ends the section: what follows it is another one.
    position = piece.position.copy()
    position[108:] = (np.arange(piece.grid.steps - 108) % 16).astype(np.int16)
    profile = built((replace(piece, position=position), *CORPUS[1:]))
    # Six and a half bars, then five and a half: two passages of each.
    assert profile.spread(4).passages == 11 * 5 + 4


def test_all_pieces_weigh_the_same() -> None:
    """One long piece does not outvote the others."""
    long = replace(reference(50, bars=60), name="long")
    flat = np.repeat(np.array([[60, 55, 52, 48]], np.int16), long.grid.steps, axis=0)
    monotone = replace(long, grid=VoiceGrid(flat, long.grid.onset))
    table = built((*CORPUS, monotone)).spread(4).quantiles["voice_range"]
    # Its voices have no range: that is a thirteenth of the weight, though most of the passages.
    assert 6 <= np.count_nonzero(table == 0) <= 9


def test_a_piece_is_not_compared_with_itself() -> None:
    """Else a chord that no other piece has would seem usual, since the piece itself has it."""

    def on_one_chord(piece: Reference, chord: list[int]) -> Reference:
        pitch = np.repeat(np.array([chord], np.int16), piece.grid.steps, axis=0)
        return replace(piece, grid=VoiceGrid(pitch, piece.grid.onset))

    pieces = [on_one_chord(piece, [72, 67, 64, 48]) for piece in CORPUS]
    pieces[4] = on_one_chord(pieces[4], [71, 66, 61, 60])
    table = built(tuple(pieces)).spread(2).quantiles["chord_distance"]
    assert table[-5:].tolist() == [1.0] * 5
    assert table[80] < 0.1


@pytest.mark.parametrize("pieces", [(), CORPUS[:3]])
def test_too_few_pieces_make_no_profile(pieces: tuple[Reference, ...]) -> None:
    with pytest.raises(ValueError, match="too few"):
        built(pieces)


def test_the_same_pieces_give_the_same_bytes_which_are_read_back() -> None:
    text = built().to_json()
    assert text == built.__wrapped__().to_json()
    assert Profile.from_json(text).to_json() == text


def test_percentiles() -> None:
    table = np.concatenate([np.zeros(41), np.linspace(1, 60, 60)])
    spread = Spread(8, 50, {"x": table})
    places = [spread.percentile("x", value) for value in (-1, 0, 0.5, 1, 30.5, 60, 61)]
    # Values that many passages share stand in the middle of them.
    assert places == pytest.approx([0, 20, 40.5, 41, 70.5, 100, 100])
    with pytest.raises(KeyError):
        spread.percentile("y", 0)


def test_the_spread_is_that_of_passages_of_like_length() -> None:
    profile = load_profile("bach")
    assert [s.bars for s in profile.spreads] == [2, 4, 8, 16]
    chosen = [profile.spread(bars).bars for bars in (0, 1, 3, 5, 7, 12, 200)]
    assert chosen == [2, 2, 4, 4, 8, 16, 16]
    # Longer passages vary less.
    for metric in ("chordal_share", "melody_dissonance", "on_beat", "melody_leaps"):
        short, long = (profile.spread(bars).quantiles[metric] for bars in (2, 16))
        assert np.ptp(short[[10, 90]]) > np.ptp(long[[10, 90]])


def test_histograms_are_those_of_a_voice_or_of_all() -> None:
    profile = load_profile("bach")
    bass, every = profile.histogram("pitch", "Bass"), profile.histogram("pitch")
    assert bass.mean < every.mean < profile.histogram("pitch", "Soprano").mean
    assert profile.histogram("pitch", "Flute 2") is every
    assert profile.histogram("velocity") is None


@pytest.mark.parametrize("style", STYLES)
def test_the_shipped_profiles_are_small_and_whole(style: str) -> None:
    profile = load_profile(style)
    assert profile.style == style
    assert (profile.title, profile.source) == STYLE_TEXTS[style]
    assert "public domain" in profile.source
    assert profile_path(style).stat().st_size < 200_000
    assert profile is load_profile(style)


def test_the_shipped_styles() -> None:
    assert profile_styles() == STYLES


@pytest.mark.slow
def test_the_shipped_files_are_what_the_code_makes(tmp_path: Path) -> None:
    """Of hymns, whose corpus travels with Composer."""
    pieces = [reference_of(piece) for piece in read_style("hymn") if piece.split == "train"]
    profile = build_profile("hymn", *STYLE_TEXTS["hymn"], pieces)
    assert profile.to_json() == profile_path("hymn").read_text(encoding="utf-8")
    path = tmp_path / "index.npz"
    with path.open("wb") as stream:
        CopyIndex.build("hymn", pieces).save(stream)
    # Not their bytes: other versions of Python write other words around the arrays.
    with np.load(path) as made, np.load(index_path("hymn")) as shipped:
        assert list(made) == list(shipped)
        for name in shipped:
            assert made[name].dtype == shipped[name].dtype
            assert np.array_equal(made[name], shipped[name])


def test_a_style_without_a_profile_names_those_that_have_one() -> None:
    with pytest.raises(ProfileError, match=r"style jazz .* \(bach, hymn\)"):
        load_profile("jazz")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('{"format":1', '{"format":2'),
        ('{"format":1', "[1"),
        ('"bars":', '"bar":'),
        ('"pieces":12', '"pieces":"many"'),
        ('"length":{"Soprano":[[4],[2304]]', '"length":{"Soprano":[[4],[2304,3]]'),
        ('"length":{"Soprano":[[4],[576]]', '"length":{"Soprano":[[4],[-576]]'),
        ('"quantiles":{"melody_range":[', '"quantiles":{"melody_range":[0,'),
    ],
)
def test_a_damaged_profile_is_an_error(tmp_path: Path, old: str, new: str) -> None:
    text = built().to_json()
    broken = text.replace(old, new, 1)
    (tmp_path / "bach.profile.json").write_text(broken if broken != text else "{}")
    with pytest.raises(ProfileError, match=r"bach\.profile\.json is not a profile"):
        load_profile("bach", tmp_path)


@pytest.mark.parametrize("kind", IRREGULAR)
def test_what_is_no_file_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.chdir(tmp_path)
    put_irregular(tmp_path / "bach.profile.json", kind)
    with pytest.raises(ProfileError, match=r"not a profile|no profile"):
        load_profile("bach", tmp_path)


def test_a_profile_beyond_any_size_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "bach.profile.json").open("wb") as file:
        file.truncate(3_000_000_000)
    with pytest.raises(ProfileError, match="not a profile"):
        load_profile("bach", tmp_path)


def test_odd_values_make_a_profile_that_can_be_used_or_an_error(tmp_path: Path) -> None:
    """Of 300 seeded mutations of the JSON, whatever is read can be compared with."""
    data, chance = json.loads(built().to_json()), random.Random(5)
    everywhere = places(data)
    # Most values are single percentiles.
    outside = [path for path in everywhere if len(path) < 4]
    piece = Composition(tuple(
        Track(name, 0, tuple(Note(4 * i, pitch + i % 5, 4) for i in range(32)))
        for name, pitch in (("Soprano", 72), ("Alto", 65), ("Tenor", 58), ("Bass", 48))
    ))  # fmt: skip
    used = 0
    for number in range(300):
        odd_text = chance.choice(ODD_TEXTS)
        odd = with_text_at(data, chance.choice(chance.choice((everywhere, outside))), odd_text)
        (tmp_path / f"s{number}.profile.json").write_text(odd)
        profile = None
        with suppress(ProfileError):
            profile = load_profile(f"s{number}", tmp_path)
        if profile is None:
            continue
        used += 1
        assert profile.title.isprintable()
        likeness = compare(piece, profile)
        assert likeness.sentence.isprintable()
        assert all(np.isfinite([p.percentile, p.typical]).all() for p in likeness.places)
        for feature in FEATURES:
            assert profile.histogram(feature.id) is None or profile.histogram(feature.id).total
    assert 3 < used < 100


def test_a_profile_of_nothing_is_damage(tmp_path: Path) -> None:
    for number, (key, value) in enumerate((("spreads", []), ("title", 5), ("title", None))):
        data = {**json.loads(built().to_json()), key: value}
        (tmp_path / f"s{number}.profile.json").write_text(json.dumps(data))
        with pytest.raises(ProfileError, match="not a profile"):
            load_profile(f"s{number}", tmp_path)


@pytest.mark.parametrize("number", [float("inf"), 1e12, float("nan")])
def test_percentiles_that_nothing_has_are_damage(tmp_path: Path, number: float) -> None:
    data = json.loads(built().to_json())
    data["spreads"][0]["quantiles"]["melody_range"][-1] = number
    (tmp_path / "hymn.profile.json").write_text(json.dumps(data))
    with pytest.raises(ProfileError, match="not a profile"):
        load_profile("hymn", tmp_path)


def test_percentiles_that_do_not_rise_are_damage(tmp_path: Path) -> None:
    data = json.loads(built().to_json())
    data["spreads"][0]["quantiles"]["melody_range"][50] = 1e6
    (tmp_path / "hymn.profile.json").write_text(json.dumps(data))
    with pytest.raises(ProfileError, match="not a profile"):
        load_profile("hymn", tmp_path)
