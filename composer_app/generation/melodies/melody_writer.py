"""The one way to a melody: what stands already, what is asked for, and the network that writes."""

import numpy as np

from composer_app.generation.generator import GenerationCancelledError, Progress
from composer_app.generation.melodies.canvas_making import MelodyPlan
from composer_app.generation.melodies.melody_task import MelodyTask, WrittenMelody
from composer_app.generation.melodies.network import HELD, STRUCK, MelodyNetwork
from composer_app.generation.melodies.writing import MelodyRun
from composer_app.generation.noise import NoiseVector
from composer_app.generation.refining.sampling import NoiseSource
from composer_app.music.note import Note


def write_melody(
    network: MelodyNetwork,
    task: MelodyTask,
    noise: NoiseVector,
    progress: Progress | None = None,
) -> WrittenMelody:
    """Write what is free of ``task``; the same noise writes the same.

    Raises :class:`GenerationCancelledError` when ``progress`` returns False.
    """

    def tick(share: float) -> None:
        if progress is not None and not progress(share):
            raise GenerationCancelledError

    def stop() -> bool:
        return progress is not None and not progress(0.0)

    tick(0.0)
    source = NoiseSource(noise, task.steps, lambda: tick(0.0))
    plan = MelodyPlan(network, task, source)
    run = MelodyRun(
        network, plan.canvas(), source, task.temperature, tick, stop if progress else None
    )
    run.write()
    notes = _notes(run, task, plan.tonic + network.lowest_degree)
    return WrittenMelody(notes, plan.chords.symbols())


def _notes(run: MelodyRun, task: MelodyTask, low: int) -> tuple[Note, ...]:
    """The notes that have been written."""
    found: list[Note] = []
    free = np.append(task.free, False)
    for start in np.flatnonzero(task.free & (run.state[: task.steps] == STRUCK)).tolist():
        end = start + 1
        while end < task.steps and free[end] and run.state[end] == HELD:
            end += 1
        pitch = low + int(run.degree[start])
        found.append(Note(start, pitch, end - start, task.velocity))
    return tuple(found)
