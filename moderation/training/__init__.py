"""Seed texts of `python -m moderation.train`."""
