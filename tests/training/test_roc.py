"""The area under curves that one can draw by hand."""

import numpy as np

from composer_app.training.roc import area_under_curve


def test_the_area_under_known_curves() -> None:
    low, high = np.array([0.0, 1.0]), np.array([2.0, 3.0])
    assert area_under_curve(low, high) == 1.0
    assert area_under_curve(high, low) == 0.0
    assert area_under_curve(low, low) == 0.5
    assert area_under_curve(np.array([0.0, 2.0]), np.array([1.0])) == 0.5
