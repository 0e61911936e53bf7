"""How long it takes to load a model and to compose eight bars with it."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from benchmarks.user import environment
from composer_app.generation.catalog import load_generator
from composer_app.generation.generator import GenerationSettings, compose
from composer_app.music.melody import Melody
from composer_app.music.sample_melodies import load_sample

BARS = 8


def eight_bars() -> Melody:
    """The first eight bars of Twinkle, Twinkle, Little Star."""
    melody = load_sample("twinkle")
    end = BARS * melody.meter.steps_per_bar
    return replace(melody, notes=tuple(note for note in melody.notes if note.end <= end))


def loading_seconds(rounds: int) -> list[float]:
    """Times of ``load_generator``; onnxruntime itself has been imported before."""
    load_generator()
    return [_seconds(load_generator) for _ in range(rounds)]


def composing_seconds(rounds: int) -> list[float]:
    """Times of ``compose``, each with another seed."""
    melody, generator = eight_bars(), load_generator()
    compose(melody, generator, GenerationSettings())
    settings = [GenerationSettings(seed) for seed in range(rounds)]
    return [_seconds(partial(compose, melody, generator, each)) for each in settings]


def window_seconds(rounds: int) -> list[float]:
    """Times from the Generate command to the first paint of the roll that shows its notes."""
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.window", str(rounds)],
            stdout=subprocess.PIPE,
            env=environment(home),
            check=True,
        )
    times: list[float] = json.loads(done.stdout)
    return times


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
