"""Core: the tree as its heads tell it against the rows as they stand, one stretch between two heads after another.

Each head carries the hashes of the leaves that it added, so that a row that is not the one that was signed is named.
These hashes are believed where they give the signed root; where they were edited too, the rows' own hashes are tried,
and where those don't give it either, the stretch is what can be said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from moderation.audit.entries import Fault, Finding
from moderation.audit.heads import Head, TrustedKeys
from moderation.audit.tree import HASH_BYTES, Frontier

_NONE = bytes(HASH_BYTES)


class TreeCheck:
    """Follows the log from its first leaf to its last."""

    def __init__(self, keys: TrustedKeys, kept: Sequence[Head]) -> None:
        """`kept`: heads from outside the database, which it has to agree with."""
        self._keys = keys
        self._kept: dict[int, list[Head]] = {}
        self.findings: list[Finding] = []
        self.frontier = Frontier()
        self.wrong: list[tuple[int, bytes, bytes | None]] = []
        """Where, the hash that belongs there, and the hash of the row that stands there, if one does."""
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
                self._add(Fault.DELETED, "the log's own row is gone", index)
            self._append(own.get(index, _NONE))

    def finish(self) -> None:
        """The log has ended: it is no shorter than any head that was kept."""
        size = self.frontier.size
        for beyond in sorted(kept for kept in self._kept if kept > size):
            self._add(Fault.TRUNCATED, f"a kept head has {beyond} rows, the log has {size}", size)
        belongs = {hashed for _, hashed, _ in self.wrong}
        cut = self._cut_at()
        if cut is not None:
            gone = sum(stands is None and index >= cut for index, _, stands in self.wrong)
            self._add(Fault.TRUNCATED, f"the log's last {gone} rows are gone", cut)
        for index, _, stands in self.wrong:
            if stands is None and (cut is None or index < cut):
                self._add(Fault.DELETED, "the log's own row is gone", index)
            elif stands is not None and stands in belongs:
                self._add(Fault.REORDERED, "the log's own row stands in another's place", index)
            elif stands is not None:
                self._add(Fault.EDITED, "the log's own row is not the one that was signed", index)

    def _cut_at(self) -> int | None:
        """Where the log was cut off: the first of the rows that are gone up to its end."""
        cut = None
        expected = self.frontier.size - 1
        for index, _, stands in reversed(self.wrong):
            if stands is not None or index != expected:
                break
            cut, expected = index, index - 1
        return cut

    def _gives(self, head: Head, leaves: Sequence[bytes]) -> bool:
        frontier = self.frontier.copy()
        for leaf in leaves:
            frontier.append(leaf)
        return frontier.root() == head.root

    def _follow(self, leaves: Sequence[bytes], own: Mapping[int, bytes]) -> None:
        for index, leaf in enumerate(leaves, self.frontier.size):
            stands = own.get(index)
            if stands != leaf or stands is None:
                self.wrong.append((index, leaf, stands))
            self._append(leaf)

    def _append(self, leaf: bytes) -> None:
        self.frontier.append(leaf)
        for head in self._kept.get(self.frontier.size, ()):
            if self.frontier.root() != head.root:
                words = f"the first {head.tree_size} rows are not those of the head that was kept"
                self._add(Fault.TREE, words, head.tree_size - 1)

    def _add(self, fault: Fault, what: str, leaf_index: int | None = None) -> None:
        self.findings.append(Finding(fault, what, leaf_index))
