"""Which of a person's settings a model takes notice of, and which it cannot."""

from collections.abc import Collection, Mapping
from typing import Final

from composer_app.generation.generator import GenerationSettings

# Fields of GenerationSettings; seed, upbeat, introduction and feel are taken notice of with
# every model, and what is locked is kept by every model.
SETTINGS: Final = (
    "temperature",
    "iterations",
    "improve",
    "max_added",
    "max_removed",
    "vary_melody",
    "repeats",
    "chords",
    "density",
    "rhythm",
    "ranges",
    "kept_rhythm",
    "richness",
    "chord_rate",
    "likeness",
    "keys",
    "busy",
    "swing_melody",
)
# What bands take notice of, and what networks that write voices do.
BAND_SETTINGS: Final = (
    "temperature",
    "repeats",
    "chords",
    "richness",
    "chord_rate",
    "keys",
    "busy",
    "swing_melody",
)
_OF_BANDS: Final = ("busy", "swing_melody")
NETWORK_SETTINGS: Final = tuple(name for name in SETTINGS if name not in _OF_BANDS)
_ONE_PASS: Final = {"voices": ("temperature",), "roll": ()}
# Of a network of one pass that plans chords.
_PLANNED: Final = ("repeats", "chords")


def supported(metadata: Mapping[str, str]) -> tuple[str, ...]:
    """Those of :data:`SETTINGS` that mean something to the model of a file with ``metadata``.

    A network of one pass decides once and for all; only that of our layout is told how daring it
    is to be, and if it plans chords, which are wished and what comes again. The published design
    has no choice in it but the noise.
    """
    if metadata.get("technique") != "gan":
        return NETWORK_SETTINGS
    heeds = _ONE_PASS.get(metadata.get("layout", ""), ())
    return (*heeds, *_PLANNED) if heeds and "qualities" in metadata else heeds


def without_effect(settings: GenerationSettings, supports: Collection[str]) -> tuple[str, ...]:
    """Names of what ``settings`` ask beyond the usual that a model which ``supports`` ignores."""
    usual = type(settings)()
    return tuple(
        name
        for name in SETTINGS
        if name not in supports and getattr(settings, name) != getattr(usual, name)
    )
