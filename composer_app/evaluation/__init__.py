"""How good a model is: its pieces for held-out melodies, next to the composer's own.

Every melody of the split is cut to eight bars or to the phrase end before (``excerpts``),
harmonised several times with different seeds, and measured: as in
:mod:`composer_app.analysis.metrics.voice_metrics` and its neighbours, by ``likelihood``, and by a
two-sample test (:mod:`composer_app.training.two_sample`). Beside the model stand the composer
himself, which is the ceiling, and the ``floors``, which need no learning. Choose on "valid"; "test"
is for figures that are published, and never for tuning.
"""

from composer_app.evaluation.command import add_evaluation_command
from composer_app.evaluation.evaluating import Outcome, Plan, evaluate
from composer_app.evaluation.table import Evaluation

__all__ = ["Evaluation", "Outcome", "Plan", "add_evaluation_command", "evaluate"]
