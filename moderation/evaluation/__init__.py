"""Development texts of `python -m moderation.evaluate`, kept apart from training by theme."""
