"""Which files hold a piece, and what is said of them."""

import os
import sys
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from composer_app.studio.widgets.piece_kinds import described, open_filter, pattern


@pytest.mark.parametrize("name", ["a.mid", "B.MID", "c.Midi", "d.KAR", "e.rmi", "f.Composer"])
def test_a_piece_is_offered_in_whatever_case_its_ending_is(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    patterns = open_filter().split(";;")[0].removeprefix("Pieces (").removesuffix(")").split()
    assert any(fnmatchcase(name, each) for each in patterns)
    assert not any(fnmatchcase("x.mp3", each) for each in patterns)


def test_where_letters_have_no_case_the_patterns_are_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert pattern(".mid") == "*.mid"


def test_files_are_described_by_kind_and_date(tmp_path: Path) -> None:
    when = datetime(2026, 5, 3, 12, tzinfo=UTC).timestamp()
    for name, kind in (
        ("a.MID", "MIDI file"),
        ("b.kar", "Karaoke file"),
        ("c.composer", "Composer project"),
        ("d", "file"),
    ):
        path = tmp_path / name
        path.touch()
        os.utime(path, (when, when))
        assert described(path) == f"{kind}, 3 May 2026"
    assert described(tmp_path / "gone.mid") == "MIDI file"
