"""Metre maps of all kinds, for tests that try many pieces."""

from hypothesis import strategies as st

from composer_app.music.meter_map import MeterChange, MeterMap
from composer_app.music.timing import DENOMINATORS, MAX_NUMERATOR, Meter

METERS = st.builds(Meter, st.integers(1, MAX_NUMERATOR), st.sampled_from(DENOMINATORS))


@st.composite
def meter_maps(draw: st.DrawFn) -> MeterMap:
    """Up to four metres, with or without an upbeat; bars before a change may be short."""
    later = draw(st.dictionaries(st.integers(1, 40_000), METERS, max_size=3))
    changes = [
        MeterChange(tick, meter) for tick, meter in sorted({0: draw(METERS), **later}.items())
    ]
    upbeat = draw(st.none() | st.integers(0, 4000))
    return MeterMap(tuple(changes)).with_upbeat(upbeat)
