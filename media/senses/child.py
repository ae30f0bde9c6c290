"""Edge: the program that reads what is seen or heard in live rooms: jobs from standard input, answers to standard
output, one after the other, and nothing else.

    python -m media.senses.child qr|screen|speech

What it decodes was sent by anybody, so it gives up what it does not need first (media/confinement.py): whoever takes it
over finds no file, no network and no other process. It works at the lowest priority, so that it takes the processor
from nobody. Once it can read it answers to nothing, which tells the parent so.
"""

from __future__ import annotations

import os
import sys
import time
from typing import BinaryIO, Final, Protocol

import av
import msgspec

from media.confinement import confine, leave_network
from media.senses.warming import job_of_our_own
from media.senses.wire import CHANNELS, HEAD, MESSAGE_BYTES_MAX, Answer, Channel, Job, clean, frame, job_decoder

NICENESS: Final = 15
MEMORY_BYTES_MAX: Final = {"qr": 1 << 30, "screen": 3 << 30, "speech": 4 << 30}
"""Of address space, libraries and models included."""


class Reader(Protocol):
    """Reads one channel."""

    def read(self, job: Job) -> list[str] | None:
        """What is there; None where it was not worth reading. Raises what decoders raise."""


def main(argv: list[str]) -> int:
    """Load, confine, then read until the parent closes the pipe; the exit code."""
    (channel,) = (each for each in CHANNELS if argv == [each])
    av.logging.set_level(None)
    os.nice(NICENESS)
    leave_network()  # before libraries are loaded, of which some would tell their makers of it
    reader = reader_of(channel)
    reader.read(job_of_our_own(channel))
    confine(memory_bytes_max=MEMORY_BYTES_MAX[channel], cpu_s_max=None)
    write(sys.stdout.buffer, Answer([], False, 0))
    while (job := next_job(sys.stdin.buffer)) is not None:
        write(sys.stdout.buffer, answer(reader, job))
    return 0


def reader_of(channel: Channel) -> Reader:
    """A channel's reader, whose libraries are loaded here and only here."""
    match channel:
        case "qr":
            from media.senses.codes import CodeReader

            return CodeReader()
        case "screen":
            from media.senses.letters import LetterReader

            return LetterReader()
        case "speech":
            from media.senses.speech import SpeechReader

            return SpeechReader()


def answer(reader: Reader, job: Job) -> Answer:
    """What is read of a job; of one that can't be decoded, nothing."""
    began_ns = time.process_time_ns()
    try:
        texts = reader.read(job)
    except Exception:  # whatever a decoder makes of hostile bytes, they show nothing
        texts = None
    took_us = (time.process_time_ns() - began_ns) // 1_000
    return Answer(clean(texts or []), texts is not None, took_us)


def next_job(pipe: BinaryIO) -> Job | None:
    """The next job; None at the end."""
    head = pipe.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    (size,) = HEAD.unpack(head)
    assert size <= MESSAGE_BYTES_MAX, size
    try:
        return job_decoder.decode(pipe.read(size))
    except msgspec.DecodeError:
        return None


def write(pipe: BinaryIO, message: Answer) -> None:
    pipe.write(frame(message))
    pipe.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
