"""The hint: what to do next, given what there is."""

import pytest

from composer_app.music.composition import Composition, Origin, Track
from composer_app.music.note import Note
from composer_app.studio.messages.hints import STEP_INPUT_HINT, Situation, next_step

NOTES = (Note(0, 60, 4),)
MELODY = Composition((Track("Soprano", 40, NOTES),))
DUET = Composition((*MELODY.tracks, Track("Rest"), Track("Bass", 0, NOTES)))
PARTS = Composition(tuple(Track(f"Part {number}", 0, NOTES) for number in range(12)))
TAKE = Composition(PARTS.tracks[:4], origin=Origin("fake", 1, 1.0))
LOOKING = "Looking for models…"
LONG = "The melody has 1200 bars: take a shorter piece."


@pytest.mark.parametrize(
    ("situation", "hint"),
    [
        (Situation(Composition()), "Play a melody, or open one; Generate then writes"),
        (Situation(Composition((Track("Soprano"),))), "Play a melody, or open one"),
        (Situation(MELODY), "Press Generate to hear it in four voices."),
        (Situation(MELODY, LOOKING), LOOKING),
        (Situation(TAKE, playing=True), "Press Space to pause, or roll"),
        (Situation(DUET), "four voices: the other track is then muted."),
        (Situation(PARTS), "the other 11 tracks are then muted."),
        (Situation(TAKE), "Press Space to listen, or roll the dice and press Generate"),
        (Situation(TAKE, LONG), LONG),
        (Situation(Composition(), LOOKING), "Play a melody, or open one"),
        (Situation(TAKE, generating=True), "The other voices are being written."),
        (Situation(MELODY, entering_steps=True), STEP_INPUT_HINT),
        (Situation(Composition(), entering_steps=True), STEP_INPUT_HINT),
    ],
)
def test_the_hint_is_what_can_be_done(situation: Situation, hint: str) -> None:
    assert hint in next_step(situation)


def test_nothing_is_hinted_at_while_recording() -> None:
    assert next_step(Situation(MELODY, recording=True)) == ""


def test_the_key_is_the_one_that_plays() -> None:
    assert next_step(Situation(TAKE), "F5").startswith("Press F5 to listen")
