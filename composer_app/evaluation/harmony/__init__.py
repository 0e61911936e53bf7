"""How well a model's chords agree with those that people have written above a melody."""

from composer_app.evaluation.harmony.evaluating import HarmonyPlan, evaluate_harmony, judge_takes
from composer_app.evaluation.harmony.table import HarmonyEvaluation
from composer_app.evaluation.harmony.tunes import Tune, held_out_tunes

__all__ = [
    "HarmonyEvaluation",
    "HarmonyPlan",
    "Tune",
    "evaluate_harmony",
    "held_out_tunes",
    "judge_takes",
]
