"""Generation in a thread: results, errors, cancelling, and what is stale."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from pytestqt.qtbot import QtBot

from composer_app.errors import ModelError
from composer_app.generation.generator import (
    Generated,
    GenerationSettings,
    Generator,
    Given,
    Progress,
)
from composer_app.generation.noise import NoiseVector
from composer_app.music.melody import Melody
from composer_app.music.meter_map import MeterMap
from composer_app.music.piano_roll import PianoRoll
from composer_app.studio.generate.generation_worker import GenerationWorker, LoadGenerator
from composer_app.translation import verbatim
from tests.generation.fake_generator import FakeGenerator
from tests.studio.support import SCALE

MELODY = Melody(SCALE)


@dataclass
class PatientGenerator(FakeGenerator):
    """Waits for the test before it goes on."""

    started: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    threads: list[str] = field(default_factory=list)

    def generate(
        self,
        roll: PianoRoll,
        meters: MeterMap,
        noise: NoiseVector,
        settings: GenerationSettings,
        progress: Progress | None = None,
        given: Given | None = None,
    ) -> Generated:
        self.threads.append(threading.current_thread().name)
        self.started.set()
        assert self.go_on.wait(10)
        return super().generate(roll, meters, noise, settings, progress, given)


@contextmanager
def worker_with(load: LoadGenerator) -> Iterator[GenerationWorker]:
    worker = GenerationWorker(load)
    try:
        yield worker
    finally:
        worker.close()


def failing_with(error: Exception) -> LoadGenerator:
    def load(name: str) -> Generator:
        raise error

    return load


def test_a_result_comes_back_with_progress(qtbot: QtBot) -> None:
    with worker_with(FakeGenerator) as worker:
        shares: list[float] = []
        worker.progressed.connect(shares.append)
        with qtbot.waitSignal(worker.finished) as done:
            worker.generate(MELODY, "fake", GenerationSettings(seed=7), (1, 2, 3, 4))
            assert worker.busy
        assert not worker.busy
        (take,) = done.args
        result = take.composition
        assert take.confidence.shape == (16, 4)
        assert result.tracks[0].notes == MELODY.notes
        assert [track.program for track in result.tracks] == [1, 2, 3, 4]
        assert (result.origin.model, result.origin.seed) == ("fake", 7)
        assert shares == [0.0, 0.5, 1.0]


def test_the_gui_thread_does_not_generate(qtbot: QtBot) -> None:
    generator = PatientGenerator()
    generator.go_on.set()
    with worker_with(lambda _: generator) as worker, qtbot.waitSignal(worker.finished):
        worker.generate(MELODY, "fake", GenerationSettings())
    assert generator.threads != [threading.main_thread().name]


@pytest.mark.parametrize(
    ("error", "sentence", "logged"),
    [
        (ModelError(verbatim("The model is missing.")), "The model is missing.", 0),
        (RuntimeError("onnx says no"), "Something unexpected went wrong while generating", 1),
    ],
)
def test_an_error_becomes_a_sentence(
    qtbot: QtBot,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    sentence: str,
    logged: int,
) -> None:
    with worker_with(failing_with(error)) as worker, caplog.at_level(logging.ERROR):
        with qtbot.waitSignal(worker.failed) as done:
            worker.generate(MELODY, "fake", GenerationSettings())
        assert done.args[0].startswith(sentence)
        assert "onnx says no" not in done.args[0]
        assert len(caplog.records) == logged
        assert not worker.busy


def test_cancelling_ends_in_cancelled(qtbot: QtBot) -> None:
    generator = PatientGenerator()
    with worker_with(lambda _: generator) as worker, qtbot.assertNotEmitted(worker.finished):
        worker.generate(MELODY, "fake", GenerationSettings())
        assert generator.started.wait(10)
        with qtbot.waitSignal(worker.cancelled):
            worker.cancel()
            generator.go_on.set()
        assert not worker.busy


@dataclass
class LingeringGenerator(PatientGenerator):
    """Waits for the test when the last step of its network has been taken."""

    def generate(
        self,
        roll: PianoRoll,
        meters: MeterMap,
        noise: NoiseVector,
        settings: GenerationSettings,
        progress: Progress | None = None,
        given: Given | None = None,
    ) -> Generated:
        result = FakeGenerator.generate(self, roll, meters, noise, settings, progress, given)
        self.started.set()
        assert self.go_on.wait(10)
        return result


def test_cancelled_after_the_last_step_the_result_is_given_up(qtbot: QtBot) -> None:
    generator = LingeringGenerator()
    with worker_with(lambda _: generator) as worker, qtbot.assertNotEmitted(worker.finished):
        worker.generate(MELODY, "fake", GenerationSettings())
        assert generator.started.wait(10)
        with qtbot.waitSignal(worker.cancelled):
            worker.cancel()
            generator.go_on.set()
        assert not worker.busy


def test_a_newer_request_makes_the_older_one_stale(qtbot: QtBot) -> None:
    generator = PatientGenerator()
    with worker_with(lambda _: generator) as worker:
        seeds: list[int] = []
        worker.finished.connect(lambda take: seeds.append(take.composition.origin.seed))
        worker.generate(MELODY, "fake", GenerationSettings(seed=1))
        assert generator.started.wait(10)
        with qtbot.assertNotEmitted(worker.cancelled), qtbot.waitSignal(worker.finished):
            worker.generate(MELODY, "fake", GenerationSettings(seed=2))
            generator.go_on.set()
        assert seeds == [2]


def test_a_model_is_loaded_once_and_ahead(qtbot: QtBot) -> None:
    loaded: list[str] = []

    def load(name: str) -> Generator:
        loaded.append(name)
        return FakeGenerator(name)

    with worker_with(load) as worker:
        worker.preload("fake")
        with qtbot.waitSignal(worker.finished):
            worker.generate(MELODY, "fake", GenerationSettings())
    assert loaded == ["fake"]


def test_loading_ahead_may_fail_silently(qtbot: QtBot) -> None:
    with worker_with(failing_with(ModelError(verbatim("It is missing.")))) as worker:
        worker.preload("fake")
        with qtbot.waitSignal(worker.failed):
            worker.generate(MELODY, "fake", GenerationSettings())


def test_closing_while_generating_waits_and_says_nothing(qtbot: QtBot) -> None:
    generator = PatientGenerator()
    worker = GenerationWorker(lambda _: generator)
    worker.generate(MELODY, "fake", GenerationSettings())
    assert generator.started.wait(10)
    generator.go_on.set()
    with qtbot.assertNotEmitted(worker.finished):
        worker.close()
