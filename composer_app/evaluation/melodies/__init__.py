"""How good the melodies are that Composer writes, beside held-out ones."""

from composer_app.evaluation.melodies.evaluating import (
    MELODY_STYLES,
    MelodyEvaluation,
    MelodyTrial,
    evaluate_melodies,
)

__all__ = ["MELODY_STYLES", "MelodyEvaluation", "MelodyTrial", "evaluate_melodies"]
