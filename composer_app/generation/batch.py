"""Several melodies, several takes of each: what is read, and which files are written.

Everything that can go wrong is found before the first note is composed.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from composer_app.errors import ComposerError, MelodyError, MidiFileError, SettingError
from composer_app.file_arguments import (
    check_output,
    input_name,
    is_standard,
    read_argument,
)
from composer_app.generation.composing import check_melody, melody_of
from composer_app.generation.given import Voices, accompaniment
from composer_app.generation.hearing.bar_phase import with_heard_upbeat
from composer_app.music.composition import BAND_NAMES, VOICE_NAMES, Composition
from composer_app.music.editing.other_tracks import (
    other_tracks,
    silenced,
    unheard,
    with_other_tracks,
)
from composer_app.music.files.regular_file import is_file, is_folder
from composer_app.music.files.safe_file import cannot_write, failure_reason, refuse_no_file
from composer_app.music.melody import Melody
from composer_app.music.melody_evidence.ranking import rank_melodies
from composer_app.music.mix import PieceMix
from composer_app.music.performing.melody_line import Line
from composer_app.music.voices import FOUR, MELODY, has_a_band, has_our_voices, voice_tracks
from composer_app.notation.file_kinds import WRITABLE_ENDINGS
from composer_app.translation import Message, _, ngettext


@dataclass(frozen=True, slots=True)
class Plan:
    """A melody's file and the file of each of its takes."""

    source: Path
    outputs: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """A plan whose melody has been read from its file's track number ``track``, from 1 on.

    ``why`` says why it is the melody, nothing where somebody has chosen it. ``voices`` are the
    alto, tenor and bass that the other tracks may be. ``piece`` is all of the file, ``mix`` how its
    tracks sound.
    """

    plan: Plan
    track: int
    why: Message | None
    melody: Melody
    voices: Voices
    piece: Composition
    mix: PieceMix

    @property
    def ours(self) -> bool:
        """Whether the file is one of Composer's, whose voices are to be written anew."""
        return self.track - 1 == MELODY and has_our_voices(self.piece)

    def others(self, *, around: bool) -> tuple[int, ...]:
        """Indices of the tracks that stay beside the voices, written ``around`` the file's own."""
        return other_tracks(self.piece, self.track - 1, around=around)

    def sentence(self, *, around: bool, alone: bool, heard: bool) -> str:
        """Which track is the melody and why, and what becomes of the others; empty without them.

        ``around`` says that those which may be alto, tenor and bass are heeded, ``alone`` that the
        others are left out, and ``heard`` that they sound.
        """
        melody, tracks = self.track - 1, self.piece.tracks
        others = [each for i, each in enumerate(tracks) if i != melody and each.notes]
        if not others:
            return ""
        name = f", “{tracks[melody].name}”," if tracks[melody].name else ""
        which = f"track {self.track} of {len(tracks)}{name} is the melody"
        if self.why is not None:
            which = f"{which}: {self.why}"
        if around:
            found = enumerate(voice_tracks(self.piece, melody), 1)
            says, names = ("is", VOICE_NAMES) if not has_a_band(self.piece) else ("has", BAND_NAMES)
            named = [
                f"track {i + 1} {says} the {names[v].lower()}" for v, i in found if i is not None
            ]
            which = "; ".join([which, *named])
        source = input_name(self.plan.source)
        kept = self.others(around=around)
        drums = sum(tracks[index].drums for index in kept)
        fate = self._fate(len(kept) - drums, alone=alone, heard=heard)
        fate += _fate_of_drums(drums, alone=alone)
        choice = "" if all(each.drums for each in others) else "--track chooses another melody."
        return f"{source}: {which}. {fate}{choice}".rstrip()

    def _fate(self, count: int, *, alone: bool, heard: bool) -> str:
        if not count:
            return ""
        which = "The other track" if count == 1 else f"The other {count} tracks"
        are, stay, them = ("is", "stays", "it") if count == 1 else ("are", "stay", "them")
        if alone:
            return f"{which} {are} left out. "
        silent = "" if heard else ", at volume 0"
        return f"{which} {stay} after the four voices{silent} (--four-voices leaves {them} out). "

    def written(
        self, composed: Composition, *, around: bool, heard: bool
    ) -> tuple[Composition, PieceMix]:
        """The voices that are ``composed``, followed by the other tracks, and how they sound."""
        others = self.others(around=around)
        order = [*[None] * FOUR, *others]
        mix = self.mix.reordered(order)
        piece = with_other_tracks(composed, self.piece, others)
        if not heard:
            mix = silenced(mix, unheard(piece))
        return piece, mix


def _fate_of_drums(count: int, *, alone: bool) -> str:
    if not count:
        return ""
    return "The drums are left out. " if alone else "The drums play on. "


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
    plans: Iterable[Plan],
    track: int | None,
    line: Line = Line.UPPER,
    *,
    repeats: bool = True,
    tempo_by_ear: bool = True,
) -> tuple[list[Job], list[str]]:
    """The melodies of ``plans`` and a sentence about each that cannot be used.

    ``track`` counts from 1; without it the melody is looked for (:func:`rank_melodies`). Of a track
    with several parts it is the ``line``. The ``repeats`` of scores are played out, and
    ``tempo_by_ear`` is that of :func:`~composer_app.file_arguments.read_piece`.
    """
    jobs, problems = [], []
    for plan in plans:
        try:
            read = read_argument(plan.source, repeats=repeats, tempo_by_ear=tempo_by_ear)
            piece = read.composition
            ranking = rank_melodies(piece)
            index = ranking.best if track is None else track - 1
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
            name = input_name(plan.source)
            if piece.tracks and piece.tracks[index].drums:
                raise MidiFileError(
                    _("{file}, track {track}: drums are no melody", file=name, track=index + 1),
                    _("choose another track"),
                )
            piece = with_heard_upbeat(piece, index, line)
            melody = melody_of(piece, index, line)
            check_melody(melody)
            why = ranking.reason if track is None else None
            voices = accompaniment(piece, index)
            jobs.append(Job(plan, index + 1, why, melody, voices, piece, read.mix))
        except MelodyError as error:
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
