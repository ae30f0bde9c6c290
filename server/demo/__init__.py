"""Edge: `jishi demo`: the node with a market in it that anyone can look at.

Two synthetic hosts publish by RTMP like any other; whoever publishes with a room's key instead takes the room over.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from server.config import Config
from server.demo import record
from server.demo.record import DemoRecord
from server.demo.seed import seed
from server.node.child import ChildSpec, python_argv
from server.node.serve import serve

_SHOWN_ACCOUNTS = ("viewer", "host", "employer", "moderator", "admin")


async def run(config: Config) -> None:
    """Serve the demo until a signal.

    Raises: ServerError.
    """

    async def prepare(ready: Config) -> Sequence[ChildSpec]:
        market = await seed(ready, record.read(ready.data_dir))
        record.write(ready.data_dir, market)
        return [
            ChildSpec(
                name=f"host-{room.kind}",
                argv=python_argv("media.synthetic", "--scene", room.kind),
                stdin_json=f"{room.publish_url}/{room.stream_key}\n".encode(),
                ready=False,
            )
            for room in market.rooms
        ]

    async def announce(ready: Config) -> None:
        market = record.read(ready.data_dir)
        assert market is not None
        print(announcement(market, str(ready.data_dir / record.FILE_NAME)), flush=True)

    print("Jishi 集市: starting the engines and the demo market …", file=sys.stderr, flush=True)
    await serve(config, prepare=prepare, announce=announce)


def announcement(market: DemoRecord, path: str) -> str:
    """What a newcomer reads: the pages, the sign-ins and where to publish."""
    shown = [next(account for account in market.accounts if account.role == role) for role in _SHOWN_ACCOUNTS]
    rooms = [f"  {room.kind:5} {market.base_url}/rooms/{room.slug}" for room in market.rooms]
    keys = [f"  {room.kind:5} server {room.publish_url}   stream key {room.stream_key}" for room in market.rooms]
    sign_ins = [f"  {account.role:10} {account.login:10} {account.password}" for account in shown]
    return "\n".join(
        [
            "",
            "The market is open.",
            "",
            f"  lobby {market.base_url}/",
            *rooms,
            "",
            f"Sign in at {market.base_url}/sign-in as (role, login, password; {len(market.accounts)} accounts in all):",
            *sign_ins,
            "",
            "Publish from OBS or ffmpeg in the place of a synthetic host:",
            *keys,
            "",
            f"All of this is in {path}. Ctrl-C stops everything.",
            "",
        ]
    )
