"""Core: what can go wrong around the filter.

ModerationError
├── PackInvalid      a rule pack cannot be used: file, rule and fault
└── LineInvalid      a line given to the scorer cannot be read: its number and fault
"""

from __future__ import annotations


class ModerationError(Exception):
    """Base of this package's errors."""


class PackInvalid(ModerationError):
    """A rule pack that cannot be used."""

    def __init__(self, file: str, rule_id: str | None, fault: str) -> None:
        self.file = file
        self.rule_id = rule_id
        self.fault = fault
        super().__init__(f"{file}: {f'rule {rule_id}: ' if rule_id else ''}{fault}")


class LineInvalid(ModerationError):
    """An input line that cannot be scored; `line_number` counts from 1."""

    def __init__(self, line_number: int, fault: str) -> None:
        self.line_number = line_number
        self.fault = fault
        super().__init__(f"line {line_number}: {fault}")
