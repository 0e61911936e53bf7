"""What every model that is shipped promises, whatever its technique."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given as draws
from hypothesis import settings as with_settings
from hypothesis import strategies as st

from composer_app.generation.composing import compose
from composer_app.generation.generator import GenerationSettings, Given
from composer_app.generation.models.catalog import installed_models, load_generator
from composer_app.generation.noise import _normal
from composer_app.generation.refining.refining_generator import RefiningGenerator
from composer_app.generation.unet_generator import UNetGenerator
from composer_app.music.files.sample_melodies import load_sample
from composer_app.music.melody import Melody
from composer_app.music.note import Note
from composer_app.music.piano_roll import PianoRoll

pytest.importorskip("onnxruntime")
# The parts have tests of their own, which coverage is measured of.
pytestmark = pytest.mark.no_cover

# One of each file: its styles are the same network.
FILES = sorted({model.path: model.name for model in installed_models()}.items())
MELODY = Melody(tuple(note for note in load_sample("ode_to_joy").notes if note.end <= 64))
Shipped = RefiningGenerator | UNetGenerator


def load(name: str, threads: int = 1) -> Shipped:
    made = load_generator(name, threads)
    assert isinstance(made, Shipped)
    return made


@pytest.fixture(scope="module", params=FILES, ids=lambda row: Path(row[0]).stem)
def generator(request: pytest.FixtureRequest) -> Shipped:
    return load(str(request.param[1]))


class Listener:
    """Stands before a session and keeps what goes in."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self.runs: list[tuple[list[str], dict[str, np.ndarray]]] = []

    def run(self, names: list[str], feeds: dict[str, np.ndarray], options: Any = None) -> Any:
        self.runs.append((names, feeds))
        return self.session.run(names, feeds, options)


def test_a_batch_is_its_pieces_one_by_one(
    generator: Shipped, monkeypatch: pytest.MonkeyPatch
) -> None:
    listener = Listener(generator._session)
    monkeypatch.setattr(generator, "_session", listener)
    lower = Melody(tuple(Note(n.start, n.pitch - 2, n.duration) for n in MELODY.notes))
    rows = []
    for seed, melody in enumerate((MELODY, lower, MELODY)):
        listener.runs.clear()
        compose(melody, generator, GenerationSettings(seed))
        # In the middle of the work, where much is known.
        names, feeds = listener.runs[len(listener.runs) // 2]
        rows.append(feeds)
    together = {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}
    batch = listener.session.run(names, together)
    for index, row in enumerate(rows):
        alone = listener.session.run(names, row)
        for whole, part in zip(batch, alone, strict=True):
            share = len(part)
            own = whole[index * share : (index + 1) * share]
            assert np.allclose(own, part, atol=1e-3)
    assert not np.allclose(batch[0][: len(alone[0])], batch[0][-len(alone[0]) :])


@pytest.mark.slow
def test_one_seed_one_piece_at_every_number_of_threads(generator: Shipped) -> None:
    pieces = []
    for threads in (1, 2, 4, 1):
        _normal.cache_clear()
        pieces.append(compose(MELODY, load(generator.name, threads), GenerationSettings(3)))
    assert pieces[1:] == pieces[:1] * 3
    assert compose(MELODY, generator, GenerationSettings(4)).tracks != pieces[0].tracks


@pytest.mark.parametrize("steps", [1, 2, 15, 16, 17, 31, 32, 33, 47, 63])
def test_every_length_is_kept(generator: Shipped, steps: int) -> None:
    notes = [Note(at, 64 + at // 4 % 5, min(4, steps - at)) for at in range(0, steps, 4)]
    piece = compose(Melody(tuple(notes)), generator, GenerationSettings(1))
    assert piece.tracks[0].notes == tuple(notes)
    roll = piece.piano_roll()
    assert roll.steps == steps
    if generator.name != "bach-gan-classic":
        assert roll.sounding[-1].any(axis=0).all(), "and it ends with all voices"


@with_settings(max_examples=8, deadline=None)
@draws(
    st.lists(st.integers(45, 62), min_size=12, max_size=12),
    st.lists(st.booleans(), min_size=64 * 4, max_size=64 * 4),
    st.integers(0, 2**32 - 1),
)
def test_whatever_is_locked_is_kept_exactly(
    generator: Shipped, pitches: list[int], locks: list[bool], seed: int
) -> None:
    voices = [
        [Note(16 * k, pitches[4 * voice + k], 16, 60) for k in range(4)] for voice in range(3)
    ]
    roll = PianoRoll.from_notes([MELODY.notes, *voices], 64)
    given = Given(roll, np.repeat(np.array(locks).reshape(64, 4)[:8], 8, axis=0))
    piece = compose(MELODY, generator, GenerationSettings(seed, iterations=6), given=given)
    made = piece.piano_roll()
    for voice in range(4):
        locked = given.locked[:, voice]
        assert np.array_equal(made.velocity[locked, :, voice], roll.velocity[locked, :, voice])
        assert np.array_equal(made.onset[locked, :, voice], roll.onset[locked, :, voice])
