import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from composer_app.analysis.likeness import profiles
from composer_app.analysis.likeness.copies import SharedRun
from composer_app.analysis.likeness.likeness import compare
from composer_app.analysis.likeness.profiles import load_profile, profile_path
from composer_app.analysis.material import Source
from composer_app.errors import ProfileError
from composer_app.music.composition import Composition, Track
from composer_app.music.note import Note
from composer_app.studio.runtime.jobs import Jobs
from composer_app.studio.statistics import likeness_page
from composer_app.studio.statistics.comparison import StyleComparison, styles, table, verdict_of
from composer_app.studio.statistics.likeness_page import LikenessPage, copy_sentence
from composer_app.studio.statistics.panel import StatisticsPanel
from composer_app.translation import verbatim

MELODY, *OTHERS = (
    Track(name, notes=tuple(Note(4 * i, low + 3 * i % 7, 4) for i in range(32)))
    for name, low in (("Soprano", 67), ("Alto", 60), ("Tenor", 55), ("Bass", 43))
)
PIECE = Composition((MELODY, Track("Empty"), *OTHERS))
COPY = SharedRun("bach", "BWV 269", 9, 8, 3, 2, True)
SHORT = SharedRun("bach", "BWV 269", 3, 8, 3, 0, True)


def comparison(shared: SharedRun | None, composition: Composition = PIECE) -> StyleComparison:
    return StyleComparison(composition, compare(composition, load_profile("bach")), shared)


@pytest.fixture
def jobs(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Jobs]:
    monkeypatch.setattr(likeness_page, "_REST_MS", 0)
    pool = Jobs()
    yield pool
    pool.close()


@pytest.fixture
def page(qtbot: QtBot, jobs: Jobs) -> LikenessPage:
    widget = LikenessPage(jobs)
    qtbot.addWidget(widget)
    widget.resize(296, 500)
    widget.show()
    return widget


def judge(
    page: LikenessPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, shared: SharedRun | None
) -> None:
    monkeypatch.setattr(likeness_page, "verdict_of", lambda piece, _: comparison(shared, piece))
    page.set_composition(PIECE)
    page.find_styles()
    qtbot.waitUntil(lambda: page.comparison is not None)


def test_the_notes_of_a_shared_run_are_those_that_sound_in_it() -> None:
    notes = comparison(COPY).shared_notes
    assert {track for track, _ in notes} == {0, 2, 3, 4}, "the track without notes is no voice"
    assert {note.start for _, note in notes} == set(range(8, 8 + 36, 4))
    below = SharedRun("bach", "BWV 269", 3, 8, 3, 0, False)
    assert {track for track, _ in comparison(below).shared_notes} == {2, 3, 4}
    assert comparison(None).shared_notes == frozenset()


def test_music_that_could_not_be_searched_is_named() -> None:
    problem = ProfileError(verbatim("hymn.copies.npz is missing or damaged"))
    sentence = copy_sentence(replace(comparison(SHORT), problems=(problem,)))
    assert sentence == f"{copy_sentence(comparison(SHORT))} {problem}"


def test_a_profile_that_is_damaged_is_offered_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(profile_path("bach"), tmp_path)
    (tmp_path / "hymn.profile.json").write_text("[" * 100_000)
    monkeypatch.setattr(profiles, "resource_folder", lambda name: tmp_path)
    assert styles() == (("bach", "Bach"), ("hymn", "hymn"))
    with pytest.raises(ProfileError, match=r"hymn\.profile\.json is not a profile"):
        verdict_of(PIECE, "hymn")


def test_a_near_copy_is_named_and_a_short_run_is_not_called_one() -> None:
    assert copy_sentence(comparison(COPY)) == f"Near-copy: {COPY.sentence}"
    assert "BWV 269" in COPY.sentence
    assert copy_sentence(comparison(SHORT)) == "Longest shared run: 3 beats, BWV 269"
    assert copy_sentence(comparison(None)) == "No beat is shared with the training music."
    melody = Composition(PIECE.tracks[:2])
    assert copy_sentence(comparison(None, melody)) == ""


def test_a_click_on_the_warning_selects_the_run(
    page: LikenessPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen: list[frozenset[Source]] = []
    page.notesChosen.connect(lambda notes, _: chosen.append(notes))
    judge(page, qtbot, monkeypatch, COPY)
    assert page.copy.text.startswith("Near-copy: All voices have 9 beats in common with BWV 269")
    QTest.mouseClick(page.copy, Qt.MouseButton.LeftButton, pos=QPoint(20, 8))
    QTest.keyClick(page.copy, Qt.Key.Key_Return)
    assert chosen == [comparison(COPY).shared_notes] * 2


def test_the_tab_warns_of_a_near_copy(
    jobs: Jobs, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(likeness_page, "verdict_of", lambda piece, _: comparison(COPY, piece))
    panel = StatisticsPanel(jobs)
    qtbot.addWidget(panel)
    panel.resize(328, 500)
    panel.set_composition(PIECE)
    panel.show()
    qtbot.waitUntil(lambda: not panel.tabs[1].icon().isNull())
    assert panel.tabs[1].toolTip() == COPY.sentence
    monkeypatch.setattr(likeness_page, "verdict_of", lambda piece, _: comparison(SHORT, piece))
    panel.set_composition(Composition(PIECE.tracks))
    qtbot.waitUntil(lambda: panel.tabs[1].icon().isNull())


def test_a_damaged_profile_is_told(
    page: LikenessPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(composition: Composition, style: str) -> StyleComparison:
        raise ProfileError(verbatim("The profile is damaged: install Composer again."))

    monkeypatch.setattr(likeness_page, "verdict_of", fail)
    page.set_composition(PIECE)
    page.find_styles()
    qtbot.waitUntil(lambda: "damaged" in page._message.text())
    assert page.comparison is None


def test_rows_explain_themselves(
    page: LikenessPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge(page, qtbot, monkeypatch, None)
    view, places = page.view, comparison(None).likeness.places
    assert view.accessibleDescription().startswith(places[0].sentence)
    narrow = view.sizeHint().height()
    assert narrow >= 26 * len(places) + 20 * sum(place.outlying for place in places)
    page.resize(900, 500)
    qtbot.waitUntil(lambda: view.sizeHint().height() < narrow)


def test_the_table_has_every_metric() -> None:
    found = comparison(None)
    lines = table(found).splitlines()
    assert len(lines) == 1 + len(found.likeness.places)
    assert lines[1].startswith(found.likeness.places[0].metric.title)
