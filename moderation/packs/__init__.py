"""Core: the rule packs, one TOML file for each field; moderation/rules.py says how they are read."""
