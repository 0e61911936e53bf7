"""What a model does at a melody's rests, before it begins, and when it lies low or high."""

from composer_app.evaluation.behavior.evaluating import (
    DEFAULT_TUNES,
    BehaviorEvaluation,
    BehaviorPlan,
    evaluate_behavior,
)

__all__ = ["DEFAULT_TUNES", "BehaviorEvaluation", "BehaviorPlan", "evaluate_behavior"]
