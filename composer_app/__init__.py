"""Composer: a melody in, a four-track composition out."""

__version__ = "0.1.0"
