"""What the command line says and draws about a piece: ``stats``, and ``profile``, which it needs.

The figures are worked out by :mod:`composer_app.analysis`; here they become tables, sentences
and pictures.
"""

from composer_app.reporting.profile_command import add_profile_command
from composer_app.reporting.stats_command import add_stats_command

__all__ = ["add_profile_command", "add_stats_command"]
