"""Core: what can go wrong around the filter.

ModerationError
├── PackInvalid      a rule pack cannot be used: file, rule and fault
├── PacksRefused     changed packs don't do what their examples say: all faults
├── LineInvalid      a line given to the scorer cannot be read: its number and fault
├── HeadInvalid      a signed head of the audit log, or a proof, cannot be read: the fault
└── LogBroken        the rows of the audit log don't give its head: the head's size
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


class PacksRefused(ModerationError):
    """Packs whose rules break their own examples."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


class LineInvalid(ModerationError):
    """An input line that cannot be scored; `line_number` counts from 1."""

    def __init__(self, line_number: int, fault: str) -> None:
        self.line_number = line_number
        self.fault = fault
        super().__init__(f"line {line_number}: {fault}")


class HeadInvalid(ModerationError):
    """A signed head of the audit log, or a proof, that cannot be read."""


class LogBroken(ModerationError):
    """The rows of the audit log don't give the root of its newest head."""

    def __init__(self, tree_size: int) -> None:
        self.tree_size = tree_size
        super().__init__(f"the audit log doesn't fit its head of {tree_size} rows: jishi moderation audit verify")
