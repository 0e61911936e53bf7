"""A recording in progress on disk: what a crash leaves is a recording too."""

import errno
import os
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from composer_app.live.recording import journal as journal_module
from composer_app.live.recording.heard_notes import KeyEvent
from composer_app.live.recording.journal import Journal, JournalError, read_journal
from composer_app.live.recording.recorder import Recorder
from composer_app.music.performing.performance import (
    Grid,
    Performance,
    PerformedNote,
    Quantization,
    Reduction,
)
from composer_app.music.timing import Meter
from tests.irregular import IRREGULAR, put_irregular
from tests.live.rig import wait_for

EMPTY = Performance((), 96, Meter(3, 4), Quantization(Grid.EIGHTH, 60, Reduction.LATEST))
# (pitch, velocity or 0 for a release, seconds)
Event = tuple[int, int, float]
SCALE: list[Event] = [(60, 80, -0.01), (60, 0, 0.4), (62, 70, 0.5), (64, 90, 1.0), (62, 0, 1.25)]


def write(path: Path, events: list[Event]) -> None:
    journal = Journal(path, EMPTY)
    for pitch, velocity, at in events:
        journal.hear(KeyEvent(pitch, velocity, at))
    journal.close()
    journal.join()


def played(events: list[Event]) -> tuple[PerformedNote, ...]:
    """What a recorder that stops with the last of ``events`` makes of them."""
    recorder = Recorder()
    recorder.start(0.0)
    for pitch, velocity, at in events:
        recorder.note_on(pitch, velocity, at)
    return recorder.stop(max([0.0, *(at for _, _, at in events)]))


def test_what_was_written_is_read_with_its_tempo_metre_and_view(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "a.journal"
    write(path, SCALE)
    assert read_journal(path) == Performance(played(SCALE), 96, EMPTY.meter, EMPTY.quantization)


def test_it_can_be_read_while_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    journal = Journal(path, EMPTY)
    journal.hear(KeyEvent(60, 80, 0.5))
    wait_for(lambda: path.exists() and b'"on"' in path.read_bytes(), "the journal")
    (note,) = read_journal(path).notes
    assert (note.pitch, note.start, note.end) == (60, 0.5, 0.5)
    journal.close()
    journal.join()


events = st.lists(
    st.tuples(st.integers(0, 127), st.integers(0, 127), st.floats(-1, 500)).map(
        lambda event: (event[0], event[1], round(event[2], 6))
    ),
    min_size=1,
    max_size=12,
)


@given(events, st.data())
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_torn_at_any_byte_all_whole_lines_come_back(
    tmp_path: Path, events: list[Event], data: st.DataObject
) -> None:
    path = tmp_path / "torn.journal"
    path.unlink(missing_ok=True)
    write(path, events)
    whole = path.read_bytes()
    cut = data.draw(st.integers(0, len(whole)))
    path.write_bytes(whole[:cut])
    # A line whose end alone is missing says as much as a whole one.
    lines = sum(1 for end in _line_ends(whole) if end <= cut)
    expected = played(events[: max(0, lines - 1)])
    if not expected:
        with pytest.raises(JournalError):
            read_journal(path)
    else:
        assert read_journal(path).notes == expected


def _line_ends(data: bytes) -> list[int]:
    return [index for index, byte in enumerate(data) if byte == ord("\n")]


@pytest.mark.parametrize(
    "line",
    [
        b'["on", 200, 80, 0.5]',
        b'["on", 60, 800, 0.5]',
        b'["on", 60, 80, 1e999]',
        b'["on", 60, 80, 1' + b"0" * 400 + b"]",
        b'["on", 1' + b"0" * 400 + b", 80, 0.5]",
        b'["on", 60, 80, ' + b"9" * 5000 + b"]",
        b'["on", null, [], {}]',
        b'["on", 60, 80]',
        b'["sing", 60]',
        b"\xff\xfe",
        b"[" * 100_000,
        b"5",
    ],
)
def test_damage_ends_a_recording_and_spares_what_came_before(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "a.journal"
    write(path, SCALE)
    with path.open("ab") as file:
        file.write(line + b'\n["on", 72, 80, 9.0]\n')
    assert read_journal(path).notes == played(SCALE)


@pytest.mark.parametrize(
    "data", [b"", b"MThd", b'{"composer-journal": 2}', b'{"composer-journal": 1, "bpm": 5}', b"[]"]
)
def test_what_is_no_journal_is_refused_with_a_sentence(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.journal"
    path.write_bytes(data)
    with pytest.raises(JournalError, match="not the journal"):
        read_journal(path)
    with pytest.raises(JournalError, match="cannot be read"):
        read_journal(tmp_path / "missing.journal")


@pytest.mark.parametrize("kind", IRREGULAR)
def test_what_is_no_file_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.chdir(tmp_path)
    reason = put_irregular(tmp_path / "a.journal", kind)
    with pytest.raises(JournalError, match=f"cannot be read: .*{reason}"):
        read_journal(tmp_path / "a.journal")


def test_a_folder_that_cannot_be_written_is_said_and_harms_nothing(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("in the way")
    said: list[str] = []
    journal = Journal(tmp_path / "folder" / "a.journal", EMPTY, fail=said.append)
    journal.hear(KeyEvent(60, 80, 0.0))
    journal.close()
    journal.join()
    assert said == ["a file of its name is in the way"]


def test_a_disk_that_fills_up_is_said_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    said: list[str] = []
    monkeypatch.setattr(os, "fsync", full)
    journal = Journal(tmp_path / "a.journal", EMPTY, fail=said.append)
    for index in range(50):
        journal.hear(KeyEvent(60, 80, float(index)))
    journal.close()
    journal.join()
    assert said == ["the disk is full"]


def test_a_disk_that_has_room_again_gets_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing twice, though the disk took some of it before it was full."""
    sync, full = os.fsync, [True]

    def maybe(descriptor: int) -> None:
        if full[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(descriptor)

    monkeypatch.setattr(journal_module, "_RETRY_SECONDS", 0.01)
    monkeypatch.setattr(os, "fsync", maybe)
    said: list[str] = []
    path = tmp_path / "a.journal"
    journal = Journal(path, EMPTY, fail=said.append)
    wait_for(lambda: said != [], "the disk to be full")
    full[0] = False
    wait_for(lambda: said[-1] == "", "the disk to have room")
    full[0] = True
    journal.hear(KeyEvent(60, 80, 0.0))
    wait_for(lambda: said[-1] != "", "the disk to be full again")
    assert path.read_bytes().count(b'"on"') == 1
    full[0] = False
    wait_for(lambda: said[-1] == "", "the disk to have room again")
    journal.hear(KeyEvent(60, 0, 1.0))
    journal.close()
    journal.join()
    assert said == ["the disk is full", ""] * 2
    assert read_journal(path).notes == played([(60, 80, 0.0), (60, 0, 1.0)])
    assert path.read_bytes().count(b"\n") == 3


def test_a_journal_that_somebody_removes_is_made_again_whole(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "a.journal"
    journal = Journal(path, EMPTY)
    journal.hear(KeyEvent(60, 80, 0.0))
    wait_for(lambda: path.exists() and b'"on"' in path.read_bytes(), "the journal")
    path.unlink()
    path.parent.rmdir()
    journal.hear(KeyEvent(60, 0, 1.0))
    journal.close()
    journal.join()
    assert read_journal(path).notes == played([(60, 80, 0.0), (60, 0, 1.0)])


def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write(tmp_path / "a.journal", SCALE)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.journal").stat().st_mode) == 0o600


def test_the_place_is_prepared_before_the_file_is_made(tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    seen: list[bool] = []
    journal = Journal(path, EMPTY, prepare=lambda: seen.append(path.exists()))
    journal.close()
    journal.join()
    assert seen == [False]
    assert path.exists()


def test_a_journal_that_nobody_listens_to_fails_in_silence(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("in the way")
    journal = Journal(tmp_path / "folder" / "a.journal", EMPTY)
    journal.hear(KeyEvent(60, 80, 0.0))
    journal.close()
    journal.join()
    assert (tmp_path / "folder").read_text() == "in the way"
