"""Edge: measures how much one core parses per second, beside the floor of only copying the same bytes.

    python -m media.rtmp.bench --json

The stream is two seconds at 2 Mb/s, repeated: 30 video messages of about 7.9 KB and 47 audio messages of 256 B a
second, fed in pieces of 16 KiB, for chunks of 128, 4,096 and 65,536 bytes.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from functools import partial

from media.rtmp.chunks import ChunkReader, ChunkWriter, Message, MessageType

STREAM_BITS_PER_S = 2_000_000
STREAM_S = 2
FEED_BYTES = 16 * 1024
CHUNK_SIZES = (128, 4096, 65536)


def measure(*, seconds: float = 0.5) -> dict[str, float]:
    """Parse for about `seconds` per chunk size; MB/s, and the share of a core that a 2 Mb/s stream takes in percent."""
    figures: dict[str, float] = {}
    for chunk_bytes in CHUNK_SIZES:
        preamble, stream = _stream(chunk_bytes)
        feeds = [stream[start : start + FEED_BYTES] for start in range(0, len(stream), FEED_BYTES)]
        reader = ChunkReader()
        reader.feed(preamble)
        parsed = _rate(partial(_parse, reader, feeds), len(stream), seconds)
        copied = _rate(partial(_copy, feeds), len(stream), seconds / 4)
        figures[f"mb_per_s_chunk_{chunk_bytes}"] = round(parsed / 1e6, 1)
        figures[f"core_percent_chunk_{chunk_bytes}"] = round(STREAM_BITS_PER_S / 8 / parsed * 100, 4)
        figures[f"ratio_to_floor_chunk_{chunk_bytes}"] = round(copied / parsed, 1)
    return figures


def _stream(chunk_bytes: int) -> tuple[bytes, bytes]:
    writer = ChunkWriter()
    preamble = writer.set_chunk_bytes(chunk_bytes)
    video = bytes(range(256)) * 31
    audio = bytes(range(256))
    out = bytearray()
    for index in range(STREAM_S * 77):
        time_ms = index * 1000 // 77
        if index * 30 // 77 != (index + 1) * 30 // 77:
            out += writer.write(Message(MessageType.VIDEO, 1, time_ms, video), csid=6)
        else:
            out += writer.write(Message(MessageType.AUDIO, 1, time_ms, audio), csid=4)
    return preamble, bytes(out)


def _parse(reader: ChunkReader, feeds: list[bytes]) -> None:
    for data in feeds:
        reader.feed(data)


def _copy(feeds: list[bytes]) -> None:
    for data in feeds:
        bytearray(data)


def _rate(work: Callable[[], object], work_bytes: int, seconds: float) -> float:
    rounds = 0
    started = time.process_time()
    while (spent := time.process_time() - started) < seconds:
        work()
        rounds += 1
    return rounds * work_bytes / spent


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description="Measure the RTMP chunk reader.")
    parser.add_argument("--json", action="store_true", help="one flat JSON object")
    arguments = parser.parse_args()
    figures = measure()
    if arguments.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:36} {value:>12,}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
