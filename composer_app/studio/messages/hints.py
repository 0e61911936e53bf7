"""What to do next, in a sentence: the hint in the message bar. A value without Qt."""

from dataclasses import dataclass
from typing import Final

from composer_app.music.composition import Composition

STEP_INPUT_HINT: Final = "Press a key for each note; choose its length above the keyboard."
_EMPTY: Final = "Play a melody, or open one; Generate then writes three voices beneath it."


@dataclass(frozen=True, slots=True)
class Situation:
    """What a next step depends on; ``obstacle`` says why Generate cannot be pressed, or nothing."""

    composition: Composition
    obstacle: str = ""
    generating: bool = False
    recording: bool = False
    entering_steps: bool = False
    playing: bool = False


def next_step(situation: Situation, play_key: str = "Space") -> str:
    """The most useful thing that can be done in ``situation``; empty where that is said already."""
    piece = situation.composition
    if situation.recording:
        return ""
    if situation.generating:
        return "The other voices are being written."
    if situation.entering_steps:
        return STEP_INPUT_HINT
    if not piece.note_count:
        return _EMPTY
    listen = f"Press {play_key} to {'pause' if situation.playing else 'listen'}"
    if situation.obstacle:
        return situation.obstacle
    if piece.origin is not None:
        return f"{listen}, or roll the dice and press Generate for another version."
    count = sum(1 for track in piece.tracks[1:] if track.notes and not track.drums)
    are = "is" if count == 1 else "are"
    muted = f": {tracks_counted(count)} {are} then muted" if count else ""
    return f"Press Generate to hear it in four voices{muted}."


def tracks_counted(count: int) -> str:
    """ "the other 11 tracks": those that are not among what was spoken of."""
    return "the other track" if count == 1 else f"the other {count} tracks"
