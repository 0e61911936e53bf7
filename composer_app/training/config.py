"""Recipes: every number that shapes a training run, in one place.

Free of torch, so that the studio and the command line can show and check them.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, TypeVar

from composer_app.errors import SettingError
from composer_app.music.pitch import OCTAVE
from composer_app.translation import _

# The network's pitch classes: 0 is a rest, 1..48 are the pitches 36..83.
LOWEST_PITCH: Final = 36
HIGHEST_PITCH: Final = 83
PITCH_CLASSES: Final = HIGHEST_PITCH - LOWEST_PITCH + 2
VOICES: Final = 4
# The styles that voices are written in.
STYLES: Final = ("bach", "hymn", "ragtime")
# What a network can be told that its music is, by index: those, and what teaches it harmony.
NETWORK_STYLES: Final = (*STYLES, "song", "quartet", "leadsheet")
# Music that is a melody with chord symbols: its lower voices are not there to be learnt.
MELODY_ONLY: Final = ("leadsheet",)
# What a beat is, by index: a quarter, a dotted quarter, a half note.
BEATS: Final = (4, 6, 8)
DEVICES: Final = ("cpu", "cuda")
# Of the network that writes melodies: its pitches are so many semitones, from an octave below the
# tonic; what it is shown beside a bar are the bars so far away; how dense a melody is has classes,
# of which 0 is unknown.
MELODY_DEGREES: Final = 41
MELODY_LOWEST: Final = -12
MELODY_NEIGHBOURS: Final = (-8, -4, -2, -1, 1, 2, 4)
MELODY_DENSITIES: Final = 6
# Notes a beat at which the next class of density begins.
MELODY_DENSITY_EDGES: Final = (0.75, 1.0, 1.3, 1.7)
# The drums that a network writes, by the names that styles have for them, and General MIDI's notes.
DRUM_NOTES: Final = {
    "kick": 36,
    "snare": 38,
    "rim": 37,
    "closed": 42,
    "pedal": 44,
    "open": 46,
    "low tom": 43,
    "mid tom": 47,
    "high tom": 50,
    "crash": 49,
    "ride": 51,
}
DRUMS: Final = tuple(DRUM_NOTES)
DRUM_TECHNIQUE: Final = "drums"
# Other keys that a prediction can be asked for at once.
MAX_TRANSPOSITIONS: Final = 6
# Sixteenths, eighths, quarters, half bars, bars.
_DRUM_LEVELS: Final = 5


@dataclass(frozen=True, slots=True)
class RefiningConfig:
    """The masked U-Net over time (see :mod:`composer_app.training.networks.refining_unet`).

    ``iterations`` of AdamW with a cosine learning rate; ``minutes``, if not 0, shortens the
    schedule so that it ends by then. Shares are of windows unless said otherwise; the styles are
    drawn by ``style_weights``, among those that the corpora hold. ``consistency`` weighs the
    training towards the same prediction in every key (see
    :mod:`~composer_app.training.trainers.consistency`), for which ``renamed_share`` of the windows
    go by another style's name; ``transpositions`` is how many other keys are listened to each time.

    In a ``plan_share`` of the windows all lower voices are hidden and chords are asked for, as when
    a piece is planned. Otherwise the chord row is hidden in ``row_hidden_share``, given in
    ``row_given_share``, given without its basses in ``bass_hidden_share``, and known in part in the
    rest. ``beginning_share`` of the windows begin where the piece does; ``chord_weight`` weighs
    what is asked of the chord row.

    ``side_channels`` are the widths of a side network (see
    :mod:`~composer_app.training.networks.side_network`), as many as ``channels``; where there is
    one, it alone is trained, beside the network that the run starts from, unless ``side_alone`` is
    false: then both are, as when a network learns another kind of music.

    A row of the corpus has ``lines``, the melody first, whose pitches are brought by octaves into
    ``lowest_pitch`` to ``highest_pitch``.

    ``device`` is where the network is: "cpu", or "cuda" for a GPU; ``workers`` are processes that
    draw windows ahead, without which a GPU waits for them (and with which a resumed run goes on
    with other windows than it would have had).
    """

    channels: tuple[int, ...] = (160, 256, 384, 384, 512)
    down_blocks: tuple[int, ...] = (1, 1, 2, 1, 2)
    up_blocks: tuple[int, ...] = (1, 1, 2, 1)
    dropout: float = 0.15
    lines: int = VOICES
    lowest_pitch: int = LOWEST_PITCH
    highest_pitch: int = HIGHEST_PITCH
    side_channels: tuple[int, ...] = ()
    side_dropout: float = 0.15
    side_alone: bool = True
    window: int = 64
    batch: int = 32
    iterations: int = 16_000
    minutes: float = 0.0
    learning_rate: float = 1.5e-3
    warmup: int = 300
    weight_decay: float = 3e-2
    betas: tuple[float, float] = (0.9, 0.98)
    clip: float = 1.0
    ema_decay: float = 0.998
    coarse_to_fine_share: float = 0.4
    onset_stage_share: float = 0.12
    onsets_hidden_share: float = 0.75
    melody_hidden_share: float = 0.08
    melody_rest_share: float = 0.10
    span_share: float = 0.10
    fermatas_hidden_share: float = 0.5
    ending_known_share: float = 0.7
    style_weights: tuple[float, ...] = (0.4, 0.24, 0.0, 0.14, 0.06, 0.16)
    plan_share: float = 0.3
    row_hidden_share: float = 0.3
    row_given_share: float = 0.3
    bass_hidden_share: float = 0.15
    beginning_share: float = 0.12
    chord_weight: float = 0.5
    consistency: float = 0.0
    renamed_share: float = 0.2
    transpositions: int = 2
    seed: int = 1
    threads: int = 1
    device: str = "cpu"
    workers: int = 0
    bfloat16: bool = True

    def __post_init__(self) -> None:
        _check_positive(self, "window", "batch", "iterations", "learning_rate", "threads")
        _check_machine(self.device, self.workers)
        if self.lines < 2 or not 0 <= self.lowest_pitch < self.highest_pitch - OCTAVE:
            raise ValueError("there are two lines or more, and pitches of more than an octave")
        if not 0 <= self.transpositions <= MAX_TRANSPOSITIONS:
            raise ValueError(
                f"transpositions is from 0 to {MAX_TRANSPOSITIONS}, not {self.transpositions}"
            )
        levels = len(self.channels)
        if (len(self.down_blocks), len(self.up_blocks)) != (levels, levels - 1):
            raise ValueError("down_blocks has a number for each of channels, up_blocks one less")
        if len(self.side_channels) not in (0, levels):
            raise ValueError("side_channels has a number for each of channels, or none")
        if self.window % 2 ** (levels - 1):
            raise ValueError(f"window must be a multiple of {2 ** (levels - 1)} steps")
        if len(self.style_weights) != len(NETWORK_STYLES):
            raise ValueError(f"style_weights has a number for each of {', '.join(NETWORK_STYLES)}")
        for share in fields(self):
            value = getattr(self, share.name)
            if share.name.endswith("_share") and not 0 <= value <= 1:
                raise ValueError(f"{share.name} is a share from 0 to 1, not {value}")

    @property
    def pitch_classes(self) -> int:
        """Number of what a cell may hold: a rest, or one of the pitches."""
        return self.highest_pitch - self.lowest_pitch + 2


@dataclass(frozen=True, slots=True)
class ClassicGanConfig:
    """The published one-pass design: WGAN-GP after Gulrajani et al. (2017).

    Figures as in AWS's DeepComposer sample: Adam at 1e-3, five critic updates to one of the
    generator, gradient penalty 10, batches of 64 two-bar snippets, 1000 iterations. ``bfloat16``
    lets the generator multiply in that precision (its weights stay in float32), which saves time.
    """

    batch: int = 64
    iterations: int = 1000
    learning_rate: float = 1e-3
    betas: tuple[float, float] = (0.5, 0.9)
    update_ratio: int = 5
    gradient_penalty: float = 10.0
    seed: int = 1
    threads: int = 1
    bfloat16: bool = True

    def __post_init__(self) -> None:
        _check_positive(self, "batch", "iterations", "learning_rate", "update_ratio", "threads")


@dataclass(frozen=True, slots=True)
class OnePassConfig:
    """Our one-pass generator: distilled from a refining model, then trained as a WGAN-GP.

    ``distill_iterations`` of matching the refining model's probabilities, then ``iterations``
    (counted together) with the critic. ``temperatures`` are those of the two portions of the plan
    and of the eight stages, ``planner_channels`` the widths of the teacher's side network, which
    plans; ``plan_weights`` is how much there is of each style in its harmony. In an ``own_share``
    of the windows the generator goes on from what it has written itself; the styles whose melodies
    it is taught with are drawn by ``style_weights``.
    """

    channels: tuple[int, ...] = (96, 144, 208, 224, 288)
    down_blocks: tuple[int, ...] = (1, 1, 1, 1, 2)
    up_blocks: tuple[int, ...] = (1, 1, 1, 1)
    dropout: float = 0.05
    critic_channels: tuple[int, ...] = (160, 224, 256, 256)
    planner_channels: tuple[int, ...] = (96, 128, 192, 192, 256)
    plan_weights: tuple[float, ...] = (1.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    temperatures: tuple[float, ...] = (1.0, 0.9, 0.9, 0.7, 0.8, 0.6, 0.5, 0.9, 0.8, 0.35)
    style_weights: tuple[float, ...] = (0.7, 0.1, 0.0, 0.0, 0.0, 0.2)
    own_share: float = 0.65
    window: int = 64
    distill_batch: int = 4
    batch: int = 8
    distill_iterations: int = 4_300
    iterations: int = 4_930
    distill_learning_rate: float = 1.2e-3
    warmup: int = 200
    weight_decay: float = 1e-2
    learning_rate: float = 7e-5
    critic_learning_rate: float = 2e-4
    update_ratio: int = 3
    critic_start: int = 120
    gradient_penalty: float = 10.0
    anchor: float = 1.0
    ema_decay: float = 0.995
    seed: int = 1
    threads: int = 1
    bfloat16: bool = True

    def __post_init__(self) -> None:
        _check_positive(self, "window", "batch", "distill_batch", "iterations", "threads")
        levels = len(self.channels)
        if (len(self.down_blocks), len(self.up_blocks)) != (levels, levels - 1):
            raise ValueError("down_blocks has a number for each of channels, up_blocks one less")
        for weights in (self.plan_weights, self.style_weights):
            if len(weights) != len(NETWORK_STYLES):
                raise ValueError(f"there is a weight for each of {', '.join(NETWORK_STYLES)}")
        if self.window % 16:
            raise ValueError("window must be a multiple of 16 steps")


@dataclass(frozen=True, slots=True)
class MelodyConfig:
    """The network that writes melodies (see :mod:`composer_app.training.networks.melody_unet`).

    Styles are drawn by ``style_weights``. Of the windows, all is hidden in ``all_hidden_share``,
    what comes after some bar in ``rest_hidden_share``, bars between others in
    ``gap_hidden_share``, and single bars in the rest; in ``rhythm_share`` of them rhythm is asked
    for, else pitch. The chords are hidden in ``chords_hidden_share``, how dense the melody is in
    ``density_hidden_share``, and where it ends in ``ending_hidden_share``.
    """

    channels: tuple[int, ...] = (64, 96, 144, 192, 192, 224)
    down_blocks: tuple[int, ...] = (1, 1, 1, 1, 1, 2)
    up_blocks: tuple[int, ...] = (1, 1, 1, 1, 1)
    dropout: float = 0.2
    window: int = 256
    batch: int = 16
    iterations: int = 8_000
    minutes: float = 0.0
    learning_rate: float = 1.5e-3
    warmup: int = 200
    weight_decay: float = 5e-2
    betas: tuple[float, float] = (0.9, 0.98)
    clip: float = 1.0
    ema_decay: float = 0.998
    style_weights: tuple[float, ...] = (0.15, 0.2, 0.0, 0.35, 0.0, 0.3)
    all_hidden_share: float = 0.35
    rest_hidden_share: float = 0.3
    gap_hidden_share: float = 0.2
    rhythm_share: float = 0.45
    chords_hidden_share: float = 0.15
    density_hidden_share: float = 0.3
    ending_hidden_share: float = 0.25
    beginning_share: float = 0.35
    seed: int = 1
    threads: int = 1

    def __post_init__(self) -> None:
        _check_positive(self, "window", "batch", "iterations", "learning_rate", "threads")
        levels = len(self.channels)
        if (len(self.down_blocks), len(self.up_blocks)) != (levels, levels - 1):
            raise ValueError("down_blocks has a number for each of channels, up_blocks one less")
        if self.window % 2 ** (levels - 1):
            raise ValueError(f"window must be a multiple of {2 ** (levels - 1)} steps")
        if len(self.style_weights) != len(NETWORK_STYLES):
            raise ValueError(f"style_weights has a number for each of {', '.join(NETWORK_STYLES)}")


@dataclass(frozen=True, slots=True)
class DrumConfig:
    """The U-Net that writes drums (see :mod:`composer_app.training.networks.drum_unet`).

    ``channels`` are the widths of its levels from sixteenths to the bar, ``bottleneck`` that of all
    that is known of a bar, ``hidden`` of the recurrence that draws its strokes. ``iterations`` of
    AdamW with a cosine learning rate, on ``batch`` bars each; ``minutes``, if not 0, shortens the
    schedule. Of the bars, a ``start_share`` is shown without those before it; strokes before it are
    changed in an ``altered_share`` of their steps; each condition is hidden in a ``hidden_share``
    (the substyle, how busy and how loud, the fill, the phrase, the kit), the accents of a melody,
    which are made of strong strokes, in an ``accents_hidden_share``. ``velocity_weight`` and
    ``timing_weight`` weigh what is asked of them beside which drums are struck.
    """

    channels: tuple[int, ...] = (32, 64, 96, 128, 160)
    bottleneck: int = 256
    hidden: int = 160
    dropout: float = 0.25
    batch: int = 96
    iterations: int = 2_800
    minutes: float = 0.0
    learning_rate: float = 2e-3
    warmup: int = 200
    weight_decay: float = 3e-2
    betas: tuple[float, float] = (0.9, 0.98)
    clip: float = 1.0
    ema_decay: float = 0.998
    start_share: float = 0.3
    altered_share: float = 0.04
    hidden_share: float = 0.2
    accents_hidden_share: float = 0.5
    velocity_weight: float = 0.3
    timing_weight: float = 0.3
    seed: int = 1
    threads: int = 1

    def __post_init__(self) -> None:
        _check_positive(self, "batch", "iterations", "learning_rate", "threads")
        if len(self.channels) != _DRUM_LEVELS:
            raise ValueError(f"channels has {_DRUM_LEVELS} numbers, from sixteenths to the bar")
        for share in fields(self):
            value = getattr(self, share.name)
            if share.name.endswith("_share") and not 0 <= value <= 1:
                raise ValueError(f"{share.name} is a share from 0 to 1, not {value}")


Config = RefiningConfig | ClassicGanConfig | OnePassConfig | MelodyConfig | DrumConfig
Recipe = TypeVar("Recipe", RefiningConfig, OnePassConfig, MelodyConfig, DrumConfig)
CONFIGS: Final[dict[str, type[Config]]] = {
    "refining": RefiningConfig,
    "gan": OnePassConfig,
    "gan-classic": ClassicGanConfig,
    "melody": MelodyConfig,
    DRUM_TECHNIQUE: DrumConfig,
}


def config_to_dict(config: Config) -> dict[str, Any]:
    """The recipe as plain data, for checkpoints and model files."""
    return asdict(config)


def config_from_dict(kind: Callable[..., Recipe], saved: Mapping[str, Any]) -> Recipe:
    """The recipe that :func:`config_to_dict` turned into plain data; lists become tuples again."""
    return kind(
        **{key: tuple(value) if isinstance(value, list) else value for key, value in saved.items()}
    )


def make_config(technique: str, overrides: list[str]) -> Config:
    """The recipe of ``technique`` with ``KEY=VALUE`` overrides.

    Raises :class:`SettingError` for an unknown key or a value that does not parse.
    """
    if technique not in CONFIGS:
        raise SettingError(
            _("There is no technique {technique!r}", technique=technique),
            _("choose one of {known}", known=", ".join(CONFIGS)),
        )
    config: Config = CONFIGS[technique]()
    defaults = {field.name: getattr(config, field.name) for field in fields(config)}
    for override in overrides:
        key, separator, text = override.partition("=")
        if not separator or key not in defaults:
            raise SettingError(
                _(
                    "{setting!r} is not a setting of {technique}",
                    setting=override,
                    technique=technique,
                ),
                _("use KEY=VALUE with KEY one of {known}", known=", ".join(defaults)),
            )
        defaults[key] = _parse(key, text, defaults[key])
    try:
        return CONFIGS[technique](**defaults)
    except ValueError as error:
        raise SettingError(_("This recipe does not work: {error}", error=error)) from None


def _check_machine(device: str, workers: int) -> None:
    if device not in DEVICES:
        raise ValueError(f"device is one of {', '.join(DEVICES)}, not {device}")
    if workers < 0:
        raise ValueError(f"workers is 0 or more, not {workers}")


def _check_positive(config: object, *names: str) -> None:
    for name in names:
        if getattr(config, name) <= 0:
            raise ValueError(f"{name} must be above 0, not {getattr(config, name)}")


def _parse(key: str, text: str, default: Any) -> Any:
    try:
        if isinstance(default, bool):
            return {"true": True, "false": False}[text.lower()]
        if isinstance(default, tuple):
            kind = type(default[0]) if default else int
            return tuple(kind(part) for part in text.split(","))
        return type(default)(text)
    except (ValueError, KeyError):
        raise SettingError(
            _(
                "{setting} cannot be {text!r}: its default is {default!r}",
                setting=key,
                text=text,
                default=default,
            )
        ) from None
