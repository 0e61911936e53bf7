"""FluidSynth's sequencer mixes up what stands at one of its ticks; our engine does not."""

import ctypes
import random

import numpy as np
import pytest

from composer_app.live.note_sink import SinkEvent
from composer_app.live.rendering.rendering import OfflineEngine
from composer_app.live.synth.fluid_library import fluid_library

RANGE_OF_THE_BEND = (101, 0), (100, 0), (6, 12), (38, 0), (101, 127), (100, 127)


def controller(channel: int, number: int, value: int) -> SinkEvent:
    return SinkEvent("control_change", channel, number, value)


@pytest.mark.parametrize("seed", range(8))
def test_settings_of_one_moment_keep_their_order(seed: int, library: None) -> None:
    synth = fluid_library()
    pointer, number = ctypes.c_void_p, ctypes.c_int
    value = ctypes.c_int()
    synth.fluid_synth_get_pitch_wheel_sens.argtypes = (pointer, number, pointer)
    synth.fluid_synth_get_cc.argtypes = (pointer, number, number, pointer)
    chance = random.Random(seed)
    engine = OfflineEngine(48_000)
    try:
        for each in RANGE_OF_THE_BEND:
            engine.schedule(0.1, controller(0, *each))
            # Others' events come between.
            for _ in range(chance.randrange(5)):
                engine.schedule(0.1 + chance.choice((-0.001, 0, 0.001)), controller(1, 1, 5))
        for volume in range(20):
            engine.schedule(0.1, controller(2, 7, volume))
        engine.fill(np.empty((9600, 2), np.float32))
        synth.fluid_synth_get_pitch_wheel_sens(engine._synth, 0, ctypes.byref(value))
        assert value.value == 12
        synth.fluid_synth_get_cc(engine._synth, 2, 7, ctypes.byref(value))
        assert value.value == 19
    finally:
        engine.close()
