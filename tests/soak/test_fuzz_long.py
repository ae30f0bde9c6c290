"""A million and more executions of the fuzz tests, from another seed each time; a failure names its seed."""

from __future__ import annotations

import os
import random

import pytest

from media.rtmp.chunks import ChunkReader
from media.rtmp.errors import RtmpError
from tests.property.test_live_fuzz import attack
from tests.property.test_rtmp_fuzz import STREAM, feed_session, mutate
from tests.rtmp_client import client_hello

EXECUTIONS = int(os.environ.get("JISHI_SOAK_EXECUTIONS", "1000000"))
"""Of each test; a million take some minutes."""

pytestmark = pytest.mark.soak


@pytest.fixture
def first_seed() -> int:
    """Far from the seeds of the short forms, and printed with a failure."""
    seed = int(os.environ.get("JISHI_SOAK_SEED", random.SystemRandom().randrange(10**12)))
    print(f"JISHI_SOAK_SEED={seed}")
    return seed


def test_rtmp_sessions(first_seed: int) -> None:
    for seed in range(first_seed, first_seed + EXECUTIONS):
        dice = random.Random(seed)
        try:
            feed_session(client_hello() + mutate(STREAM, seed), [dice.randrange(9000) for _ in range(4)])
        except Exception as failure:
            raise AssertionError(f"seed {seed}") from failure


def test_rtmp_chunks(first_seed: int) -> None:
    for seed in range(first_seed, first_seed + EXECUTIONS):
        data = mutate(STREAM, seed)
        reader = ChunkReader()
        try:
            for start in range(0, len(data), 1000):
                reader.feed(data[start : start + 1000])
        except RtmpError:
            continue
        except Exception as failure:
            raise AssertionError(f"seed {seed}") from failure


def test_live_clients(first_seed: int) -> None:
    for seed in range(first_seed, first_seed + EXECUTIONS):
        try:
            attack(seed)
        except Exception as failure:
            raise AssertionError(f"seed {seed}") from failure
