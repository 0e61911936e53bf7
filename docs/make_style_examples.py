"""Lets every band play to a melody: pictures for docs/styles.md, and recordings to listen to.

``make examples`` draws docs/images/style-NAME.png, the first bars of each, and writes the
sound of the whole to build/examples/NAME.ogg (it needs FluidSynth). How loud each is on
average stands in the terminal: the levels in assets/styles are such that they are alike.
"""

import io
import math
import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from composer_app.generation.bands.style_list import find_style, installed_styles, load_band
from composer_app.generation.composing import compose
from composer_app.generation.generator import GenerationSettings
from composer_app.live.playback.mixing import Mix
from composer_app.live.rendering.audio_file import write_audio
from composer_app.live.rendering.rendering import choose_soundfont, render
from composer_app.music.composition import Composition
from composer_app.music.files.sample_melodies import load_sample
from composer_app.music.melody import Melody
from composer_app.music.timing import TempoMap
from composer_app.roll_picture import draw_roll

ROOT: Final = Path(__file__).resolve().parents[1]
IMAGES: Final = ROOT / "docs" / "images"
SOUNDS: Final = ROOT / "build" / "examples"
# What each plays to, by the names of the sample melodies.
MELODIES: Final = {
    "swing": "saints",
    "ballad": "new_world_largo",
    "pop": "ode_to_joy",
    "rock": "jingle_bells",
    "folk": "mary_lamb",
    "bossa": "twinkle",
    "waltz": "amazing_grace",
    "stride": "deck_the_halls",
}
USUAL: Final = "twinkle"
SEED: Final = 3
BARS, HEARD = 5, 8
WIDTH, COLOURS = 1000, 64
RATE: Final = 22_050


def played(name: str) -> tuple[Composition, Mix]:
    """What the band ``name`` plays to the first bars of its melody, and how loud each track is."""
    style = find_style(name)
    generator = load_band(style)
    sample = load_sample(MELODIES.get(name, USUAL))
    first, last = sample.notes[0].start, sample.meter.steps_per_bar * HEARD
    notes = tuple(note for note in sample.notes if note.start < first + last)
    melody = Melody(notes, TempoMap.constant(style.tempo.usual), sample.meters, style.title)
    piece = compose(melody, generator, GenerationSettings(SEED), programs=generator.band.programs)
    return piece, Mix(tuple(player.mix for player in generator.band.players))


def beginning(piece: Composition) -> Composition:
    """The first bars of ``piece``, for a picture of one line."""
    end = piece.meters.bars_of(piece.steps)[min(BARS, piece.bars) - 1].end_step
    tracks = [
        replace(
            track,
            notes=tuple(
                replace(note, duration=min(note.duration, end - note.start))
                for note in track.notes
                if note.start < end
            ),
        )
        for track in piece.tracks
    ]
    chords = tuple(chord for chord in piece.chords if chord.tick < end * 240)
    return replace(piece, tracks=tuple(tracks), chords=chords, origin=None)


def picture(piece: Composition) -> bytes:
    """A small PNG of :func:`beginning`."""
    image = Image.open(io.BytesIO(draw_roll(beginning(piece)))).convert("RGB")
    height = round(image.height * WIDTH / image.width)
    small = image.resize((WIDTH, height), Image.Resampling.LANCZOS).quantize(COLOURS)
    file = io.BytesIO()
    small.save(file, "PNG", optimize=True)
    return file.getvalue()


def level(piece: Composition, mix: Mix) -> float:
    """The mean level of ``piece`` in decibels below full scale."""
    blocks = list(render(piece, choose_soundfont(), RATE, mix))
    samples = np.concatenate(blocks)
    return 10 * math.log10(float(np.mean(samples**2)))


def main(names: list[str]) -> None:
    """Make the examples of the bands ``names``, or of all."""
    SOUNDS.mkdir(parents=True, exist_ok=True)
    bands = [style.name for style in installed_styles() if style.band is not None]
    for name in names or bands:
        piece, mix = played(name)
        (IMAGES / f"style-{name}.png").write_bytes(picture(piece))
        write_audio(piece, SOUNDS / f"{name}.ogg", mix=mix)
        print(f"{name:8} {level(piece, mix):6.1f} dB")


if __name__ == "__main__":
    main(sys.argv[1:])
