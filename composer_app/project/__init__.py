"""The piece as a person keeps it: music, takes, locks, and the file that holds them. No Qt."""
