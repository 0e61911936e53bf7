"""What each setting of the steering moves, and what it leaves: the table in docs/generators.md.

python -m scripts.measure_steering
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from composer_app.generation.generator import GenerationSettings
from composer_app.generation.models.catalog import DEFAULT_MODEL, load_generator
from tests.generation.steered import Measured, measured, takes

_SEEDS: Final = (1, 2, 3)
_USUAL: Final = GenerationSettings()
_HEAD: Final = (
    "",
    "notes a beat",
    "struck with the melody",
    "repeated notes",
    "leaps",
    "dissonant with the melody",
    "chordal",
    "parallels per 100 steps",
    "beats with triads",
    "with sevenths",
    "root changes a bar",
)


def settings() -> Iterator[tuple[str, GenerationSettings]]:
    """Each row's name, and what it asks for."""
    yield "default", _USUAL
    for notes in (0.5, 1.0, 1.5, 2.0):
        yield f"`--density {notes:g}`", replace(_USUAL, density=(notes,) * 3)
    for leaning in (-1.0, -0.5, 0.5, 1.0):
        yield f"`--rhythm {leaning:g}`", replace(_USUAL, rhythm=(leaning,) * 3)
    for richness in (-1.0, -0.5, 0.5, 1.0):
        yield f"`--richness {richness:g}`", replace(_USUAL, richness=richness)
    for rate in (0.5, 1.0, 2.0, 4.0):
        yield f"`--chord-rate {rate:g}`", replace(_USUAL, chord_rate=rate)
    for most in (100, 200):
        yield f"`--max-added {most}`", replace(_USUAL, max_added=most)
    for iterations in (1, 8, 16, 60):
        yield f"`--iterations {iterations}`", replace(_USUAL, iterations=iterations)


def row(name: str, made: Measured) -> str:
    """One line of the table."""
    figures = [
        f"{np.mean(made.density):.2f}",
        f"{np.mean(made.with_melody):.2f}",
        f"{made.repeated:.2f}",
        f"{made.leaps:.3f}",
        f"{made.dissonance:.2f}",
        f"{made.chordal:.2f}",
        f"{made.parallels:.2f}",
        f"{made.triads:.2f}",
        f"{made.sevenths:.2f}",
        f"{made.root_changes:.2f}",
    ]
    return f"| {' | '.join([name, *figures])} |"


def main() -> None:
    """Print the table."""
    generator = load_generator(DEFAULT_MODEL)
    print(f"| {' | '.join(_HEAD)} |")
    print("|" + "---|" * len(_HEAD))
    for name, asked in settings():
        print(row(name, measured(takes(generator, asked, seeds=_SEEDS))), flush=True)


if __name__ == "__main__":
    main()
