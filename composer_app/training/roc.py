"""The area under the ROC curve, by which two-sample tests say how well they tell."""

import numpy as np
from numpy.typing import NDArray


def area_under_curve(real: NDArray[np.float64], generated: NDArray[np.float64]) -> float:
    """Share of pairs of which the generated one has the higher score; ties count half."""
    higher = generated[:, None] > real[None]
    same = generated[:, None] == real[None]
    return float(higher.mean() + same.mean() / 2)
