"""How much each measure of notes.py counts, in nats for each unit of it.

Written by scripts/fit_melody_weights.py from songs with piano, string quartets and hymns.
"""

from typing import Final

WEIGHTS: Final = {
    "top": 5.68,
    "single": 5.99,
    "stepwise": 7.27,
    "leaps": -5.35,
    "busy": 1.64,
    "rhythm": 1.38,
    "wide": -1.52,
}
