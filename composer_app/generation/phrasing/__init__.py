"""How written notes are played: how loud, how long, and by how little beside the beat."""
