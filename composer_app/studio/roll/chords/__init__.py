"""The row of chords under the ruler of the piano roll."""
