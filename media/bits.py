"""Core: reading bit fields and Exp-Golomb numbers, as H.264 parameter sets and AAC configurations use them."""

from __future__ import annotations

from media.errors import MalformedMedia

_GOLOMB_ZEROS_MAX = 31


class BitReader:
    """A cursor over bytes, most significant bit first.

    Raises: MalformedMedia from every read past the end.
    """

    __slots__ = ("_length_bits", "_position_bits", "_value", "_what")

    def __init__(self, data: bytes, what: str) -> None:
        """`what` names the structure in errors."""
        self._value = int.from_bytes(data, "big")
        self._length_bits = len(data) * 8
        self._position_bits = 0
        self._what = what

    @property
    def left_bits(self) -> int:
        return self._length_bits - self._position_bits

    def take(self, bits: int) -> int:
        """The next `bits` bits as an unsigned number."""
        end = self._position_bits + bits
        if end > self._length_bits:
            raise MalformedMedia(self._what, f"ends within a field of {bits} bits")
        self._position_bits = end
        return (self._value >> (self._length_bits - end)) & ((1 << bits) - 1)

    def take_ue(self) -> int:
        """The next unsigned Exp-Golomb number. Source: ITU-T H.264, 9.1."""
        zeros = 0
        while self.take(1) == 0:
            zeros += 1
            if zeros > _GOLOMB_ZEROS_MAX:
                raise MalformedMedia(self._what, "Exp-Golomb number over 32 bits")
        return (1 << zeros) - 1 + self.take(zeros)

    def take_se(self) -> int:
        """The next signed Exp-Golomb number. Source: ITU-T H.264, 9.1.1."""
        number = self.take_ue()
        return (number + 1) // 2 if number % 2 else -(number // 2)
