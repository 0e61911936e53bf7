"""Writing a draft again as a person asks for it: how many notes, and where, and which chords."""

from dataclasses import replace
from typing import Final

import numpy as np

from composer_app.generation.generator import GenerationSettings
from composer_app.generation.refining.canvas import Schedule
from composer_app.generation.refining.filling import sample
from composer_app.generation.refining.improving import note_spans
from composer_app.generation.refining.refining_run import Run
from composer_app.generation.refining.rhythm import (
    Draft,
    Rhythm,
    chosen_rhythm,
    thinned_rhythm,
)
from composer_app.generation.refining.sampling import VOICES, Mask

# Passes over the basses that go first where a plan has been heard.
_BASSES: Final = 6


def asks_for_rhythm(settings: GenerationSettings) -> bool:
    """Whether ``settings`` say how many notes there are to be, or where."""
    return (
        settings.max_added is not None
        or any(density is not None for density in settings.density)
        or any(settings.rhythm)
    )


def write_again(
    run: Run,
    settings: GenerationSettings,
    kept: Rhythm,
    schedule: Schedule,
    most: int | None,
    first: Mask,
    locked: Mask,
) -> None:
    """Write what the run has written again, in the rhythm and the harmony that are asked for.

    Voices whose rhythm is ``kept`` keep it. There are at most ``most`` notes, where that is said;
    those in cells of ``first`` (T, 4), from which something was taken away, go last, and a note
    beside them that is not ``locked`` (T, 4) is drawn out over what nothing replaces.
    """
    draft = _draft(run)
    chosen = chosen_rhythm(
        replace(draft, free=draft.free & ~kept.planned), settings.density, settings.rhythm
    )
    rhythm = kept.joined(chosen)
    if most is not None:
        begins = np.where(rhythm.planned, rhythm.begins, draft.struck)
        sounds = np.where(rhythm.planned, rhythm.sounds, draft.sounds)
        if (begins & draft.free)[:, 1:].sum() > most:
            rhythm, gone = thinned_rhythm(replace(draft, struck=begins, sounds=sounds), most, first)
            rhythm = _draw_out(run, rhythm, gone & first, locked)
    again = rhythm.other_notes(draft.struck, run.grid > 0)
    if run.hears_plan:
        run.plan_by_ear()
        every = draft.free & ~rhythm.silent
        every[:, 0] = False
        again |= every
        schedule = replace(schedule, plan=(0, 0, min(_BASSES, schedule.passes[0])))
    if again.any():
        run.follow(rhythm, again)
        sample(run, schedule)


def _draft(run: Run) -> Draft:
    chance = np.ones(run.free.shape)
    chance[: run.steps] = run.uniform(VOICES)
    return Draft(
        run.onset.copy(),
        run.grid > 0,
        run.free.copy(),
        run.in_beat,
        run.position,
        chance[run.ties.source],
    )


def _draw_out(run: Run, rhythm: Rhythm, gone: Mask, locked: Mask) -> Rhythm:
    """``rhythm`` with the cells that are ``gone`` (T, 4) given to the note before or after them.

    That note keeps its pitch, and counts as written from now on.
    """
    planned, begins, rests = (each.copy() for each in (rhythm.planned, rhythm.begins, rhythm.rests))
    held = note_spans(run.onset[: run.steps], (run.grid[: run.steps] > 0) & ~gone[: run.steps])
    for hole in note_spans(gone & ~np.roll(gone, 1, axis=0), gone):
        voice = hole.voice
        beside = [
            note
            for note in held
            if note.voice == voice
            and (note.end == hole.start or note.start == hole.end)
            and not run.free[note.start, voice]
            and not locked[note.start, voice]
        ]
        if not beside:
            continue
        note = min(beside, key=lambda note: note.start)
        span = slice(min(note.start, hole.start), max(note.end, hole.end))
        pitch = run.grid[note.start, voice]
        run.free[span, voice] = run.known[span, voice] = True
        run.grid[span, voice] = pitch
        run.onset[span, voice] = np.arange(span.start, span.stop) == span.start
        planned[span, voice], rests[span, voice] = True, False
        begins[span, voice] = run.onset[span, voice]
    return Rhythm(planned, begins, rests)
