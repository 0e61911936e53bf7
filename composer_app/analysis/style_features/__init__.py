"""Named features of four-part writing, by which a linear test tells two hands apart.

Each is a share or a mean of one passage, as a
:class:`~composer_app.analysis.metrics.voice_metrics.Count`, whose ``of`` is 0 where the passage has
nothing to count. They concern what is written to a melody: the alto, tenor and bass, and what they
make with the soprano. Pure numpy.
"""

from composer_app.analysis.style_features.matrix import FeatureMatrix, style_features
from composer_app.analysis.style_features.measures import STYLE_MEASURES, measure_style
from composer_app.analysis.style_features.reading import Features, Reading

__all__ = [
    "STYLE_MEASURES",
    "FeatureMatrix",
    "Features",
    "Reading",
    "measure_style",
    "style_features",
]
