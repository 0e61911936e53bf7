"""Painting the piano roll: its grid, its notes, and what is marked of them."""
