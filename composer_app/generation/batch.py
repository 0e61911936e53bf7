"""Several melodies, several takes of each: what is read, and which files are written.

Everything that can go wrong is found before the first note is composed.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from composer_app.errors import ComposerError, MelodyError, MidiFileError, SettingError
from composer_app.file_arguments import check_output, input_name, is_standard, read_piece
from composer_app.generation.composing import check_melody
from composer_app.generation.given import Voices, accompaniment
from composer_app.music.composition import VOICE_NAMES, Composition
from composer_app.music.melody import Melody
from composer_app.music.regular_file import is_file, is_folder
from composer_app.music.safe_file import cannot_write, failure_reason, refuse_no_file
from composer_app.music.voices import find_melody, left_out, voice_tracks
from composer_app.notation.piece_file import WRITABLE_ENDINGS
from composer_app.translation import _, ngettext


@dataclass(frozen=True, slots=True)
class Plan:
    """A melody's file and the file of each of its takes."""

    source: Path
    outputs: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """A plan whose melody has been read from its file's track number ``track``, from 1 on.

    ``voices`` are the alto, tenor and bass that the other tracks may be. ``piece`` is all of the
    file.
    """

    plan: Plan
    track: int
    melody: Melody
    voices: Voices
    piece: Composition

    def sentence(self, *, voices: bool) -> str:
        """Which track is the melody and what becomes of the others; empty where there are none.

        ``voices`` says that those which may be alto, tenor and bass are heeded.
        """
        melody, tracks = self.track - 1, self.piece.tracks
        others = [i for i, each in enumerate(tracks) if each.notes and i != melody]
        if not others:
            return ""
        name = f", {tracks[melody].name}," if tracks[melody].name else ""
        which = f"track {self.track} of {len(tracks)}{name} is the melody"
        if voices:
            found = enumerate(voice_tracks(self.piece, melody), 1)
            named = [
                f"track {i + 1} the {VOICE_NAMES[v].lower()}" for v, i in found if i is not None
            ]
            which = ", ".join([which, *named])
            others = list(left_out(self.piece, melody))
        count = len(others)
        one = "1 more track" if voices else "the other track"
        many = f"{count} more tracks" if voices else f"the other {count} tracks"
        gone = f"; {one} is left out" if count == 1 else f"; {many} are left out"
        source = input_name(self.plan.source)
        return f"{source}: {which}{gone if count else ''}. --track chooses another melody."


def plan_outputs(melodies: Sequence[Path], output: Path, takes: int) -> list[Plan]:
    """Where the takes of each melody go.

    One melody goes to the file ``output``, several to files of the same names in the folder
    ``output``; several takes are told apart by ``__z1``, ``__z2`` ... after the name. Either may
    be a standard stream, where it is one. Raises :class:`SettingError` where it is not, where two
    results would share a file or a melody be overwritten.
    """
    _refuse_shared_streams(melodies, output, takes)
    if len(melodies) > 1:
        if is_file(output) or output.suffix.lower() in WRITABLE_ENDINGS:
            raise SettingError(
                _("Several melodies need a folder to go to, and {output} is a file", output=output)
            )
        bases = [output / f"{melody.stem}.mid" for melody in melodies]
    else:
        inside = not is_standard(output) and is_folder(output)
        bases = [output / f"{melodies[0].stem}.mid" if inside else output]
    plans = [
        Plan(melody, _takes(base, takes)) for melody, base in zip(melodies, bases, strict=True)
    ]
    _refuse_collisions(plans)
    return plans


def read_jobs(
    plans: Iterable[Plan], track: int | None, *, repeats: bool = True
) -> tuple[list[Job], list[str]]:
    """The melodies of ``plans`` and a sentence about each that cannot be used.

    ``track`` counts from 1; without it the melody is looked for (:func:`find_melody`). The
    ``repeats`` of scores are played out.
    """
    jobs, problems = [], []
    for plan in plans:
        try:
            piece = read_piece(plan.source, repeats=repeats)
            index = find_melody(piece) if track is None else track - 1
            if index >= len(piece.tracks):
                count = len(piece.tracks)
                raise MidiFileError(
                    ngettext(
                        "{file} has only one track, not {track}",
                        "{file} has only {count} tracks, not {track}",
                        count,
                        file=input_name(plan.source),
                        track=track,
                    )
                )
            melody = piece.melody(index)
            check_melody(melody)
            jobs.append(Job(plan, index + 1, melody, accompaniment(piece, index), piece))
        except MelodyError as error:
            name = input_name(plan.source)
            said = _("{file}, track {track}: {error}", file=name, track=index + 1, error=error)
            problems.append(str(said))
        except ComposerError as error:
            problems.append(str(error))
    return jobs, problems


def prepare_folder(output: Path, *, make: bool) -> None:
    """See that results can be written to the folder ``output`` (made if it is missing) or,
    without ``make``, to the file ``output`` or into it; a :class:`ComposerError` says why not.
    """
    if is_standard(output):
        check_output(output)
        return
    folder = output if make or is_folder(output) else output.parent
    try:
        if make:
            folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise SettingError(
            _(
                "The folder {folder} cannot be made: {reason}",
                folder=folder,
                reason=failure_reason(error),
            )
        ) from error
    if not is_folder(folder):
        raise SettingError(
            _("There is no folder {folder}", folder=folder), _("make it or choose another output")
        )
    if not os.access(folder, os.W_OK):
        raise SettingError(
            _("The folder {folder} cannot be written to", folder=folder), _("choose another output")
        )
    try:
        refuse_no_file(output)
    except (OSError, ValueError) as error:
        raise SettingError(*cannot_write(output, error)) from error


def _takes(base: Path, takes: int) -> tuple[Path, ...]:
    if takes == 1:
        return (base,)
    suffix = base.suffix if base.suffix.lower() in WRITABLE_ENDINGS else ".mid"
    stem = base.stem if base.suffix.lower() in WRITABLE_ENDINGS else base.name
    return tuple(base.with_name(f"{stem}__z{number}{suffix}") for number in range(1, takes + 1))


def _refuse_shared_streams(melodies: Sequence[Path], output: Path, takes: int) -> None:
    if is_standard(output):
        if len(melodies) > 1 or takes > 1:
            raise SettingError(
                _("Standard output takes one piece"),
                _("give a file or a folder to several melodies or takes"),
            )
    elif any(map(is_standard, melodies)):
        if len(melodies) > 1:
            raise SettingError(
                _("Standard input is one melody"), _("leave - out, or name it alone")
            )
        if is_folder(output):
            raise SettingError(
                _("What comes from standard input has no name"),
                _("name a file in {output}", output=output),
            )


def _refuse_collisions(plans: list[Plan]) -> None:
    sources = {os.path.realpath(plan.source) for plan in plans if not is_standard(plan.source)}
    seen: set[str] = set()
    outputs = (path for plan in plans for path in plan.outputs)
    for path in (path for path in outputs if not is_standard(path)):
        # Some file systems do not tell capitals from small letters.
        name = path.name.casefold()
        if name in seen:
            raise SettingError(
                _("Two of the melodies would both become {file}", file=path.name),
                _("rename one or do them apart"),
            )
        seen.add(name)
        if os.path.realpath(path) in sources:
            raise SettingError(
                _("{file} is the melody itself and would be overwritten", file=path),
                _("choose another output"),
            )
