"""Every figure we publish, from a demo market of its own: `make bench`. One JSON object a line, a few minutes in all.

Run it on an idle machine: what else runs is in the figures too, and a run whose machine was full says `void`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.market import Market, open_market


def benches(market: Market) -> Iterator[tuple[str, list[str]]]:
    """Name and command of each bench."""
    room = market.room("farm")["slug"]
    yield "glass", ["-m", "loadtest.glass", "--base-url", market.base_url, "--room", room, "--json"]
    demo = str(market.data_dir / "demo.json")
    yield "fanout", ["-m", "loadtest.fanout", "--base-url", market.base_url, "--demo-json", demo, "--json"]
    yield "apply", ["-m", "loadtest.apply", "--base-url", market.base_url, "--demo-json", demo, "--json"]
    yield "rtmp", ["-m", "media.rtmp.bench", "--json"]
    yield "filter", ["-m", "moderation.bench", "--json"]
    yield "watch", ["-m", "media.senses.bench", "--json"]


def main() -> int:
    failures = 0
    with tempfile.TemporaryDirectory() as folder, open_market(Path(folder)) as market:
        for name, command in benches(market):
            done = subprocess.run([sys.executable, *command], check=False, capture_output=True, text=True)
            failures += done.returncode != 0
            figures: Any = json.loads(done.stdout) if done.returncode == 0 else {"failed": done.stderr.strip()[-500:]}
            print(json.dumps({"bench": name, "figures": figures}, ensure_ascii=False), flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
