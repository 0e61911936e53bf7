"""What a model does at a melody's rests, before it begins, and when it lies low or high."""

from composer_app.evaluation.behavior.evaluating import (
    BehaviorEvaluation,
    BehaviorPlan,
    evaluate_behavior,
)

__all__ = ["BehaviorEvaluation", "BehaviorPlan", "evaluate_behavior"]
