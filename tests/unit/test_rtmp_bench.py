"""The measurement runs; its figures are for people, so only that they are there is tested."""

from __future__ import annotations

from media.rtmp.bench import CHUNK_SIZES, measure


def test_every_chunk_size_has_its_figures() -> None:
    figures = measure(seconds=0.001)
    assert set(figures) == {
        f"{name}_chunk_{chunk_bytes}"
        for name in ("mb_per_s", "core_percent", "ratio_to_floor")
        for chunk_bytes in CHUNK_SIZES
    }
    assert all(value > 0 for value in figures.values())
