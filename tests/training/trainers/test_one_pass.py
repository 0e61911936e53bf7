"""The one-pass generator keeps its rules whatever its weights are, and learns from its teacher."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra [train] is not installed")

from torch import Tensor  # noqa: E402

from composer_app.errors import CorpusError, SettingError  # noqa: E402
from composer_app.generation.noise import NoiseVector  # noqa: E402
from composer_app.generation.refining.sampling import NoiseSource  # noqa: E402
from composer_app.music.harmony.chord_qualities import QUALITIES, QUALITY_TONES  # noqa: E402
from composer_app.training.checkpoint import (  # noqa: E402
    load_checkpoint,
    one_pass_network,
    save_checkpoint,
)
from composer_app.training.config import LOWEST_PITCH, OnePassConfig  # noqa: E402
from composer_app.training.networks.one_pass_critic import VoicesCritic  # noqa: E402
from composer_app.training.networks.one_pass_networks import (  # noqa: E402
    NoiseDraws,
    OnePassGenerator,
    draw,
    one_hot,
)
from composer_app.training.networks.one_pass_plan import draw_chords, strong_beats  # noqa: E402
from composer_app.training.networks.one_pass_rules import Neighbours  # noqa: E402
from composer_app.training.networks.one_pass_stages import (  # noqa: E402
    STAGES,
    Cells,
    Context,
    plain_context,
)
from composer_app.training.networks.refining_unet import RefiningUNet  # noqa: E402
from composer_app.training.trainers.one_pass_feed import PassageFeed  # noqa: E402
from composer_app.training.trainers.one_pass_trainer import OnePassTrainer  # noqa: E402
from tests.training.pieces import TINY, chord_piece  # noqa: E402

SMALL = OnePassConfig(
    channels=(16, 16, 16, 16, 16),
    down_blocks=(1, 1, 1, 1, 1),
    up_blocks=(1, 1, 1, 1),
    critic_channels=(16, 16),
    planner_channels=(16, 16, 16, 16, 16),
    window=32,
    distill_batch=2,
    batch=2,
    distill_iterations=4,
    iterations=8,
    critic_start=1,
    warmup=1,
    bfloat16=False,
)
BESIDE = replace(TINY, side_channels=(16, 16, 16, 16, 16))
TRAIN = [chord_piece(), chord_piece("b", steps=96)]
G7 = QUALITIES.index("7")


def context_of(batch: int, steps: int, beat: int = 4) -> Context:
    """A piece in 4/4, or with beats of six steps, that ends four steps early."""
    bar = 16 if beat == 4 else 12
    row = (batch, steps)
    valid = torch.ones(row)
    valid[:, -4:] = 0
    place = torch.arange(steps).remainder(bar).expand(row).clone()
    start = (torch.arange(steps) // beat * beat).expand(row).clone()
    plain = plain_context(place, torch.full(row, 2), valid)
    return plain._replace(
        beat=torch.full(row, int(beat == 6)), beat_start=start, same_as=start.clone()
    )


def inputs(batch: int = 2, steps: int = 64, seed: int = 3, beat: int = 4) -> dict[str, Tensor]:
    """A melody of random quarters, four steps of padding at the end."""
    random = torch.Generator().manual_seed(seed)
    beats = -(-steps // beat)
    notes = torch.randint(26, 46, (batch, beats), generator=random)
    context = context_of(batch, steps, beat)
    onset = (torch.arange(steps) % beat == 0).float().expand(batch, steps)
    return {
        "melody": notes.repeat_interleave(beat, dim=1)[:, :steps] * context.valid.long(),
        "melody_onset": onset * context.valid,
        "noise": torch.randn(batch, steps // 16, 8, 512, generator=random),
        "temperature": torch.ones(batch),
        **context._asdict(),
    }


def generator(seed: int = 1) -> OnePassGenerator:
    torch.manual_seed(seed)
    return OnePassGenerator(SMALL).eval()


@pytest.mark.parametrize("beat", [4, 6])
def test_stages_write_every_cell_and_know_what_was_written(beat: int) -> None:
    context = context_of(1, 48, beat)
    whole = Cells(context)
    inside = context.valid[0] > 0
    written = ~inside[:, None].expand(48, 4)
    written = written | torch.tensor([True, False, False, False])
    for number, stage in enumerate(STAGES):
        known = whole.known(number)[0] > 0
        cells = torch.zeros(48, 4, dtype=torch.bool)
        for voice in stage.voices:
            cells[:, voice] = whole.of(stage, voice)[0] & inside
        assert not (cells & known).any()
        assert not (known & ~written).any(), "a stage knows what nobody has written"
        if stage.turn is not None:
            assert (cells.sum(1) <= 1).all(), "two voices of a beat are drawn at a time"
        written = written | cells
    assert written.all()


def test_every_beat_of_every_voice_is_looked_at_again() -> None:
    whole = Cells(context_of(1, 64))
    turns = [stage for stage in STAGES if stage.turn is not None]
    again = torch.stack(
        [torch.stack([whole.of(stage, voice)[0] for stage in turns]).sum(0) for voice in (1, 2, 3)]
    )
    assert (again == (torch.arange(64) % 4 == 0)).all()


def test_the_noise_is_drawn_as_the_refining_technique_draws_it() -> None:
    noise = NoiseVector.from_seed(5, 32)
    uniform = NoiseDraws()(torch.from_numpy(noise.z[None].astype(np.float32)))
    source = NoiseSource(noise, 32)
    for number in (0, 3):
        ours = draw(uniform, 147, number)[0].numpy()
        assert np.allclose(ours, source.uniform(147, number), atol=1e-5)


@pytest.mark.parametrize("seed", range(6))
def test_voices_keep_their_order_and_the_melody_is_untouched(seed: int) -> None:
    given = inputs(seed=seed)
    pitch, onset, chance, _plan = generator(seed)(**given)
    assert torch.equal(pitch[..., 0], given["melody"])
    assert torch.equal(onset[..., 0], given["melody_onset"])
    assert ((chance > 0) & (chance <= 1)).all()
    assert (pitch[:, -4:] == 0).all(), "voices go on past the end"
    for upper in range(4):
        for lower in range(upper + 1, 4):
            both = (pitch[..., upper] > 0) & (pitch[..., lower] > 0)
            # Untrained weights jump about: still no voice crosses another.
            assert (pitch[..., upper] >= pitch[..., lower])[both].all()


@pytest.mark.parametrize("seed", range(6))
def test_no_parallels_from_step_to_step(seed: int) -> None:
    pitch = generator(seed)(**inputs(seed=seed))[0]
    before, after = pitch[:, :-1], pitch[:, 1:]
    odd = torch.arange(1, 64) % 2 == 1
    for upper in range(4):
        for lower in range(upper + 1, 4):
            sounds = (before[..., [upper, lower]] > 0).all(2) & (
                after[..., [upper, lower]] > 0
            ).all(2)
            first = (before[..., upper] - before[..., lower]) % 12
            second = (after[..., upper] - after[..., lower]) % 12
            moves = (before[..., upper] != after[..., upper]) & (
                before[..., lower] != after[..., lower]
            )
            parallel = sounds & moves & (first == second) & ((first == 0) | (first == 7))
            # Sixteenths are written last, next to neighbours that stand.
            assert not parallel[:, odd].any()


@pytest.mark.parametrize("beat", [4, 6])
def test_parallels_are_seen_from_beat_to_beat(beat: int) -> None:
    """The melody goes from 40 to 42; a fifth below it stood 33, which must not go to 35."""
    pitch = torch.zeros(1, 24, 4, dtype=torch.long)
    pitch[0, 0] = torch.tensor([40, 33, 28, 21])
    here = torch.zeros(1, 24, 4, dtype=torch.long)
    here[0, beat, 0] = 42
    dotted = torch.full((1, 24), beat == 6)
    banned = Neighbours(pitch, 0, dotted).parallels(here, 1)[0, beat]
    assert torch.nonzero(banned).flatten().tolist() == [11, 23, 35, 47]
    # Where beats are of another length, that is no beat before.
    assert not Neighbours(pitch, 0, ~dotted).parallels(here, 1)[0, beat].any()
    here[0, beat, 0] = 40
    assert not Neighbours(pitch, 0, dotted).parallels(here, 1)[0, beat].any(), "it stays"


def test_a_piece_depends_on_its_own_noise_alone() -> None:
    network, given = generator(), inputs(batch=3)
    whole = network(**given)
    for row in range(3):
        alone = network(**{name: value[row : row + 1] for name, value in given.items()})
        assert torch.equal(alone[0][0], whole[0][row])
        assert torch.equal(alone[3][0], whole[3][row])
    again = network(**given)
    assert torch.equal(again[0], whole[0])
    other = network(**(given | {"noise": -given["noise"]}))
    assert (other[0][..., 1:] != whole[0][..., 1:]).float().mean() > 0.3
    assert (other[3] != whole[3]).float().mean() > 0.3


@pytest.mark.parametrize("beat", [4, 6])
def test_a_beat_has_one_chord(beat: int) -> None:
    given = inputs(steps=48, beat=beat)
    plan = generator()(**given)[3]
    start = given["beat_start"].unsqueeze(2).expand_as(plan)
    assert torch.equal(plan, torch.gather(plan, 1, start))
    assert ((plan >= 0) & (plan < torch.tensor([12, len(QUALITIES), 12]))).all()
    assert len({tuple(each) for each in plan.flatten(0, 1).tolist()}) > 4


def test_beats_that_share_a_chord_have_it_transposed() -> None:
    given = inputs()
    # The second half comes again, two semitones higher.
    same, shift = given["same_as"].clone(), given["shift"].clone()
    same[:, 32:] -= 32
    shift[:, 32:] = 2
    plan = generator()(**(given | {"same_as": same, "shift": shift}))[3]
    assert torch.equal(plan[:, 32:, 0], (plan[:, :32, 0] + 2) % 12)
    assert torch.equal(plan[:, 32:, 1], plan[:, :32, 1])


def test_what_the_network_says_of_shared_beats_is_averaged() -> None:
    context = context_of(1, 32)
    same = context.same_as % 16
    logits = torch.zeros(1, 32, 204)
    # The first time 5 is as good as 7; the second time only 7 is possible.
    logits[0, 0, [5, 7]] = 9.0
    logits[0, 16, 7] = 9.0
    none, heat = torch.zeros(1, 32, 204), torch.ones(1, 1, 1)
    drawn = draw_chords(logits, context._replace(same_as=same), none, heat)
    assert (drawn[0, [0, 3, 16, 19]] == 7).all()
    assert draw_chords(logits, context, none, heat)[0, 0] == 5


def test_weak_beats_know_the_chords_of_the_strong_ones() -> None:
    place = context_of(1, 32)
    strong = strong_beats(place)[0]
    assert strong.reshape(8, 4).all(1).tolist() == [True, False] * 4
    network, given = generator(), inputs(batch=1)
    asked: list[Tensor] = []
    network.planner.register_forward_pre_hook(lambda _module, seen: asked.append(seen[0]))
    network(**given)
    first, second = asked
    changed = (first != second).any(dim=1)[0]
    assert torch.equal(changed[:-4], strong_beats(Context(**_context(given)))[0, :-4])


def _context(given: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: given[name] for name in Context._fields}


@pytest.mark.parametrize("seed", range(4))
def test_chords_that_are_asked_for_are_heard(seed: int) -> None:
    """Random weights know nothing of chords: what is asked for is heard nevertheless."""
    random = torch.Generator().manual_seed(seed)
    given = inputs(batch=4, seed=seed)
    beats = given["beat_start"][0] // 4
    root = torch.randint(0, 12, (4, 16), generator=random)[:, beats]
    bass = (
        root
        + torch.tensor(QUALITY_TONES["7"])[torch.randint(0, 4, (4, 16), generator=random)][:, beats]
    ) % 12
    chord = torch.stack([root, torch.full_like(root, G7), bass], dim=2)
    known = torch.ones(4, 64, 2)
    known[:, 32:] = 0
    given |= {"chord": chord, "chord_known": known}
    pitch, _onset, _chance, plan = generator(seed)(**given)
    assert torch.equal(plan[:, :32], chord[:, :32])
    sounds = (pitch + LOWEST_PITCH - 1) % 12
    on_beats = slice(0, 32, 4)
    has_root = (sounds[:, on_beats] == root[:, on_beats, None]).any(2).float().mean()
    has_bass = (sounds[:, on_beats, 3] == bass[:, on_beats]).float().mean()
    assert has_root > 0.9
    assert has_bass > 0.9
    free = (sounds[:, 32:60:4, 3] == bass[:, 32:60:4]).float().mean()
    assert free < 0.5, "and so is what is not asked for"


def test_gradients_reach_the_first_stage() -> None:
    network = generator().train()
    given = inputs()
    written = network.write(
        given["melody"],
        given["melody_onset"],
        Context(**_context(given)),
        given["noise"],
        given["temperature"],
    )
    assert torch.allclose(written.codes.sum(dim=3), torch.ones(2, 64, 4), atol=1e-5)
    critic = VoicesCritic(SMALL)
    critic(written.codes, torch.sigmoid(written.struck), given["position"]).sum().backward()
    # The U-Net says nothing of chords; the planner is not trained.
    used = [p for name, p in network.network.named_parameters() if "row_head" not in name]
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in used)
    assert all(p.grad is None for p in network.planner.parameters())
    assert not network.planner.training, "what is not trained normalizes as it did"


def test_the_critic_hears_intervals_the_same_in_every_key() -> None:
    critic = VoicesCritic(SMALL)
    # Without the pitches themselves only the intervals are left.
    with torch.no_grad():
        critic.stem.weight[:, : 4 * 49] = 0
    pitch = torch.randint(20, 40, (2, 32, 4))
    struck, position = torch.zeros(2, 32, 4), torch.zeros(2, 32, dtype=torch.long)
    first = critic(one_hot(pitch), struck, position)
    assert torch.allclose(critic(one_hot(pitch + 3), struck, position), first, atol=1e-5)
    pitch[:, :, 2] += 1
    assert not torch.allclose(critic(one_hot(pitch), struck, position), first, atol=1e-5)


def teacher(seed: int = 1) -> RefiningUNet:
    torch.manual_seed(seed)
    return RefiningUNet(BESIDE)


def test_the_planner_says_what_the_teacher_says() -> None:
    model = teacher()
    trainer = OnePassTrainer(SMALL, TRAIN, model)
    features = torch.randn(2, model.stem.in_channels, 32)
    with torch.no_grad():
        wanted = model.answers(features)[2]
        assert torch.allclose(trainer.generator.planner(features), wanted, atol=1e-5)
    trainer.step()
    with torch.no_grad():
        assert torch.allclose(trainer.generator.planner(features), wanted, atol=1e-5)


def test_passages_show_the_chords_that_are_there() -> None:
    plain = PassageFeed(SMALL, TRAIN).draw(40)
    piece = plain.row
    shown = piece.shown[..., 0] > 0
    assert torch.equal(shown, plain.context.valid > 0)
    assert (plain.context.chord_known <= piece.shown[..., :1]).all()
    shares = plain.context.chord_known[..., 0].mean(1)
    assert (shares == 0).any()
    assert (shares > 0.8).any()
    basses = plain.context.chord_known[..., 1] > 0
    assert basses.any()
    assert (plain.context.chord_known[..., 0] > 0)[basses].all(), "a bass without its chord"
    # Of a song there is the melody alone.
    song = replace(chord_piece("song"), style="leadsheet")
    mixed = PassageFeed(SMALL, [*TRAIN, song]).draw(40)
    assert 0 < mixed.has_voices.float().mean() < 1
    assert PassageFeed(SMALL, [*TRAIN, song]).chorales(20).has_voices.all()


def test_a_resumed_run_equals_an_uninterrupted_one(tmp_path: Path) -> None:
    """Through both parts: six iterations, the last two against the critic."""
    whole = OnePassTrainer(SMALL, TRAIN, teacher())
    for _ in range(3):
        whole.step()
    save_checkpoint(tmp_path / "c.pt", whole.state())
    for _ in range(3):
        metrics = whole.step()
    assert {"wasserstein", "penalty", "generator_loss", "anchor_kl"} <= set(metrics)
    second = OnePassTrainer(SMALL, TRAIN, teacher())
    second.restore(load_checkpoint(tmp_path / "c.pt"))
    for _ in range(3):
        second.step()
    for name, value in whole.generator.state_dict().items():
        assert torch.equal(value, second.generator.state_dict()[name]), name
    assert second.iteration == 6


def test_a_run_may_begin_with_the_voices_of_another() -> None:
    first = OnePassTrainer(SMALL, TRAIN, teacher())
    first.step()
    network = one_pass_network(first.state())
    second = OnePassTrainer(replace(SMALL, seed=2), TRAIN, teacher(2))
    second.start_from(network)
    for name, value in first.average.network.state_dict().items():
        assert torch.equal(value, second.generator.network.state_dict()[name]), name
    wider = OnePassTrainer(replace(SMALL, channels=(16, 16, 16, 16, 32)), TRAIN, teacher())
    with pytest.raises(SettingError, match="another size"):
        wider.start_from(network)


@pytest.mark.slow
def test_distillation_brings_the_generator_near_its_teacher() -> None:
    config = replace(SMALL, distill_iterations=60, iterations=60, distill_learning_rate=5e-3)
    trainer = OnePassTrainer(config, TRAIN, teacher())
    divergence = [trainer.step()["distill_kl"] for _ in range(60)]
    assert np.mean(divergence[-10:]) < 0.5 * np.mean(divergence[:5])


def test_what_cannot_be_learned_from_is_a_sentence() -> None:
    with pytest.raises(SettingError, match="--teacher"):
        OnePassTrainer(SMALL, TRAIN).step()
    with pytest.raises(SettingError, match="chord row"):
        OnePassTrainer(SMALL, TRAIN, RefiningUNet(TINY))
    with pytest.raises(SettingError, match="chord row"):
        OnePassTrainer(replace(SMALL, planner_channels=(8, 8, 8, 8, 8)), TRAIN, teacher())
    with pytest.raises(CorpusError, match="chorales"):
        OnePassTrainer(SMALL, [replace(chord_piece(), style="hymn")], teacher())
