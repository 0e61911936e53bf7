"""What the window works with: every service is built once, here, and handed in."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from composer_app.errors import DeviceError
from composer_app.generation.models.catalog import everything_to_choose_from, load_generator
from composer_app.generation.models.model_info import ModelInfo
from composer_app.live.midi.inputs import MidiInputs
from composer_app.live.midi.outputs import MidiOutputs
from composer_app.live.note_sink import Clock, Synthesizer
from composer_app.live.playback.player import Player
from composer_app.live.synth.synthesizer import SoundSettings, open_synthesizer
from composer_app.studio.document.document import Document
from composer_app.studio.document.recovery import Recovery
from composer_app.studio.generate.generation_worker import GenerationWorker, LoadGenerator
from composer_app.studio.midi.midi_controller import InputPorts
from composer_app.studio.midi.midi_output_controller import OutputPorts
from composer_app.studio.runtime.file_writer import FileWriter
from composer_app.studio.runtime.jobs import Jobs
from composer_app.studio.runtime.settings import Settings
from composer_app.studio.sound.live_input import LiveInput
from composer_app.studio.sound.sound import Sound
from composer_app.studio.sound.sound_controller import SoundController
from composer_app.studio.widgets.file_dialogs import FileDialogs


@dataclass(frozen=True)
class Services:
    """Close them with :meth:`close` when the window has gone."""

    settings: Settings
    clock: Clock
    document: Document
    jobs: Jobs
    writer: FileWriter
    recovery: Recovery
    sound: Sound
    sound_controller: SoundController
    live: LiveInput
    player: Player
    ports: InputPorts
    outputs: OutputPorts
    worker: GenerationWorker
    dialogs: FileDialogs
    find_models: Callable[[], tuple[ModelInfo, ...]]

    def close(self) -> None:
        """Stop every thread and let go of every device."""
        self.ports.close()
        self.player.close()
        self.worker.close()
        self.jobs.close()
        self.recovery.close(writing=not self.writer.close())
        self.sound.close()
        # Last, since the sound may be one of them, and is to fall silent first.
        self.outputs.close()


def build_services(
    settings: Settings,
    *,
    jobs: Jobs | None = None,
    clock: Clock = time.perf_counter,
    ports: InputPorts | None = None,
    outputs: OutputPorts | None = None,
    open_sound: Callable[
        [SoundSettings], tuple[Synthesizer, DeviceError | None]
    ] = open_synthesizer,
    load: LoadGenerator = load_generator,
    find_models: Callable[[], tuple[ModelInfo, ...]] = everything_to_choose_from,
    dialogs: FileDialogs | None = None,
) -> Services:
    """The real services; each argument stands in for one of them, for tests."""
    document = Document()
    recovery = Recovery(document, settings.recovery_folder)
    sound_controller = SoundController(settings, open_sound)
    sound = sound_controller.sound
    return Services(
        settings=settings,
        clock=clock,
        document=document,
        jobs=jobs if jobs is not None else Jobs(),
        writer=FileWriter(recovery.note_place),
        recovery=recovery,
        sound=sound,
        sound_controller=sound_controller,
        live=LiveInput(sound, clock),
        player=Player(sound.synthesizer, clock),
        ports=ports if ports is not None else MidiInputs(clock),
        outputs=outputs if outputs is not None else MidiOutputs(),
        worker=GenerationWorker(load),
        dialogs=dialogs or FileDialogs(),
        find_models=find_models,
    )
