"""The commands that sound: ``render`` into an audio file, ``play`` in the terminal."""

import argparse
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final, NoReturn

from composer_app.errors import DeviceError
from composer_app.file_arguments import (
    OUTPUT_HELP,
    PIECE_HELP,
    check_output,
    file_argument,
    input_name,
    is_standard,
    named_file,
    output_name,
    read_argument,
)
from composer_app.live.midi.connect import VIRTUAL_OUTPUT
from composer_app.live.midi.output_synthesizer import MidiSynthesizer
from composer_app.live.midi.outputs import MidiOutputs
from composer_app.live.note_sink import SilentSynthesizer, Synthesizer
from composer_app.live.playback.mixing import Mix
from composer_app.live.playback.player import Player
from composer_app.live.rendering.audio_file import (
    CEILING,
    FORMATS,
    LEAST_GAIN,
    MOST_GAIN,
    RATES,
    AudioSettings,
    write_audio,
)
from composer_app.live.rendering.rendering import DEFAULT_RATE
from composer_app.live.synth.synthesizer import SoundSettings, open_synthesizer
from composer_app.music.composition import Composition
from composer_app.terminal import say, status_line, warn
from composer_app.translation import _

# Something that is done sooner needs no progress line.
_PATIENCE_SECONDS: Final = 0.2
_BETWEEN_LINES_SECONDS: Final = 0.1
# After the last note its release and the reverberation are heard.
_TAIL_SECONDS: Final = 2.5
# Releases need a moment to reach what sounds.
_PARTING_SECONDS: Final = 0.1
# How often to look whether what plays is still there.
_BETWEEN_CHECKS_SECONDS: Final = 0.5


def add_live_commands(commands: Any) -> None:
    """Add ``render`` and ``play`` to the command line's subparsers."""
    _add_render(commands)
    _add_play(commands)


def _add_render(commands: Any) -> None:
    parser = commands.add_parser(
        "render",
        help="turn a MIDI file or a score into an audio file",
        description="Turn a MIDI file or a score into an audio file, much faster than it plays.\n"
        f"The loudest moment is brought to {CEILING:g} dBFS (true peak), and nothing is louder.",
        epilog="example: composer-app render composition.mid -o composition.mp3",
    )
    parser.set_defaults(run=_render)
    endings = ", ".join(each.suffix for each in FORMATS)
    add = parser.add_argument
    add("file", type=file_argument, metavar="FILE.mid", help=PIECE_HELP)
    add(
        "-o",
        "--output",
        type=file_argument,
        required=True,
        metavar="OUT",
        help=f"ends in {endings}; {OUTPUT_HELP}, as {FORMATS[0].title}",
    )
    _add_soundfont(parser)
    add(
        "--rate",
        type=int,
        choices=RATES,
        default=DEFAULT_RATE,
        metavar="HZ",
        help=f"frames a second: {', '.join(map(str, RATES))} (default {DEFAULT_RATE})",
    )
    add(
        "--gain",
        type=_gain,
        metavar="DB",
        help="decibels more or less than while playing, instead of as loud as can be; too much"
        " is turned down",
    )


def _add_play(commands: Any) -> None:
    parser = commands.add_parser(
        "play",
        help="play a MIDI file or a score",
        description="Play a MIDI file or a score; Ctrl-C stops.",
        epilog="example: composer-app play composition.mid",
    )
    parser.set_defaults(run=_play)
    parser.add_argument("file", type=file_argument, metavar="FILE.mid", help=PIECE_HELP)
    _add_soundfont(parser)
    parser.add_argument(
        "--output",
        metavar="PORT",
        help="play through this MIDI output instead of the synthesizer; a part of its name will do"
        " (composer-app doctor lists them)",
    )


def _add_soundfont(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--soundfont",
        type=named_file,
        metavar="FILE.sf2",
        help="the instruments to play with (default: the first that is found on this machine)",
    )


def _gain(text: str) -> float:
    try:
        gain = AudioSettings(gain=float(text)).gain
    except ValueError:
        gain = None
    if gain is None:
        raise argparse.ArgumentTypeError(
            f"{text} is not a number from {LEAST_GAIN:g} to {MOST_GAIN:g}"
        )
    return gain


def _render(args: argparse.Namespace) -> int:
    check_output(args.output)
    read = read_argument(args.file)
    begun = time.perf_counter()
    with _progress_line(output_name(args.output)) as progress:
        written = write_audio(
            read.composition,
            args.output,
            args.soundfont,
            AudioSettings(args.rate, args.gain),
            progress,
            Mix(read.mix.tracks),
        )
    seconds = time.perf_counter() - begun
    say(
        f"{output_name(args.output)}: {_clock_text(written.seconds)}, peak {written.peak:.1f} dBFS,"
        f" {seconds:.1f} s ({written.seconds / seconds:.0f} times faster than it plays)",
        aside=is_standard(args.output),
    )
    return 0


def _play(args: argparse.Namespace) -> int:
    read = read_argument(args.file)
    piece = read.composition
    total = _clock_text(piece.tempo.seconds_at(piece.steps))
    with _ending_in_order(), _instrument(args) as (synthesizer, check):
        player = Player(synthesizer)
        try:
            say(f"{input_name(args.file)}: {total}, {synthesizer.description}")
            player.load(piece)
            player.set_mix(Mix(read.mix.tracks))
            player.play()
            with status_line() as show:
                _follow(player, piece, show or _show_nothing, check)
            time.sleep(_TAIL_SECONDS)
        finally:
            _fall_silent(player, synthesizer)
    return 0


@contextmanager
def _instrument(args: argparse.Namespace) -> Iterator[tuple[Synthesizer, Callable[[], None]]]:
    """What to play with, and a call that raises :class:`DeviceError` if it has gone."""
    if args.output is None:
        synthesizer, problem = open_synthesizer(SoundSettings(soundfont=args.soundfont))
        try:
            if isinstance(synthesizer, SilentSynthesizer):
                raise problem or DeviceError(
                    _("Nothing can be heard"), _("type: {command}", command="composer-app doctor")
                )
            if problem:
                warn(str(problem))

            def listen() -> None:
                if not synthesizer.alive:
                    raise DeviceError(
                        _("The sound device has vanished"),
                        _("connect it again or start the sound server, then play once more"),
                    )

            yield synthesizer, listen
        finally:
            synthesizer.close()
        return
    outputs = MidiOutputs()
    try:
        name = choose_output(args.output, outputs.output_names(), outputs.problem)
        port = MidiSynthesizer(outputs.open(name))

        def check() -> None:
            if outputs.poll().lost:
                raise DeviceError(
                    _("The MIDI output {device} was unplugged", device=name),
                    _("connect it again, then play once more"),
                )

        try:
            yield port, check
        finally:
            port.close()
    finally:
        outputs.close()


def choose_output(wanted: str, names: list[str], problem: DeviceError | None = None) -> str:
    """The one of ``names`` that ``wanted`` is, or is a part of, capitals aside.

    Raises :class:`DeviceError` where it is none or several of them, ``problem`` if that is why
    there are none.
    """
    if wanted in (*names, VIRTUAL_OUTPUT):
        return wanted
    matching = [name for name in names if wanted.lower() in name.lower()]
    if len(matching) == 1:
        return matching[0]
    if not names:
        raise problem or DeviceError(_("There is no MIDI output to play through"), _("connect one"))
    raise DeviceError(
        _("There are several MIDI outputs named {wanted}", wanted=wanted)
        if matching
        else _("There is no MIDI output named {wanted}", wanted=wanted),
        _("choose one of these: {known}", known=", ".join(matching or names)),
    )


def _follow(
    player: Player, piece: Composition, show: Callable[[str], None], check: Callable[[], None]
) -> None:
    """Show where the music is until it has ended."""
    total = _clock_text(piece.tempo.seconds_at(piece.steps))
    checked = time.monotonic()
    while player.playing:
        if time.monotonic() - checked > _BETWEEN_CHECKS_SECONDS:
            checked = time.monotonic()
            check()
        position = player.position
        bar, beat, _ = piece.meters.position(int(position))
        seconds = _clock_text(piece.tempo.seconds_at(position))
        show(f"bar {bar}.{beat}  {seconds} / {total}")
        time.sleep(_BETWEEN_LINES_SECONDS)


def _fall_silent(player: Player, synthesizer: Synthesizer) -> None:
    """End every note, whatever was going on; Ctrl-C waits meanwhile."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        player.close()
        synthesizer.all_notes_off()
        time.sleep(_PARTING_SECONDS)
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """Leave as from Ctrl-C when the process is told to end or its terminal is closed.

    A SIGHUP that is ignored, as nohup wants it, stays so.
    """

    def leave(number: int, frame: FrameType | None) -> NoReturn:
        raise SystemExit(128 + number)

    names = ("SIGTERM", "SIGHUP")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    heeded = [number for number in numbers if signal.getsignal(number) != signal.SIG_IGN]
    before = {number: signal.signal(number, leave) for number in heeded}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _progress_line(name: str) -> Iterator[Callable[[float], bool]]:
    """Shows the share done, on a terminal and once it takes a while."""
    shown = time.monotonic() + _PATIENCE_SECONDS - _BETWEEN_LINES_SECONDS

    with status_line() as show:

        def progress(share: float) -> bool:
            nonlocal shown
            now = time.monotonic()
            if show is not None and now - shown > _BETWEEN_LINES_SECONDS:
                shown = now
                show(f"{name} {share:4.0%}")
            return True

        yield progress


def _show_nothing(text: str) -> None:
    pass


def _clock_text(seconds: float) -> str:
    minutes, rest = divmod(int(seconds + 0.5), 60)
    return f"{minutes}:{rest:02}"
