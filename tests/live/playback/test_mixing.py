"""How loud and where each track sounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.live.note_sink import DRUM_CHANNEL, track_channel
from composer_app.live.playback.mixing import Mix
from composer_app.music.mix import PAN_CONTROLLER, VOLUME_CONTROLLER, TrackMix

TRACKS = st.builds(TrackMix, st.integers(0, 127), st.integers(0, 127), st.booleans(), st.booleans())
MIXES = st.builds(Mix, st.lists(TRACKS, max_size=18).map(tuple), st.integers(0, 127))


def audible(mix: Mix, tracks: int = 3) -> list[int]:
    return [index for index in range(tracks) if mix.audible(index)]


def test_mute_and_solo() -> None:
    mix = Mix()
    assert audible(mix) == [0, 1, 2]
    mix = mix.with_track(1, TrackMix(mute=True))
    assert audible(mix) == [0, 2]
    mix = mix.with_track(2, TrackMix(solo=True))
    assert audible(mix) == [2]
    mix = mix.with_track(1, TrackMix(mute=True, solo=True))
    assert audible(mix) == [2], "mute wins over solo"
    mix = mix.with_track(2, TrackMix())
    assert audible(mix) == [0, 2], "a muted solo silences nobody"


def test_a_track_may_be_set_before_others_are() -> None:
    mix = Mix().with_track(2, TrackMix(volume=10))
    assert [mix.track(index).volume for index in range(4)] == [100, 100, 10, 100]


@given(MIXES, st.integers(0, 20))
def test_controls_are_in_range_and_silence_is_silent(mix: Mix, tracks: int) -> None:
    controls = mix.controls([track_channel(index) for index in range(tracks)])
    assert all(0 <= value <= 127 for value in controls.values())
    for index in range(min(tracks, 14)):
        channel = track_channel(index)
        sharing = [other for other in range(tracks) if track_channel(other) == channel]
        if not any(mix.audible(other) for other in sharing):
            assert controls[channel, VOLUME_CONTROLLER] == 0
        else:
            loudness = mix.track(index).volume * mix.master / 127
            assert controls[channel, VOLUME_CONTROLLER] == pytest.approx(loudness, abs=0.5)
        assert controls[channel, PAN_CONTROLLER] == mix.track(index).pan


def test_drums_that_are_muted_leave_the_clicks_as_they_are() -> None:
    channels = [0, DRUM_CHANNEL, DRUM_CHANNEL]
    mix = Mix((TrackMix(), TrackMix(40, 20)))
    assert mix.controls(channels)[DRUM_CHANNEL, VOLUME_CONTROLLER] == 40
    mix = Mix((TrackMix(mute=True), TrackMix(40, 20, mute=True), TrackMix(50, mute=True)))
    controls = mix.controls(channels)
    assert controls[0, VOLUME_CONTROLLER] == 0
    assert controls[DRUM_CHANNEL, VOLUME_CONTROLLER] == 100


@pytest.mark.parametrize("wrong", [{"volume": 128}, {"volume": -1}, {"pan": 128}, {"pan": -1}])
def test_values_have_a_range(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="outside 0-127"):
        TrackMix(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("master", [-1, 128])
def test_the_master_volume_has_a_range(master: int) -> None:
    with pytest.raises(ValueError, match="outside 0-127"):
        Mix(master=master)
