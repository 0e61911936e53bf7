"""What speaks for a track having the melody: its name, its words, its instrument and its notes."""
