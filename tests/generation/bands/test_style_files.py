"""Styles as files: those that travel with Composer, and those that anybody has written."""

from pathlib import Path

import pytest

from composer_app.errors import ModelError, SettingError, StyleError
from composer_app.generation.bands.style_file import read_style
from composer_app.generation.bands.style_list import (
    STYLES_VARIABLE,
    find_style,
    installed_styles,
    style_folders,
)
from composer_app.generation.given import locks_of_ensemble, parse_lock
from composer_app.generation.models.catalog import (
    everything_to_choose_from,
    find_model,
    find_planner,
    installed_models,
    model_of_style,
)
from composer_app.resources import resource_folder
from tests.generation.bands.melodies import MELODIES
from tests.generation.bands.playing import BANDS, band_of

_SWING = resource_folder("assets") / "styles" / "swing.toml"


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(STYLES_VARIABLE, str(tmp_path))
    return tmp_path


def _changed(folder: Path, name: str, old: str, new: str) -> Path:
    text = _SWING.read_text(encoding="utf-8")
    assert old in text
    path = folder / f"{name}.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_the_styles_of_composer_are_sound(own: Path) -> None:
    styles = installed_styles()
    assert [style.name for style in styles] == ["bach", "hymn", *BANDS]
    assert not [str(style.problem) for style in styles if style.problem]
    for style in styles:
        assert style.title
        assert style.description.endswith(".")
        assert style.licence
        assert style.meters
    models = {model.name for model in installed_models()}
    assert {style.model for style in styles if style.model} <= models


def test_one_of_your_own_comes_first(own: Path) -> None:
    _changed(own, "swing", 'title = "Swing"', 'title = "My swing"')
    _changed(own, "gipsy", 'title = "Swing"', 'title = "Gipsy"')
    assert find_style("swing").title == "My swing"
    assert installed_styles()[-1].title == "Gipsy"


def test_a_style_of_ones_own_plays(own: Path) -> None:
    path = _changed(own, "slow", "swing = 0.64", "swing = 0.5")
    generator = band_of(read_style(path))
    assert generator.name == "slow"
    assert generator.band.swing == 0.5
    assert generator.sha256 != band_of(find_style("swing")).sha256
    assert MELODIES


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('title = "Swing"', 'title = "Swing', "no file of TOML"),
        ('title = "Swing"', "title = 3", "title is no text"),
        ("swing = 0.64", "swing = 0.9", "no number from 0.5 to 0.75"),
        ("swing = 0.64", "swung = 0.64", "no field “swung” of feel"),
        ("lowest = 90", "lowest = 900", "does not rise"),
        ('"Tenor sax"', '"Kazoo"', "no instrument “Kazoo”"),
        ('low = "C3"', 'low = "H3"', "no pitch"),
        ('low = "C3"', 'low = "C5"', "less than an octave"),
        ('hold = "half"', 'hold = "week"', "none of beat, half, bar"),
        ('"4/4", "2/2"', '"4-4", "2/2"', "no metre"),
        ('level = "simple"', 'level = "easy"', "simple, medium or busy"),
        ('rhythm = "R--- w--- w--- a---"', 'rhythm = "R--- w---"', "no whole bars"),
        ('rhythm = "R--- w--- w--- a---"', 'rhythm = "Z--- w--- w--- a---"', "“Z”"),
        ("[tracks.drums]", "[tracks.bells]", "no field “bells”"),
        ('styles = ["leadsheet", "song"]', "styles = []", "list of names"),
        ('voicing = "inverted"', 'voicing = "upside down"', "none of close, inverted, barre"),
        ('voicing = "inverted"', "strums = 1", "neither true nor false"),
        ("swing = 0.64", "swing = 0.64\nsecond_beat = 0.5", "no number from 0 to 0.2"),
        ('bass = "R--- 5--- R--- ----"', 'bass = "---R"', "begin with a stroke"),
        ('bass = "R--- 5--- R--- ----"', 'bass = "Z---"', "“Z”"),
        ("[ending]", "[coda]", "no field “coda”"),
    ],
)
def test_what_is_wrong_is_said_and_hides_no_other(own: Path, old: str, new: str, says: str) -> None:
    _changed(own, "mine", old, new)
    styles = {style.name: style for style in installed_styles()}
    assert says in str(styles["mine"].problem)
    assert "mine.toml" in str(styles["mine"].problem)
    assert styles["swing"].problem is None
    with pytest.raises(StyleError, match=r"mine\.toml"):
        find_style("mine")


def test_a_damaged_file_leaves_the_style_of_its_name(own: Path) -> None:
    (own / "swing.toml").write_bytes(b"\xff\xfe\x00")
    assert find_style("swing").problem is None


def test_an_unknown_style_names_those_there_are(own: Path) -> None:
    with pytest.raises(StyleError, match="there are bach, hymn, swing"):
        find_style("polka")


def test_hostile_files_are_named_and_nothing_is_waited_for(own: Path) -> None:
    (own / "folder.toml").mkdir()
    (own / "large.toml").write_bytes(b"#" * 300_000)
    (own / "deep.toml").write_text("a = " + "[" * 5000, encoding="utf-8")
    (own / "Ü bad.toml").write_text("", encoding="utf-8")
    problems = [str(style.problem) for style in installed_styles() if style.problem]
    assert len(problems) == 4


def test_the_folder_is_the_users_own_without_a_variable() -> None:
    assert style_folders({"XDG_DATA_HOME": "/data"})[0] == Path("/data/composer/styles")


def test_parts_of_a_band_are_locked_by_their_names() -> None:
    locks = [parse_lock(name) for name in ("melody", "chords", "bass:2", "drums", "bars:1-2")]
    found = [lock.voice for lock in locks_of_ensemble(locks, band=True)]
    assert found == [0, 1, 2, 3, None]
    assert [lock.voice for lock in locks_of_ensemble([parse_lock("bass")], band=False)] == [3]
    with pytest.raises(SettingError, match="no alto to lock"):
        locks_of_ensemble([parse_lock("alto")], band=True)
    with pytest.raises(SettingError, match="no drums to lock"):
        locks_of_ensemble([parse_lock("drums")], band=False)


def test_styles_come_first_where_one_chooses() -> None:
    names = [model.name for model in everything_to_choose_from()]
    assert names[: 2 + len(BANDS)] == ["bach", "hymn", *BANDS]
    assert set(names) == {model.name for model in installed_models()} | set(BANDS)
    assert model_of_style("hymn") == "hymn"
    assert find_model("swing").is_band


def test_a_model_that_plans_no_chords_is_said() -> None:
    pytest.importorskip("onnxruntime")
    with pytest.raises(ModelError, match="plans no chords"):
        find_planner("bach-gan", 1)


def test_what_cannot_be_chosen_is_listed_with_its_problem(own: Path) -> None:
    (own / "broken.toml").write_text("name = ", encoding="utf-8")
    chorale = (_SWING.parent / "bach.toml").read_text(encoding="utf-8")
    elsewhere = chorale.replace('model = "bach"', 'model = "nobody"')
    (own / "elsewhere.toml").write_text(elsewhere, encoding="utf-8")
    assert any(style.name == "elsewhere" for style in installed_styles())
    listed = {model.name: model for model in everything_to_choose_from()}
    assert listed["broken"].problem is not None
    assert listed["broken"].is_band
    assert "elsewhere" not in listed, "its model is not installed"
