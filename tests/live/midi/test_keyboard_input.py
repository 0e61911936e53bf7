"""From the bytes of a keyboard to what is played for it."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mido import Message

from composer_app.live.midi.keyboard_input import (
    DriverClock,
    HeldKeys,
    InputSettings,
    KeyboardInput,
    channel_messages,
    is_known_keyboard,
    known_range,
)
from composer_app.live.note_sink import LIVE_CHANNEL, SinkEvent
from tests.live.doubles import ListeningSink


def on(pitch: int, channel: int = 0, velocity: int = 64) -> Message:
    return Message("note_on", note=pitch, channel=channel, velocity=velocity)


def off(pitch: int, channel: int = 0, velocity: int = 64) -> Message:
    return Message("note_off", note=pitch, channel=channel, velocity=velocity)


def control(controller: int, value: int, channel: int = 0) -> Message:
    return Message("control_change", control=controller, value=value, channel=channel)


def bend(value: int, channel: int = 0) -> Message:
    return Message("pitchwheel", pitch=value, channel=channel)


@pytest.mark.parametrize(
    ("data", "messages"),
    [
        ([0x90, 60, 64], [on(60)]),
        ([0x93, 60, 1], [on(60, channel=3, velocity=1)]),
        ([0x90, 60, 0], [off(60, velocity=0)]),
        ([0x80, 60, 7], [off(60, velocity=7)]),
        ([0xB0, 64, 127], [control(64, 127)]),
        ([0xE0, 0, 64], [bend(0)]),
        ([0xE0, 127, 127], [bend(8191)]),
        ([0xC0, 5], [Message("program_change", program=5)]),
        # Several at once, with running status and the clock in between.
        ([0x90, 60, 64, 62, 64], [on(60), on(62)]),
        ([0x90, 60, 64, 60, 0], [on(60), off(60, velocity=0)]),
        ([0x90, 0xF8, 60, 0xFE, 64, 0x80, 60, 64], [on(60), off(60)]),
        ([0xF8], []),
        ([0xFE], []),
        ([0xF0, 0x7E, 0x7F, 6, 1, 0xF7], []),
        ([0x90, 60, 64, 0xF0, 1, 2, 0xF7, 62, 64], [on(60)]),
        ([0xF2, 1, 2], []),
        ([], []),
        ([0x90, 60], []),
        ([0x90, 60, 200], []),
        ([60, 64], []),
    ],
)
def test_only_whole_channel_messages_count(data: list[int], messages: list[Message]) -> None:
    assert channel_messages(data) == messages


channel_message = st.one_of(
    st.builds(on, st.integers(0, 127), st.integers(0, 15), st.integers(1, 127)),
    st.builds(off, st.integers(0, 127), st.integers(0, 15), st.integers(0, 127)),
    st.builds(control, st.integers(0, 127), st.integers(0, 127), st.integers(0, 15)),
    st.builds(bend, st.integers(-8192, 8191), st.integers(0, 15)),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(channel_message), st.data())
def test_running_status_and_real_time_messages_change_nothing(
    messages: list[Message], data: st.DataObject
) -> None:
    stream: list[int] = []
    status = 0
    for message in messages:
        first, *rest = message.bytes()
        stream += rest if first == status and data.draw(st.booleans()) else [first, *rest]
        status = first
    for _ in range(data.draw(st.integers(0, 5))):
        place = data.draw(st.integers(0, len(stream)))
        stream.insert(place, data.draw(st.sampled_from([0xF8, 0xFA, 0xFE, 0xFF])))
    assert channel_messages(stream) == messages


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 255), max_size=40))
def test_no_bytes_do_harm(data: list[int]) -> None:
    for message in channel_messages(data):
        KeyboardInput().take(message)
        HeldKeys().take(message)


def test_the_thirty_two_keys_are_known_by_their_port() -> None:
    assert is_known_keyboard("AWS DeepComposer:AWS DeepComposer MIDI 1")
    assert is_known_keyboard("deepcomposer")
    assert not is_known_keyboard("Composer keys")
    lowest, highest = known_range()
    assert (lowest, highest, highest - lowest + 1) == (41, 72, 32)


def test_a_key_sounds_on_the_live_channel_whatever_its_own() -> None:
    keys = KeyboardInput()
    assert keys.take(on(60, 7, 99)) == [SinkEvent("note_on", LIVE_CHANNEL, 60, 99)]
    assert keys.sounding == {60}
    assert keys.take(off(60, 7)) == [SinkEvent("note_off", LIVE_CHANNEL, 60)]
    assert keys.take(off(60, 7)) == []
    assert keys.sounding == frozenset()


def test_a_filter_hears_one_channel_but_lets_go_of_what_it_heard_before() -> None:
    keys = KeyboardInput(InputSettings(channel=2))
    assert keys.take(on(60, channel=1)) == []
    assert keys.take(on(62, channel=2)) == [SinkEvent("note_on", LIVE_CHANNEL, 62, 64)]
    assert keys.take(control(64, 127, channel=1)) == []
    keys.take(control(64, 127, channel=2))
    keys.take(bend(100, channel=2))
    keys.settings = InputSettings(channel=1)
    assert keys.take(off(62, channel=2)) == [SinkEvent("note_off", LIVE_CHANNEL, 62)]
    assert keys.take(control(64, 0, channel=2)) == [
        SinkEvent("control_change", LIVE_CHANNEL, 64, 0)
    ]
    assert keys.take(bend(0, channel=2)) == [SinkEvent("pitch_bend", LIVE_CHANNEL, 0)]
    assert keys.take(on(62, channel=2)) == []
    assert keys.take(control(64, 127, channel=2)) == []
    assert keys.take(bend(100, channel=2)) == []


def test_a_key_lets_go_of_what_it_struck_even_if_the_shift_has_changed() -> None:
    keys = KeyboardInput()
    keys.take(on(60))
    keys.settings = InputSettings(shift=12)
    assert keys.take(on(48)) == [
        SinkEvent("note_off", LIVE_CHANNEL, 60),
        SinkEvent("note_on", LIVE_CHANNEL, 60, 64),
    ]
    # Two keys sound the same pitch now: the last to go up releases it.
    assert keys.take(off(60)) == []
    assert keys.take(off(48)) == [SinkEvent("note_off", LIVE_CHANNEL, 60)]


@pytest.mark.parametrize(("key", "shift"), [(120, 12), (5, -12)])
def test_keys_shifted_out_of_range_are_silent(key: int, shift: int) -> None:
    keys = KeyboardInput(InputSettings(shift=shift))
    assert keys.take(on(key)) == []
    assert keys.take(off(key)) == []


def test_pedals_wheels_and_no_other_knobs_are_heard() -> None:
    keys = KeyboardInput()
    for controller in (1, 11, 64, 66, 67):
        assert keys.take(control(controller, 100)) == [
            SinkEvent("control_change", LIVE_CHANNEL, controller, 100)
        ]
    for controller in (0, 7, 10, 32, 121):
        assert keys.take(control(controller, 5)) == []
    assert keys.take(bend(-8192)) == [SinkEvent("pitch_bend", LIVE_CHANNEL, -8192)]
    assert keys.take(Message("program_change", program=3)) == []
    assert keys.take(Message("polytouch", note=3, value=3)) == []


def test_one_pedal_going_up_leaves_another_down() -> None:
    keys = KeyboardInput()
    keys.take(control(64, 127), source=0)
    keys.take(control(64, 90), source=1)
    assert keys.take(control(64, 0), source=0) == [
        SinkEvent("control_change", LIVE_CHANNEL, 64, 90)
    ]
    assert keys.take(control(64, 0), source=1) == [SinkEvent("control_change", LIVE_CHANNEL, 64, 0)]


@pytest.mark.parametrize("command", [120, 123])
def test_a_keyboard_that_says_all_off_is_obeyed_for_its_channel(command: int) -> None:
    keys = KeyboardInput()
    keys.take(on(60))
    keys.take(on(62))
    keys.take(on(64, channel=1))
    keys.take(on(65), source=1)
    assert sorted(event.data1 for event in keys.take(control(command, 0))) == [60, 62]
    assert keys.sounding == {64, 65}


@pytest.mark.parametrize("values", [(16, 0), (-1, 0), (0, 128), (None, -128)])
def test_impossible_settings_are_refused(values: tuple[int | None, int]) -> None:
    with pytest.raises(ValueError, match=r"outside|out of range"):
        InputSettings(*values)


def test_what_went_back_to_rest_by_itself_needs_no_release() -> None:
    held = HeldKeys()
    for message in (on(60), off(60), control(64, 127), control(64, 0), bend(5), bend(0)):
        held.take(message)
    assert held.release() == []
    held.take(control(11, 40))
    assert held.release() == [control(11, 127)]


class Performance(ListeningSink):
    """Refuses, as its base does, to strike what sounds."""

    def play(self, events: list[SinkEvent]) -> None:
        for event in events:
            event.send(self)


actions = st.lists(
    st.one_of(
        st.tuples(channel_message, st.integers(0, 1)),
        st.builds(
            InputSettings,
            st.one_of(st.none(), st.integers(0, 2)),
            st.sampled_from([-24, -12, 0, 12, 24]),
        ),
    ),
    max_size=60,
)


@settings(max_examples=40, deadline=None)
@given(actions)
def test_whatever_is_played_nothing_hangs_in_the_end(
    played: list[tuple[Message, int] | InputSettings],
) -> None:
    keys, sink = KeyboardInput(), Performance()
    held = [HeldKeys(), HeldKeys()]
    for action in played:
        if isinstance(action, InputSettings):
            keys.settings = action
        else:
            message, source = action
            held[source].take(message)
            sink.play(keys.take(message, source))
        assert {(LIVE_CHANNEL, pitch) for pitch in keys.sounding} == sink.sounding
    for source in (0, 1):
        for message in held[source].release():
            sink.play(keys.take(message, source))
    assert sink.sounding == set()
    assert keys.release() == []
    assert all(value in (0, 127 if key[1] == 11 else 0) for key, value in sink.controls.items())
    assert not any(sink.bends.values())


@settings(max_examples=40, deadline=None)
@given(actions)
def test_release_brings_everything_to_rest(
    played: list[tuple[Message, int] | InputSettings],
) -> None:
    keys, sink = KeyboardInput(), Performance()
    for action in played:
        if isinstance(action, InputSettings):
            keys.settings = action
        else:
            sink.play(keys.take(*action))
    events = keys.release()
    assert max(Counter(events).values(), default=1) == 1
    sink.play(events)
    assert sink.sounding == set()
    assert not any(sink.bends.values())
    assert not any(value for (_, number), value in sink.controls.items() if number != 11)
    assert keys.release() == []


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0.0, 2.0), st.floats(0.0, 0.04)), min_size=1, max_size=50),
)
def test_delays_do_not_move_what_the_driver_measured(
    notes: list[tuple[float, float]],
) -> None:
    clock = DriverClock()
    came = 100.0
    stamps, times = [], []
    for index, (gap, delay) in enumerate(notes):
        # The first is heard of at once, which is where the two clocks meet.
        came += gap
        stamps.append(clock.stamp(came + (delay if index else 0.0), gap))
        times.append(came)
    assert stamps == pytest.approx(times, abs=2e-4 * (times[-1] - times[0] + 0.1))


def test_a_time_of_arrival_is_never_in_the_future() -> None:
    clock = DriverClock()
    assert clock.stamp(10.0, 0.0) == 10.0
    # This driver's clock is fast.
    assert clock.stamp(10.010, 0.012) == 10.010
    assert clock.stamp(10.020, 0.011) == 10.020


def test_a_driver_that_measures_nothing_is_not_believed() -> None:
    clock = DriverClock()
    for arrival in (5.0, 6.0, 6.5, 7.5):
        assert clock.stamp(arrival, 0.0) == arrival


def test_after_a_late_beginning_the_first_prompt_message_puts_it_right() -> None:
    clock = DriverClock()
    assert clock.stamp(1.030, 0.0) == 1.030  # came at 1.000
    assert clock.stamp(1.100, 0.100) == pytest.approx(1.100)
    assert clock.stamp(1.240, 0.100) == pytest.approx(1.200, abs=1e-4)
