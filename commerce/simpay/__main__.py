"""Edge: `python -m commerce.simpay`: reads its Config as JSON on standard input, prints {"port": …} once it listens."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import sys

from commerce.simpay.config import Config
from commerce.simpay.server import serve


async def run(config: Config) -> None:
    """Serve until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    await serve(config, stop, lambda port: print(json.dumps({"port": port}), flush=True))


def main() -> int:
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    try:
        config = Config.from_json(json.load(sys.stdin))
    except ValueError as fault:
        print(f"simpay: {fault}", file=sys.stderr)
        return 2
    asyncio.run(run(config))
    return 0


if __name__ == "__main__":
    sys.exit(main())
