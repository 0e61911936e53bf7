"""How low and how high instruments play: what an orchestration book gives for each, as it sounds.

What plays anything, such as a synthesizer, has all of a piano's keys.
"""

from typing import Final

_PIANO: Final = (21, 108)
# Lowest and highest MIDI pitch by programs of General MIDI, counted from 0.
_RANGES: Final[dict[int, tuple[int, int]]] = {
    6: (29, 89),  # harpsichord
    7: (29, 88),  # clavinet
    8: (60, 108),  # celesta
    9: (79, 108),  # glockenspiel
    10: (60, 96),  # music box
    11: (53, 89),  # vibraphone
    12: (45, 96),  # marimba
    13: (65, 108),  # xylophone
    14: (60, 77),  # tubular bells
    15: (48, 84),  # dulcimer
    **dict.fromkeys(range(16, 21), (24, 108)),  # organs
    21: (41, 93),  # accordion
    22: (48, 96),  # harmonica
    23: (41, 93),
    **dict.fromkeys(range(24, 32), (40, 88)),  # guitars
    **dict.fromkeys(range(32, 40), (28, 67)),  # basses
    40: (55, 103),  # violin
    41: (48, 91),  # viola
    42: (36, 84),  # cello
    43: (28, 67),  # double bass
    44: (28, 103),
    45: (28, 103),
    46: (24, 103),  # harp
    47: (38, 57),  # timpani
    **dict.fromkeys(range(48, 52), (28, 103)),  # string ensembles
    **dict.fromkeys(range(52, 55), (40, 84)),  # choirs
    56: (54, 86),  # trumpet
    57: (40, 77),  # trombone
    58: (26, 65),  # tuba
    59: (54, 86),
    60: (34, 77),  # French horn
    61: (26, 86),
    64: (56, 88),  # saxophones
    65: (49, 81),
    66: (44, 76),
    67: (36, 69),
    68: (58, 93),  # oboe
    69: (52, 84),  # English horn
    70: (34, 75),  # bassoon
    71: (50, 94),  # clarinet
    72: (74, 108),  # piccolo
    73: (60, 96),  # flute
    74: (60, 98),  # recorder
    75: (55, 96),  # pan flute
    76: (48, 84),
    77: (55, 91),  # shakuhachi
    78: (74, 98),  # whistle
    79: (60, 86),  # ocarina
    104: (48, 84),  # sitar
    105: (48, 84),  # banjo
    106: (48, 84),  # shamisen
    107: (43, 84),  # koto
    108: (60, 84),  # kalimba
    109: (54, 81),  # bagpipe
    110: (55, 103),  # fiddle
    111: (58, 86),  # shanai
}


def playable_range(program: int) -> tuple[int, int]:
    """The lowest and the highest MIDI pitch of the instrument that ``program`` names."""
    return _RANGES.get(program, _PIANO)
