"""How well drums are written, beside human drumming that was held out."""

from composer_app.evaluation.drums.evaluating import DrumsEvaluation, evaluate_drums

__all__ = ["DrumsEvaluation", "evaluate_drums"]
