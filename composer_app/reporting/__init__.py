"""What the command line says and draws about a piece: ``stats``, and ``profile``, which it needs.

The figures are worked out by :mod:`composer_app.analysis`; here they become tables, sentences
and pictures.
"""
