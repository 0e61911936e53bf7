"""The command that composes, ``generate``: what it takes, and what it writes."""

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from composer_app.errors import SettingError
from composer_app.file_arguments import (
    OUTPUT_HELP,
    OUTPUT_KINDS_HELP,
    PIECE_HELP,
    add_tempo_by_ear,
    file_argument,
    is_standard,
    output_name,
    write_piece,
)
from composer_app.generation.batch import Job, plan_outputs, prepare_folder, read_jobs
from composer_app.generation.chord_argument import AskedChords, asked_chords
from composer_app.generation.command_options import (
    BY_EAR,
    add_chance,
    add_control,
    add_steering,
    for_voices,
    whole_number,
)
from composer_app.generation.composing import compose_with_confidence
from composer_app.generation.generator import (
    GenerationSettings,
    Generator,
    Given,
    Progress,
)
from composer_app.generation.given import given_from, locks_of_ensemble
from composer_app.generation.hearing.feel import Feel
from composer_app.generation.models.catalog import (
    DEFAULT_MODEL,
    find_model,
    load_generator,
    model_of_style,
    models_folder_problem,
)
from composer_app.generation.models.model_info import ModelInfo
from composer_app.generation.noise import MAX_SEED
from composer_app.generation.repeating import Repeats
from composer_app.generation.steering import EVEN, NOTHING, PerVoice, Spans, rhythm_of
from composer_app.generation.support import without_effect
from composer_app.music.chord_text.by_bar import chord_list
from composer_app.music.composition import VOICE_NAMES, Composition
from composer_app.music.editing.edits import with_the_rest
from composer_app.music.harmony.chord_wishes import NO_WISHES, ChordWishes, wishes_of_piece
from composer_app.music.harmony.key_changes import KeyChange
from composer_app.music.instrumentation.instrument_ranges import playable_range
from composer_app.music.instrumentation.instruments import INSTRUMENT_NAMES
from composer_app.music.mix import USUAL_MIX
from composer_app.music.performing.melody_line import Line
from composer_app.music.pitch import pitch_name
from composer_app.music.voices import has_a_band
from composer_app.terminal import say, say_json, status_line, warn
from composer_app.translation import _, ngettext

FAILED: Final = 2
_MOST_TAKES: Final = 999
# Options that are not called as what they set.
_OPTIONS: Final = {"ranges": "range", "kept_rhythm": "keep_rhythm"}


def add_generate_command(
    commands: Any, with_chords: Callable[[Composition], Composition] | None = None
) -> None:
    """Add ``generate`` to the command line's subparsers.

    ``with_chords`` names the chords of what has no chord symbols, for ``--json``.
    """
    does = "compose four tracks around a melody"
    parser = commands.add_parser(
        "generate",
        help=does,
        description=f"{does[0].upper()}{does[1:]}.",
        epilog="example: composer-app generate melody.mid -o composition.mid --seed 7 --takes 3",
    )
    parser.set_defaults(run=_generate, with_chords=with_chords)
    add = parser.add_argument
    add(
        "melodies",
        nargs="+",
        type=file_argument,
        metavar="MELODY.mid",
        help=f"one or more files: {PIECE_HELP}",
    )
    add(
        "-o",
        "--output",
        type=file_argument,
        required=True,
        metavar="OUT",
        help="a file, or for several melodies a folder, which then holds MIDI files of the same"
        f" names; a file is {OUTPUT_KINDS_HELP}; {OUTPUT_HELP}",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--model", metavar="NAME", help="see composer-app models")
    which.add_argument(
        "--style", metavar="NAME", help="see composer-app styles (default: that of the model)"
    )
    add_chance(parser)
    add(
        "--takes",
        type=whole_number(1, _MOST_TAKES),
        default=1,
        metavar="N",
        help="several results, of seeds N, N+1 ..., in OUT__z1.mid, OUT__z2.mid ...",
    )
    add(
        "--track",
        type=whole_number(1, 65_535),
        metavar="K",
        help="which track is the melody (default: by its name and notes; it is said which and why)",
    )
    add(
        "--four-voices",
        action="store_true",
        help="leave the file's other tracks out (default: they follow the four, at volume 0)",
    )
    add(
        "--line",
        choices=[line.value for line in Line],
        default=Line.UPPER.value,
        help="which line of a track with several parts is the melody: the upper part, the skyline"
        " (the highest note at any time), or the lower part (default upper)",
    )
    add("--json", action="store_true", help="print what was written as JSON")
    add(
        "--no-repeats",
        action="store_true",
        help="take each bar of a score once (default: repeats and da capo are played out)",
    )
    add_tempo_by_ear(parser)
    add(
        "--closed-score",
        action="store_true",
        help="in a score, let soprano and alto share a staff, and tenor and bass",
    )
    add_steering(parser.add_argument_group("steering"))
    add_control(parser.add_argument_group("more control"))


def _generate(args: argparse.Namespace) -> int:
    if args.seed + args.takes - 1 > MAX_SEED:
        raise SettingError(
            _(
                "The seeds of {takes} takes from {seed} on exceed {most}",
                takes=args.takes,
                seed=args.seed,
                most=MAX_SEED,
            ),
            _("choose a smaller seed"),
        )
    plan = plan_outputs(args.melodies, args.output, args.takes)
    jobs, problems = read_jobs(
        plan,
        args.track,
        Line(args.line),
        repeats=not args.no_repeats,
        tempo_by_ear=not args.no_tempo_by_ear,
    )
    if problems:
        # All the melodies or none of them, so that nothing is left half done.
        warn(*problems)
        return FAILED
    asked = bool(args.improve or args.lock or args.likeness)
    if args.improve or args.likeness:
        _need_voices(jobs, "--improve" if args.improve else "--likeness")
    kept = [_kept_rhythm(job, args) for job in jobs]
    name = args.model or (model_of_style(args.style) if args.style else DEFAULT_MODEL)
    generator = load_generator(name)
    model = find_model(name)
    locks = locks_of_ensemble(args.lock, band=model.is_band)
    givens = [given_from(job.melody, job.voices, locks) if asked else None for job in jobs]
    if args.improve and "improve" not in model.supports:
        raise SettingError(
            _(
                "The model {model} writes everything in one pass and can improve nothing",
                model=model.name,
            ),
            _("choose a refining model, or leave --improve out"),
        )
    for job in jobs:
        if asked and job.piece.origin is not None and has_a_band(job.piece) != model.is_band:
            raise SettingError(
                _(
                    "What stays of {file} was written by a band, or what is to come is",
                    file=job.plan.source,
                ),
                _("choose another style, or leave --lock, --improve and --likeness out"),
            )
    # What is no chord is said before anything is composed.
    args.asked = None if args.chords is None else asked_chords(args.chords)
    ranges = _ranges(args, model)
    prepare_folder(args.output, make=len(jobs) > 1)
    for job in jobs:
        heard = args.improve or job.ours
        if sentence := job.sentence(around=asked, alone=args.four_voices, heard=heard):
            warn(sentence)
    common = _settings(args, band=model.is_band)
    settings = [replace(common, ranges=ranges, kept_rhythm=each) for each in kept]
    chords = NO_WISHES if args.asked is None else _wishes(jobs[0], args)
    keys = () if args.key is None else _keys(jobs[0], args)
    _warn(model, replace(settings[0], chords=chords, keys=keys))
    written = [
        result
        for job, given, each in zip(jobs, givens, settings, strict=True)
        for result in _compose_takes(job, given, generator, model, each, args)
    ]
    if args.json:
        say_json({"files": written}, aside=is_standard(args.output))
    return 0


def _need_voices(jobs: Sequence[Job], option: str) -> None:
    for job in jobs:
        if not any(job.voices):
            file = job.plan.source
            raise SettingError(
                _("{file} has no accompaniment to improve", file=file)
                if option == "--improve"
                else _("{file} has no accompaniment that could come again", file=file),
                _("leave {option} out", option=option),
            )


def _kept_rhythm(job: Job, args: argparse.Namespace) -> PerVoice[Spans | None]:
    """The rhythms that the voices of ``job`` keep, from its own voices or from other tracks."""
    said = []
    for voice, track in args.keep_rhythm:
        tracks = job.piece.tracks
        if track is not None and not 1 <= track <= len(tracks):
            raise SettingError(
                ngettext(
                    "{file} has only one track, not {track}",
                    "{file} has only {count} tracks, not {track}",
                    len(tracks),
                    file=job.plan.source,
                    track=track,
                ),
                _("choose another track"),
            )
        notes = job.voices[voice] if track is None else tracks[track - 1].notes
        if not notes:
            raise SettingError(
                _(
                    "{file} has no {voice} whose rhythm could be kept",
                    file=job.plan.source,
                    voice=VOICE_NAMES[voice + 1].lower(),
                ),
                _("name the track whose rhythm is meant"),
            )
        said.append((voice, rhythm_of(notes)))
    return for_voices(said, NOTHING)


def _ranges(args: argparse.Namespace, model: ModelInfo) -> PerVoice[tuple[int, int] | None]:
    """The ranges that are asked for, each within what the voice's instrument can play."""
    for voice, (low, high) in args.range:
        program = model.programs[voice + 1]
        least, most = playable_range(program)
        if low < least or high > most:
            raise SettingError(
                _(
                    "The {voice} is played by {instrument}, from {low} to {high}",
                    voice=VOICE_NAMES[voice + 1].lower(),
                    instrument=INSTRUMENT_NAMES[program].lower(),
                    low=pitch_name(least),
                    high=pitch_name(most),
                ),
                _("choose a range within these"),
            )
    return for_voices(args.range, NOTHING)


def _settings(args: argparse.Namespace, *, band: bool) -> GenerationSettings:
    """All that is asked for of every take of every melody, of a ``band`` or of voices."""
    return GenerationSettings(
        args.seed,
        args.temperature,
        upbeat=args.upbeat,
        iterations=args.iterations,
        improve=args.improve,
        max_added=args.max_added,
        max_removed=args.max_removed,
        vary_melody=args.vary_melody,
        feel=None if args.feel == BY_EAR else Feel(args.feel),
        introduction=args.introduction,
        repeats=Repeats(args.repeats),
        density=for_voices(args.density, NOTHING),
        rhythm=for_voices(args.rhythm, EVEN),
        richness=args.richness,
        chord_rate=args.chord_rate,
        likeness=args.likeness,
        busy=for_voices(args.busy, EVEN),
        phrasing=args.phrasing,
        swing_melody=band if args.swing_melody is None else args.swing_melody,
    )


def _keys(job: Job, args: argparse.Namespace) -> tuple[KeyChange, ...]:
    """The key that is asked for, or else those that the melody's file says."""
    return job.piece.keys if args.key is None else (KeyChange(0, args.key),)


def _wishes(job: Job, args: argparse.Namespace) -> ChordWishes:
    """The chords that are asked for, or else those that the melody's file says."""
    if args.asked is None:
        # What a band plays around what stays has to go with the chords of that.
        planned = bool(args.lock) and has_a_band(job.piece)
        return wishes_of_piece(job.piece, job.melody.steps, planned=planned)
    asked: AskedChords = args.asked
    return asked.wishes(job.melody.meters, job.melody.steps)


def _warn(model: ModelInfo, settings: GenerationSettings) -> None:
    """Say what is asked for in vain, and where no model can be looked for."""
    if problem := models_folder_problem():
        warn(str(problem))
    names = [
        f"--{_OPTIONS.get(name, name).replace('_', '-')}"
        for name in without_effect(settings, model.supports)
    ]
    if names:
        *first, last = names
        listed = f"{', '.join(first)} and {last}" if first else last
        warn(f"The model {model.name} takes no notice of {listed}.")
    if model.remark:
        warn(model.remark)


def _compose_takes(
    job: Job,
    given: Given | None,
    generator: Generator,
    model: ModelInfo,
    asked_for: GenerationSettings,
    args: argparse.Namespace,
) -> list[dict[str, object]]:
    results: list[dict[str, object]] = []
    aside = is_standard(args.output)
    for take, output in enumerate(job.plan.outputs):
        settings = replace(
            asked_for,
            seed=args.seed + take,
            chords=_wishes(job, args),
            keys=_keys(job, args),
        )
        begun = time.perf_counter()
        with status_line() as show:
            progress = None if show is None else _progress(show, output_name(output))
            made = compose_with_confidence(
                job.melody, generator, settings, progress, model.programs, given
            )
        piece, mix = with_the_rest(made.composition, job.piece, job.track - 1), USUAL_MIX
        if args.key is not None:
            piece = replace(piece, keys=settings.keys)
        if not args.four_voices:
            heard = args.improve or job.ours
            piece, mix = job.written(piece, around=given is not None, heard=heard)
        mix = model.mixed(mix)
        write_piece(piece, output, mix, closed=args.closed_score)
        seconds = round(time.perf_counter() - begun, 3)
        results.append(
            {
                "file": str(output),
                "melody": str(job.plan.source),
                "track": job.track,
                "model": generator.name,
                "seed": settings.seed,
                "temperature": settings.temperature,
                "upbeat": made.upbeat,
                "bars": piece.bars,
                "notes": piece.note_count,
                "chords": chord_list(args.with_chords(piece) if args.with_chords else piece),
                "seconds": seconds,
            }
        )
        if not args.json:
            bars = "1 bar" if piece.bars == 1 else f"{piece.bars:,} bars"
            say(
                f"{output_name(output)}: {bars}, seed {settings.seed}, {seconds:.1f} s",
                aside=aside,
            )
    advice = model.tempo_advice(job.melody.tempo.initial_bpm)
    if advice and not args.json:
        say(advice, aside=aside)
    return results


def _progress(show: Callable[[str], None], name: str) -> Progress:
    def progress(share: float) -> bool:
        show(f"{name} {share:4.0%}")
        return True

    return progress
