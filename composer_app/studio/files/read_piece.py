"""A file that is opened: what is in it, which part is the melody, and how that is said."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from composer_app.generation.hearing.bar_phase import with_heard_upbeat
from composer_app.music.composition import Composition
from composer_app.music.editing.other_tracks import mix_from_file
from composer_app.music.files.cancelling import Wanted, always_wanted, check
from composer_app.music.performing.melody_line import Line
from composer_app.music.voices import MELODY
from composer_app.project.piece import Piece
from composer_app.project.project_file import ENDING, read_project
from composer_app.translation import Message

if TYPE_CHECKING:
    from composer_app.music.melody_evidence.ranking import Ranking

# Fewer notes are no part of their own.
_LEAST_PART: Final = 4


@dataclass(frozen=True)
class ReadPiece:
    """What a file holds, and what was amiss with it.

    In a project it is known which track has the melody. ``heard_bpm`` is the tempo if that is by
    ear. ``two_parts`` says that the melody's track
    has a lower part as well.
    """

    piece: Piece
    ranking: Ranking | None = None
    mended: tuple[Message, ...] = ()
    heard_bpm: float | None = None
    two_parts: bool = False


def is_project(path: Path) -> bool:
    """Whether ``path`` is named as a project of Composer."""
    return path.suffix.lower() == ENDING


def read_piece(
    path: Path, wanted: Wanted = always_wanted, *, tempo_by_ear: bool = True
) -> ReadPiece:
    """What is in the file ``path``. To be called in a thread.

    ``tempo_by_ear`` is that of :func:`~composer_app.music.midi.file.parse_midi`. Raises
    :class:`~composer_app.errors.ComposerError`, and
    :class:`~composer_app.music.files.cancelling.FileCancelledError` soon after it is not
    ``wanted`` any more.
    """
    if is_project(path):
        return ReadPiece(read_project(path, wanted))
    # What reads files takes longer to import than a window may take to open.
    from composer_app.music.melody_evidence.ranking import rank_melodies
    from composer_app.notation.piece_file import read_piece_file

    read = read_piece_file(path, wanted=wanted, tempo_by_ear=tempo_by_ear)
    check(wanted)
    ranking = rank_melodies(read.composition)
    check(wanted)
    heard = with_heard_upbeat(read.composition, ranking.best)
    mix = mix_from_file(heard, read.mix)
    return ReadPiece(
        Piece(heard, mix=mix),
        ranking,
        read.mended,
        read.heard_bpm,
        _has_two_parts(heard, ranking.best),
    )


def _has_two_parts(composition: Composition, track: int) -> bool:
    upper, lower = (composition.melody(track, line).notes for line in (Line.UPPER, Line.LOWER))
    return len(set(lower) - set(upper)) >= max(_LEAST_PART, len(upper) / 2)


def opened_sentence(
    path: Path, composition: Composition, ranking: Ranking | None, instead: str
) -> tuple[str, list[str]]:
    """What was opened, and which part of it is the melody; with the names in it."""
    if sum(1 for track in composition.tracks if track.notes) == 1:
        return f"Opened {path.name}{instead}.", [path.name]
    index = MELODY if ranking is None else ranking.best
    name = composition.tracks[index].name
    called = (
        f" of {len(composition.tracks)}, “{name}”," if name else f" of {len(composition.tracks)}"
    )
    sentence = f"Opened {path.name}{instead}: track {index + 1}{called} is the melody."
    return sentence, [path.name, name]
