"""Edge: the lookout worker: reads what is seen and heard in live rooms, in children of its own, and files cases.

It runs where JISHI_WATCH names channels, and as long as there are clips of earlier times to be kept in bounds.
"""

from __future__ import annotations

import asyncio
import os
from typing import Final
from uuid import UUID

from media.senses.wire import CHANNELS, Channel
from moderation.watch import PackWatch
from server.api.metrics import serve_metrics
from server.api.rooms_live import AskedRooms
from server.bus.requests import Requests
from server.config import Config
from server.lookout.clips import ClipFolder
from server.lookout.lookout import Limits, Lookout
from server.node import worker
from server.node.worker import Worker
from server.node.workers.measured import registry_of
from server.node.workers.resources import bus_of, database_of, filter_of
from server.people.rooms import Rooms

DATABASE_CONNECTIONS_MAX: Final = 3
NICENESS: Final = 5
"""It gives way to those who serve viewers; its children give way to it."""

MEBIBYTE: Final = 1 << 20


def channels_of(config: Config) -> list[Channel]:
    """What is watched for, in the order of the channels."""
    return [channel for channel in CHANNELS if channel in config.watch]


async def run(own: Worker) -> None:
    config = own.config
    os.nice(NICENESS)
    words = filter_of(config)
    async with (
        database_of(config, "lookout", DATABASE_CONNECTIONS_MAX) as database,
        bus_of(config, "lookout") as bus,
    ):
        requests = Requests(bus, "lookout")
        live = AskedRooms(requests)

        async def count_viewers(room_id: UUID) -> int:
            return (await live([room_id]))[room_id].viewers

        lookout = Lookout(
            channels_of(config),
            bus=bus,
            database=database,
            decide_text=words.decide,
            fetch_room=Rooms(database).room_by_id,
            count_viewers=count_viewers,
            clips=ClipFolder(config.data_dir),
            limits=Limits(
                own_hosts=(*config.own_hosts, config.host),
                clips_days_max=config.clips_days,
                clips_bytes_max=config.clips_mb * MEBIBYTE,
            ),
        )
        serve_metrics(requests, "lookout", registry_of(lookout.figures, lookout.labelled))
        async with asyncio.TaskGroup() as group:
            endless = [group.create_task(lookout.serve(), name="lookout:serve")]
            if config.packs is not None:
                endless.append(group.create_task(PackWatch(config.packs, words).serve(), name="lookout:packs"))
            own.ready()
            await own.stop.wait()
            for task in endless:
                task.cancel()
        await requests.stop()


if __name__ == "__main__":
    worker.main(run)
