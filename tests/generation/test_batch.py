"""Which files a batch of melodies and takes is read from and written to."""

import os
import sys
from pathlib import Path

import pytest

from composer_app.errors import SettingError, StreamError
from composer_app.generation.batch import Plan, plan_outputs, prepare_folder, read_jobs
from composer_app.music.composition import VOICE_NAMES, Composition, Origin, Track
from composer_app.music.midi.file import write_midi
from composer_app.music.note import Note


def outputs(melodies: str, output: str, takes: int = 1) -> list[str]:
    plans = plan_outputs([Path(name) for name in melodies.split()], Path(output), takes)
    return [path.as_posix() for plan in plans for path in plan.outputs]


@pytest.mark.parametrize(
    ("melodies", "output", "takes", "expected"),
    [
        ("a.mid", "out.mid", 1, ["out.mid"]),
        ("a.mid", "out.mid", 2, ["out__z1.mid", "out__z2.mid"]),
        ("a.mid", "my.song", 2, ["my.song__z1.mid", "my.song__z2.mid"]),
        ("a.mid", "my.MIDI", 2, ["my__z1.MIDI", "my__z2.MIDI"]),
        ("a.mid x/b.midi", "out", 1, ["out/a.mid", "out/b.mid"]),
        ("a.mid b.mid", "out", 2, ["out/a__z1.mid", "out/a__z2.mid", "out/b__z1.mid",
                                   "out/b__z2.mid"]),
        ("a.mid", "folder", 1, ["folder/a.mid"]),
        ("a.mid b.mid", "folder", 1, ["folder/a.mid", "folder/b.mid"]),
    ],
)  # fmt: skip
def test_names(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    melodies: str,
    output: str,
    takes: int,
    expected: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    assert outputs(melodies, output, takes) == expected


@pytest.mark.parametrize(
    ("melodies", "output", "takes", "why"),
    [
        ("x/a.mid y/a.mid", "out", 1, "both become a.mid"),
        ("x/a.mid y/A.MID", "out", 1, "both become A.mid"),
        ("a.mid a__z1.mid", ".", 1, "a.mid is the melody itself"),
        ("a.mid", "a.mid", 1, "a.mid is the melody itself"),
        ("a__z1.mid", "a.mid", 2, "a__z1.mid is the melody itself"),
        ("link.mid", "a.mid", 1, "a.mid is the melody itself"),
        ("a.mid", ".", 1, "a.mid is the melody itself"),
        ("a.mid b.mid", "file", 1, "need a folder"),
        ("a.mid b.mid", "new.mid", 1, "need a folder"),
        ("a.mid b.mid", "-", 1, "Standard output takes one piece"),
        ("a.mid", "-", 2, "Standard output takes one piece"),
        ("- b.mid", "out", 1, "Standard input is one melody"),
        ("-", ".", 1, "What comes from standard input has no name"),
    ],
)
def test_results_that_would_collide_or_cannot_be_told_apart(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    melodies: str,
    output: str,
    takes: int,
    why: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.mid", "a__z1.mid", "file"):
        Path(name).touch()
    Path("link.mid").symlink_to("a.mid")
    with pytest.raises(SettingError, match=why):
        outputs(melodies, output, takes)


def test_reading_melodies(tmp_path: Path) -> None:
    low, high = Track("Low", 0, (Note(0, 40, 4),)), Track("High", 0, (Note(0, 70, 4),))
    path = tmp_path / "a.mid"
    write_midi(Composition((Track("Empty"), low, high)), path)
    plan = Plan(path, (tmp_path / "out.mid",))

    def chosen(track: int | None) -> tuple[int, int]:
        ((job,), problems) = read_jobs([plan], track)
        assert problems == []
        assert job.plan is plan
        return job.track, job.melody.notes[0].pitch

    assert chosen(None) == (3, 70)
    assert chosen(2) == (2, 40)


def test_each_melody_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    note, late = Track("", 0, (Note(0, 60, 4),)), Track("", 0, (Note(170_000, 60, 4),))
    contents = {"one": (note,), "two": (note, note), "empty": (Track(""), note), "long": (late,)}
    plans = [Plan(tmp_path / "missing.mid", ())]
    for name, tracks in contents.items():
        write_midi(Composition(tracks), tmp_path / f"{name}.mid")
        plans.append(Plan(tmp_path / f"{name}.mid", ()))

    def problems(track: int | None) -> list[str]:
        return [problem.removeprefix(f"{tmp_path}/") for problem in read_jobs(plans, track)[1]]

    missing, long = problems(None)
    assert missing.startswith("missing.mid cannot be opened")
    assert long.startswith("long.mid, track 1: The melody has 10626 bars")
    assert problems(1)[1].startswith("empty.mid, track 1: The melody has no notes")
    assert problems(3)[1:] == [
        "one.mid has only one track, not 3.",
        "two.mid has only 2 tracks, not 3.",
        "empty.mid has only 2 tracks, not 3.",
        "long.mid has only one track, not 3.",
    ]


def test_folders_are_made_for_several_and_needed_for_one(tmp_path: Path) -> None:
    prepare_folder(tmp_path / "new" / "deep", make=True)
    assert (tmp_path / "new" / "deep").is_dir()
    prepare_folder(tmp_path / "new" / "deep", make=True)
    prepare_folder(tmp_path / "out.mid", make=False)
    prepare_folder(tmp_path, make=False)
    with pytest.raises(SettingError, match="There is no folder"):
        prepare_folder(tmp_path / "nowhere" / "out.mid", make=False)


@pytest.mark.parametrize(
    ("folder", "why"), [("file/deep", "part of its path is not a folder"), ("\0", "valid")]
)
def test_folders_that_cannot_be_made(tmp_path: Path, folder: str, why: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingError, match=f"cannot be made: .*{why}"):
        prepare_folder(tmp_path / folder, make=True)


def test_a_folder_that_is_write_protected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(SettingError, match="cannot be written to"):
        prepare_folder(tmp_path / "out.mid", make=False)


def test_a_stream_goes_to_a_stream_or_to_a_file_that_is_named() -> None:
    assert outputs("-", "-") == ["-"]
    assert outputs("a.mid", "-") == ["-"]
    assert outputs("-", "out.mid", 2) == ["out__z1.mid", "out__z2.mid"]


def test_what_cannot_take_a_result_is_refused_beforehand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SettingError, match=r"pipe cannot be written: it is a pipe"):
        prepare_folder(tmp_path / "pipe", make=False)
    prepare_folder(Path("-"), make=False)
    monkeypatch.setattr(sys, "__stdout__", None)
    with pytest.raises(StreamError, match="Standard output is closed"):
        prepare_folder(Path("-"), make=False)


@pytest.mark.parametrize(
    ("pitches", "how", "sentence"),
    [
        ((72,), "", ""),
        (
            (72, 48),
            "",
            "track 1 of 2, “72”, is the melody: it is the highest line. The other track stays after"
            " the four voices, at volume 0 (--four-voices leaves it out).",
        ),
        (
            (48, 72, 60),
            "",
            "track 2 of 3, “72”, is the melody: it is the highest line. The other 2 tracks stay"
            " after the four voices, at volume 0 (--four-voices leaves them out).",
        ),
        (
            (48, 72, 60),
            "alone",
            "track 2 of 3, “72”, is the melody: it is the highest line. The other 2 tracks are left"
            " out.",
        ),
        (
            (72, 65, 57, 45, 80),
            "around heard",
            "track 5 of 5, “80”, is the melody: it is the highest line; track 1 is the alto;"
            " track 2 is the tenor; track 3 is the bass. The other track stays after the four"
            " voices (--four-voices leaves it out).",
        ),
        (
            (72, 65, 57, 45),
            "around",
            "track 1 of 4, “72”, is the melody: it is the highest line; track 2 is the alto;"
            " track 3 is the tenor; track 4 is the bass.",
        ),
    ],
)
def test_what_becomes_of_each_track(
    tmp_path: Path, pitches: tuple[int, ...], how: str, sentence: str
) -> None:
    path = tmp_path / "a.mid"
    tracks = (Track(str(pitch), 0, (Note(0, pitch, 4),)) for pitch in pitches)
    write_midi(Composition(tuple(tracks)), path)
    ((job,), _) = read_jobs([Plan(path, ())], None)
    said = job.sentence(around="around" in how, alone="alone" in how, heard="heard" in how)
    advice = f"{path}: {sentence} --track chooses another melody."
    assert said == (advice if sentence else "")


def take() -> Composition:
    """What Composer writes to a melody."""
    tracks = tuple(Track(name, 52, (Note(0, 60, 4),)) for name in VOICE_NAMES)
    return Composition(tracks, origin=Origin("bach", 1, 1.0))


@pytest.mark.parametrize("heard", [True, False])
def test_other_tracks_follow_the_voices(tmp_path: Path, heard: bool) -> None:
    path = tmp_path / "a.mid"
    write_midi(Composition(tuple(Track("", 0, (Note(0, p, 4),)) for p in (48, 72))), path)
    ((job,), _) = read_jobs([Plan(path, ())], 2)
    assert not job.ours
    assert "track 2 of 2 is the melody" in job.sentence(around=False, alone=False, heard=heard)
    piece, mix = job.written(take(), around=False, heard=heard)
    assert [track.notes[0].pitch for track in piece.tracks] == [60, 60, 60, 60, 48]
    assert [mix.track(index).mute for index in range(5)] == [False] * 4 + [not heard]
    assert {mix.track(index).volume for index in range(5)} == {100}, "theirs when they sound again"


def test_voices_of_ours_make_way(tmp_path: Path) -> None:
    path = tmp_path / "a.mid"
    write_midi(take(), path)
    ((job,), _) = read_jobs([Plan(path, ())], None)
    assert job.ours
    assert len(job.written(take(), around=False, heard=True)[0].tracks) == 4
