"""Core: the tree as its heads tell it against the rows as they stand, one stretch between two heads after another.

Each head carries the hashes of the leaves that it added, so that a row that is not the one that was signed is named.
These hashes are believed where they give the signed root; where they were edited too, the rows' own hashes are tried,
and where those don't give it either, the stretch is what can be said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from moderation.audit.entries import Fault, Finding
from moderation.audit.heads import Head, TrustedKeys
from moderation.audit.tree import HASH_BYTES, Frontier

WRONG_MAX: Final = 100_000
"""Rows that are not what was signed which are looked at one by one; a log that was written anew has no end of them."""
_NONE: Final = bytes(HASH_BYTES)


class TreeCheck:
    """Follows the log from its first leaf to its last."""

    def __init__(self, keys: TrustedKeys, kept: Sequence[Head]) -> None:
        """`kept`: heads from outside the database, which it has to agree with."""
        self._keys = keys
        self._kept: dict[int, list[Head]] = {}
        self.findings: list[Finding] = []
        self.frontier = Frontier()
        self._wrong: list[tuple[int, bytes, bytes]] = []
        """Where, the hash that belongs there, and that of the row that stands there; at most `WRONG_MAX`."""
        self._gone: list[list[int]] = []
        """Stretches without a row: the first place, and the one after the last."""
        self._gone_hashes: set[bytes] = set()
        self._is_broken = False
        for head in kept:
            if keys.is_signed(head):
                self._kept.setdefault(head.tree_size, []).append(head)
            else:
                self._add(Fault.HEAD, f"a kept head of {head.tree_size} rows is not signed by a known key")

    def feed(self, head: Head, leaves: Sequence[bytes], own: Mapping[int, bytes]) -> None:
        """The next head, the hashes it carries, and by place those of the rows that stand there."""
        begin, end = self.frontier.size, head.tree_size
        assert begin < end, "heads come in order"
        if not self._keys.is_signed(head):
            self._add(Fault.HEAD, f"the head of {end} rows is not signed by a known key")
        stands = [own.get(index, _NONE) for index in range(begin, end)]
        if len(leaves) != end - begin:
            self._add(Fault.HEAD, f"between {begin} and {end} rows a head is missing, or its hashes were cut")
        elif self._gives(head, leaves):
            self._follow(leaves, own)
            return
        if self._gives(head, stands):
            if len(leaves) == end - begin:
                self._add(Fault.HEAD, f"the hashes that the head of {end} rows carries were edited")
            self._follow(stands, own)
            return
        if not self._is_broken:
            self._is_broken = True
            self._add(Fault.TREE, f"rows {begin} to {end - 1} don't give the root that was signed", begin)
        self._follow(leaves if len(leaves) == end - begin else stands, own)

    def feed_unsigned(self, own: Mapping[int, bytes], end: int) -> None:
        """Rows that have their place, and no head yet."""
        for index in range(self.frontier.size, end):
            if index not in own:
                self._miss(index, _NONE)
            self._append(own.get(index, _NONE))

    def finish(self) -> None:
        """The log has ended: it is no shorter than any head that was kept."""
        size = self.frontier.size
        for beyond in sorted(kept for kept in self._kept if kept > size):
            self._add(Fault.TRUNCATED, f"a kept head has {beyond} rows, the log has {size}", size)
        if self._gone and self._gone[-1][1] == size:
            begin, end = self._gone.pop()
            self._add(Fault.TRUNCATED, f"the log's last {end - begin} rows are gone", begin)
        for begin, end in self._gone:
            many = "row is" if end - begin == 1 else f"{end - begin} rows from here are"
            self._add(Fault.DELETED, f"the log's own {many} gone", begin)
        belongs = self._gone_hashes | {hashed for _, hashed, _ in self._wrong}
        for index, _, stands in self._wrong:
            if stands in belongs:
                self._add(Fault.REORDERED, "the log's own row stands in another's place", index)
            else:
                self._add(Fault.EDITED, "the log's own row is not the one that was signed", index)

    def _gives(self, head: Head, leaves: Sequence[bytes]) -> bool:
        frontier = self.frontier.copy()
        for leaf in leaves:
            frontier.append(leaf)
        return frontier.root() == head.root

    def _follow(self, leaves: Sequence[bytes], own: Mapping[int, bytes]) -> None:
        for index, leaf in enumerate(leaves, self.frontier.size):
            stands = own.get(index)
            if stands is None:
                self._miss(index, leaf)
            elif stands != leaf and len(self._wrong) < WRONG_MAX:
                self._wrong.append((index, leaf, stands))
            self._append(leaf)

    def _miss(self, index: int, leaf: bytes) -> None:
        if self._gone and self._gone[-1][1] == index:
            self._gone[-1][1] = index + 1
        else:
            self._gone.append([index, index + 1])
        if len(self._gone_hashes) < WRONG_MAX:
            self._gone_hashes.add(leaf)

    def _append(self, leaf: bytes) -> None:
        self.frontier.append(leaf)
        for head in self._kept.get(self.frontier.size, ()):
            if self.frontier.root() != head.root:
                words = f"the first {head.tree_size} rows are not those of the head that was kept"
                self._add(Fault.TREE, words, head.tree_size - 1)

    def _add(self, fault: Fault, what: str, leaf_index: int | None = None) -> None:
        self.findings.append(Finding(fault, what, leaf_index))
