"""Every note gets an end: its own, another track's, or a plausible one."""

from random import Random

import pytest

from composer_app.music.midi.events.chunks import parse_chunks
from composer_app.music.midi.events.faults import Fault, Faults
from composer_app.music.midi.events.note_ends import with_ends
from tests.music.midi.hexfile import chunk, header

C, D = "90 3C 50", "90 3E 50"
C_OFF, D_OFF = "80 3C 00", "80 3E 00"


def ended(*chunks: str) -> tuple[list[list[tuple[int, int, int]]], int]:
    """Each track's notes as (onset, release, pitch), the oldest ended first; how many hung."""
    faults = Faults()
    data = header(1, len(chunks), 4) + b"".join(map(chunk, chunks))
    notes = with_ends(parse_chunks(data, "tune", faults), faults)
    tracks: list[list[tuple[int, int, int]]] = [[] for _chunk in chunks]
    columns = (notes.track, notes.on, notes.off, notes.pitch)
    for track, *note in zip(*(column.tolist() for column in columns), strict=True):
        tracks[track].append((note[0], note[1], note[2]))
    return [sorted(track) for track in tracks], faults[Fault.UNENDED_NOTE]


@pytest.mark.parametrize(
    ("hexdump", "notes", "unended"),
    [
        pytest.param(f"00 {C} 04 {C_OFF}", [(0, 4, 60)], 0, id="its own end"),
        pytest.param(f"00 {C} 04 B0 7B 00 04 {C_OFF}", [(0, 4, 60)], 0, id="all notes off"),
        pytest.param(f"00 {C} 04 B0 78 00 04 {C_OFF}", [(0, 4, 60)], 0, id="all sound off"),
        pytest.param(f"00 {C} 04 B1 7B 00 04 {C_OFF}", [(0, 8, 60)], 0, id="another channel's"),
        pytest.param(f"00 {C} 04 B0 79 00 04 {C_OFF}", [(0, 8, 60)], 0, id="controllers reset"),
        pytest.param(f"00 B0 7B 00 00 {C} 04 {C_OFF}", [(0, 4, 60)], 0, id="off before it begins"),
        pytest.param(f"00 {C} 00 B0 7B 00 04 {C_OFF}", [(0, 1, 60)], 0, id="off as it begins"),
        pytest.param(
            f"00 {C} 04 {D} 04 {D_OFF}", [(0, 4, 60), (4, 8, 62)], 1, id="with the next note"
        ),
        pytest.param(
            f"00 {C} 02 99 24 64 00 89 24 00 02 {D} 04 {D_OFF}",
            [(0, 4, 60), (2, 2, 36), (4, 8, 62)],
            1,
            id="not with one of another channel",
        ),
        pytest.param(
            f"00 {C} 00 {D} 04 {C} 00 {D_OFF} 04 {C_OFF}",
            [(0, 4, 60), (0, 4, 62), (4, 8, 60)],
            1,
            id="with the next of its pitch",
        ),
        pytest.param(
            f"00 {C} 00 {C} 04 {C_OFF}", [(0, 4, 60)], 0, id="struck twice at once, let go once"
        ),
        pytest.param(
            f"00 {C} 02 {C} 02 {C_OFF} 02 {C_OFF}",
            [(0, 4, 60), (2, 6, 60)],
            0,
            id="struck twice, let go twice",
        ),
        pytest.param(f"00 {C} 06 B0 07 40", [(0, 6, 60)], 1, id="the last one, with its track"),
        pytest.param(f"00 {C}", [(0, 4, 60)], 1, id="the last one, with nothing behind it"),
        pytest.param(f"00 {C} FF 00 FF 01 00", [(0, 16, 60)], 1, id="the last one, before silence"),
    ],
)
def test_one_track(hexdump: str, notes: list[tuple[int, int, int]], unended: int) -> None:
    assert ended(hexdump) == ([notes], unended)


@pytest.mark.parametrize(
    ("first", "second", "notes", "unended"),
    [
        pytest.param(f"00 {C}", f"04 {C_OFF}", [(0, 4, 60)], 0, id="note-off"),
        pytest.param(f"00 {C}", "04 90 3C 00", [(0, 4, 60)], 0, id="velocity 0"),
        pytest.param(f"00 {C} 08 {C_OFF}", f"04 {C_OFF}", [(0, 8, 60)], 0, id="its own is right"),
        pytest.param(f"00 {C} 02 {D} 02 {D_OFF}", "04 81 3C 00", None, 1, id="another channel"),
        pytest.param(
            f"00 {C} 02 {D} 02 {D_OFF}", f"00 FF 21 01 01 04 {C_OFF}", None, 1, id="another port"
        ),
        pytest.param(f"00 {C} 08 {C_OFF}", "04 B0 7B 00", [(0, 4, 60)], 0, id="all notes off"),
        pytest.param(
            f"04 {C} 08 {C_OFF}", "04 B0 7B 00", [(4, 12, 60)], 0, id="all notes off as it begins"
        ),
    ],
)
def test_another_track(
    first: str, second: str, notes: list[tuple[int, int, int]] | None, unended: int
) -> None:
    expected = [(0, 2, 60), (2, 4, 62)] if notes is None else notes
    assert ended(first, second) == ([expected, []], unended)


@pytest.mark.parametrize("seed", range(20))
def test_keys_are_understood_together_as_one_by_one(seed: int) -> None:
    chance = Random(seed)
    events = [
        (chance.choice((0x80, 0x90)), chance.randrange(2), chance.randrange(60, 63))
        for _event in range(60)
    ]
    hexdump = "".join(f"01 {kind | channel:x} {pitch:x} 40 " for kind, channel, pitch in events)
    assert ended(hexdump)[0] == [one_by_one(events)]


def one_by_one(events: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """As :func:`ended`, of (kind, channel, pitch) at ticks 1, 2, 3 ... of one track."""
    timed = [(tick, *event) for tick, event in enumerate(events, 1)]
    found = []
    for channel, pitch in {event[1:] for event in events}:
        ends: dict[int, int] = {}
        sounding: list[int] = []
        for tick, kind, *key in timed:
            if key == [channel, pitch] and kind == 0x90:
                ends[tick] = 0
                sounding.append(tick)
            elif key == [channel, pitch] and sounding:
                ends[sounding.pop()] = tick
        for on in (on for on, off in ends.items() if not off):
            struck = [t for t, kind, c, _pitch in timed if t > on and kind == 0x90 and c == channel]
            last = min(len(events), on + 16) if len(events) > on else on + 4
            ends[on] = min([*struck, last])
        # The oldest ends first, of those that end and of all in the end.
        found += [(on, off, pitch) for on, off in zip(ends, sorted(ends.values()), strict=True)]
    return sorted(found)
