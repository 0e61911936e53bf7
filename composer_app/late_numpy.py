"""numpy, imported when the first number is asked of it.

It takes a tenth of a second, which the window need not wait for: an empty piece has no numbers.
What belongs to every start writes ``from composer_app.late_numpy import np``, asks nothing of it
while it is imported, and has its annotations left unevaluated.
"""

import importlib
from typing import TYPE_CHECKING

__all__ = ["np"]

if TYPE_CHECKING:
    import numpy as np
else:

    class _Late:
        """Stands for a module; what has been asked once is found as quickly as in the module."""

        def __init__(self, name: str) -> None:
            self._name = name

        def __getattr__(self, name: str) -> object:
            value = getattr(importlib.import_module(self._name), name)
            setattr(self, name, value)
            return value

    np = _Late("numpy")
