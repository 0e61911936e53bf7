"""Every command of the window: its words, its icon and its keys. No Qt.

Menus, tooltips, shortcuts and the tables of keys in the user guide are all made of this
(:mod:`composer_app.studio.widgets.commands.actions`, ``docs/make_key_tables.py``). Keys are written
as Qt writes them on every system; on macOS, Ctrl is the command key.
"""

from dataclasses import dataclass
from typing import Final

from composer_app.studio.widgets.commands.keyboard_letters import LETTERS


@dataclass(frozen=True, slots=True)
class Command:
    """What a menu says (``text``, with its mnemonic) and a tooltip (``tip``), and the keys.

    Of ``keys`` the first one that works is shown. ``brief`` is what a button says that has less
    room than a menu. A ``switch`` is on or off. What ``repeats`` is done again and again while its
    key is held down. ``guide`` is what the guide says of it, if not the tip.
    """

    text: str
    tip: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    brief: str = ""
    switch: bool = False
    repeats: bool = False
    guide: str = ""


@dataclass(frozen=True, slots=True)
class KeyUse:
    """Keys that mean something in one place only, and are no command of the window."""

    keys: tuple[str, ...]
    text: str


def works(key: str, *, letters: bool) -> bool:
    """Whether ``key`` reaches its command; ``letters`` says whether letters play notes."""
    return not (letters and key in LETTERS)


def working_keys(command: Command, *, letters: bool) -> tuple[str, ...]:
    """The keys of ``command`` that reach it, the one to be shown first."""
    return tuple(key for key in command.keys if works(key, letters=letters))


FILES: Final = {
    "new": Command("&New", "Begin an empty piece", ("Ctrl+N",)),
    "open": Command("&Open…", "Open a project, a MIDI file or a score", ("Ctrl+O",), "open"),
    "save": Command("&Save", "Save the piece", ("Ctrl+S",), "save"),
    "save_as": Command("Save &As…", "Save the piece under another name", ("Ctrl+Shift+S",)),
    "export": Command(
        "&Export MIDI…", "Write a copy of the piece as a MIDI file", ("Ctrl+E",), "export"
    ),
    "copy_midi": Command(
        "&Copy as MIDI",
        "Copy the piece as a MIDI file, to be pasted into another program or a folder",
        ("Ctrl+Alt+C",),
    ),
    "export_musicxml": Command(
        "Export MusicXM&L…", "Write the piece for notation programs, as MusicXML or MXL"
    ),
    "export_score": Command("Ex&port Score…", "Write the piece as engraved notes: PDF or SVG"),
    "export_audio": Command(
        "Export A&udio…", "Write the piece as sound: WAV, FLAC, MP3 or Ogg", ("Ctrl+Shift+E",)
    ),
    "settings": Command(
        "Se&ttings…",
        "Sound and MIDI: what plays, and what you play on",
        ("Ctrl+,",),
        "settings",
    ),
    "quit": Command("&Quit", "Leave Composer", ("Ctrl+Q",)),
    "about": Command("&About Composer", "What Composer is, and its version"),
}

PLAYING: Final = {
    "play": Command(
        "&Play", "Play", ("Space",), "play", switch=True, guide="Play, or pause; end a recording"
    ),
    "stop": Command(
        "&Stop",
        "Stop, and return to where playing began; once more: to the start",
        ("Esc",),
        "stop",
        guide=(
            "Stop playing or recording, and return to where playing began; where nothing runs,"
            " cancel generating or what is done with a file, then let go of the selection, then"
            " return to the start"
        ),
    ),
    "rewind": Command(
        "Return to St&art",
        "Return to start",
        ("Home",),
        "rewind",
        guide="Return to the start of the loop, or of the piece",
    ),
    "loop": Command("&Loop", "Play a region over and over", ("L",), "loop", switch=True),
    "follow": Command(
        "&Follow Playhead",
        "Turn the pages of the piano roll with the playhead",
        ("Ctrl+F",),
        "follow",
        switch=True,
    ),
    "metronome": Command(
        "&Metronome", "Click on every beat", ("Ctrl+M",), "metronome", switch=True
    ),
    "metronome_always": Command(
        "Click while Playin&g, too", "Let the metronome click while playing as well", switch=True
    ),
    "panic": Command(
        "All Notes &Off",
        "Silence whatever sounds, here and on MIDI outputs",
        ("Shift+Esc",),
    ),
}

NOTES_IN: Final = {
    "record": Command(
        "&Record",
        "Record a melody, or end the recording",
        ("R", "Ctrl+R"),
        "record",
        switch=True,
    ),
    "capture": Command(
        "&Capture",
        "Make a melody of what you played just now, though nobody pressed Record",
        ("Ctrl+Shift+R",),
        "capture",
    ),
    "computer_keys": Command(
        "Play &Notes with Letters",
        "Play notes with the letters of the computer's keyboard",
        ("Ctrl+K",),
        "keyboard",
        "Letters play",
        switch=True,
    ),
    "octave_down": Command(
        "Octave &Down", "Move the keyboard an octave down", ("[",), "octave-down", repeats=True
    ),
    "octave_up": Command(
        "Octave &Up", "Move the keyboard an octave up", ("]",), "octave-up", repeats=True
    ),
    "step_input": Command(
        "S&tep Input",
        "Enter notes one by one, without keeping time",
        ("Ctrl+T",),
        "step",
        switch=True,
    ),
    "length_whole": Command("Whole Notes", "Whole notes", ("Ctrl+1",), brief="1/1", switch=True),
    "length_half": Command("Half Notes", "Half notes", ("Ctrl+2",), brief="1/2", switch=True),
    "length_quarter": Command("Quarters", "Quarters", ("Ctrl+3",), brief="1/4", switch=True),
    "length_eighth": Command("Eighths", "Eighths", ("Ctrl+4",), brief="1/8", switch=True),
    "length_sixteenth": Command("Sixteenths", "Sixteenths", ("Ctrl+5",), brief="1/16", switch=True),
    "dotted": Command("Dotted", "Half as long again", ("Ctrl+6",), switch=True),
    "step_rest": Command("Rest", "Leave the chosen length silent", ("Ctrl+.",)),
    "step_tie": Command("Tie", "Lengthen the last note by the chosen length", ("Ctrl+J",)),
    "step_back": Command("Back", "Take back the last note", ("Ctrl+Backspace",), repeats=True),
}

GENERATING: Final = {
    "generate": Command(
        "&Generate",
        "Compose the other voices around the melody",
        ("Ctrl+G", "Ctrl+Return"),
        "generate",
    ),
    "cancel": Command(
        "&Cancel Generating",
        "Write no more, and leave the piece as it is; Esc does so, too, while nothing plays",
        brief="Cancel",
    ),
    "continue_piece": Command(
        "Continue b&y Bars…",
        "Write more bars after the last one, in the key and the style of the piece",
        ("Ctrl+Alt+G",),
        brief="Continue…",
    ),
    "fill_gap": Command(
        "&Fill the Gap",
        "Write where the melody rests for half a bar or more: in what is selected, or anywhere"
        " between its notes",
    ),
    "compose_piece": Command(
        "Compose a Ne&w Piece…",
        "Write a new piece from chords, or from nothing but the seed, in the chosen style",
        ("Ctrl+Alt+N",),
        brief="New piece…",
    ),
    "improve": Command(
        "&Improve",
        "Take away what sounds out of place in the voices there are, and add what is missing",
        ("Ctrl+I",),
    ),
    "generate_selection": Command(
        "Generate Only the &Selection",
        "Compose what is selected anew, and leave everything else as it is",
        ("Ctrl+Shift+G",),
        "generate",
        # The space is air between icon and text, which style sheets cannot give.
        " Generate only this",
    ),
    "choose_melody": Command(
        "Choose &Melody…",
        "Choose the track that is the melody, and one of its parts; each can be seen and heard",
        icon="melody",
    ),
    "leave_out_others": Command(
        "Leave Out Ot&her Tracks",
        "Take away the tracks that are neither the melody nor a voice that Composer has written",
    ),
    "phrase": Command(
        "&Phrase Voices…",
        "Choose which voices are played with phrases, breath and small timing, and how much; the"
        " notes stay",
    ),
    "roll": Command("&New Seed", "Roll the dice for another seed", ("Ctrl+D",), "dice"),
    "lock": Command(
        "&Lock Selection",
        "Lock what is selected, so that it stays as it is when other notes are generated; once"
        " more: unlock it",
        ("Ctrl+L",),
        "lock",
        " Lock",
        switch=True,
    ),
    "lock_rest": Command(
        "Lock Everything &Else",
        "Lock all but what is selected",
        ("Ctrl+Shift+L",),
        brief="Lock the rest",
    ),
    "unlock_all": Command(
        "Unloc&k Everything", "Unlock everything: let all of it change again", brief="Unlock"
    ),
}

CHANGING: Final = {
    "undo": Command("&Undo", "Take the last change back", ("Ctrl+Z",), "undo", repeats=True),
    "redo": Command(
        "&Redo",
        "Bring back what was taken back last",
        ("Ctrl+Shift+Z", "Ctrl+Y"),
        "redo",
        repeats=True,
    ),
    "select_all": Command("Select &All", "Select all notes", ("Ctrl+A",)),
    "select_bars": Command(
        "Select Whole &Bars", "Select the whole bars of what is selected", ("Ctrl+B",)
    ),
    "select_none": Command("Select N&othing", "Select nothing", ("Ctrl+Shift+A",), "close"),
    "delete": Command("&Delete", "Delete the selected notes", ("Del", "Backspace"), "trash"),
}

LOOKING: Final = {
    "zoom_in": Command(
        "Zoom &In", "Zoom in", ("+", "=", "Ctrl++", "Ctrl+="), "zoom-in", repeats=True
    ),
    "zoom_out": Command("Zoom &Out", "Zoom out", ("-", "Ctrl+-"), "zoom-out", repeats=True),
    "fit": Command("Zoom to &Fit", "Show the whole piece", ("0",), "zoom-fit"),
    "score": Command(
        "&Score",
        "Show the score in the place of the piano roll; once more: the piano roll",
        ("Ctrl+Shift+N",),
        switch=True,
    ),
    "chords": Command(
        "C&hords",
        "Show the chords above the piano roll: those that are given, or those that are heard",
        switch=True,
    ),
    "numerals": Command(
        "&Roman Numerals", "Call the chords by what they are in the key: I, V7, vi", switch=True
    ),
    "confidence": Command(
        "&Confidence",
        "Shade notes by how sure the model was of them",
        ("Ctrl+Shift+C",),
        switch=True,
    ),
    "messages": Command("Earlier &Messages", "Show the messages that there were", ("Ctrl+H",)),
}

COMMANDS: Final[dict[str, Command]] = FILES | PLAYING | NOTES_IN | GENERATING | CHANGING | LOOKING

IN_ROLL: Final = (
    KeyUse(("Left", "Right"), "Select the note before or after, and hear it"),
    KeyUse(("Shift+Left", "Shift+Right"), "Select it in addition"),
    KeyUse(("Ctrl+Up", "Ctrl+Down"), "Select the voice above or below"),
    KeyUse(("Up", "Down"), "Move what is selected by a semitone"),
    KeyUse(("Shift+Up", "Shift+Down"), "Move what is selected by an octave"),
    KeyUse(("Alt+Left", "Alt+Right"), "Move what is selected by a sixteenth"),
)
IN_SCORE: Final = (
    KeyUse(("Left", "Right"), "Go to the notes before or after, and hear them"),
    KeyUse(("Up", "Down", "PgUp", "PgDown"), "Scroll"),
)
IN_FIELDS: Final = (
    KeyUse(("Enter",), "Take what was typed, and go back to the piano roll"),
    KeyUse(("Esc",), "Leave the value as it was, and go back to the piano roll"),
    KeyUse(("Ctrl+Z",), "Undo what was typed; where nothing was, undo the last change"),
)
ON_KEYBOARD: Final = (KeyUse(("Up", "Down"), "Move the keyboard by an octave"),)
