"""Probability distributions that are fitted to data, evaluated and drawn."""

from composer_app.distributions.binomial import Binomial
from composer_app.distributions.distribution import DataFileError, Distribution
from composer_app.distributions.gaussian import Gaussian

__all__ = ["Binomial", "DataFileError", "Distribution", "Gaussian"]
