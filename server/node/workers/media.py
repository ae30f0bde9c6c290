"""Edge: the media worker: hosts' RTMP in, parts onto the node's bus."""

from __future__ import annotations

import asyncio
from typing import Final

from media.rtmp.server import RtmpServer
from server.api.metrics import serve_metrics
from server.bus.requests import Requests
from server.node import worker
from server.node.worker import Worker
from server.node.workers.ingest import Ingest, StreamKeys
from server.node.workers.measured import registry_of
from server.node.workers.resources import bus_of, database_of

DATABASE_CONNECTIONS_MAX: Final = 3


async def run(own: Worker) -> None:
    async with (
        database_of(own.config, "media", DATABASE_CONNECTIONS_MAX) as database,
        bus_of(own.config, "media") as bus,
    ):
        requests = Requests(bus, "media")
        ingest = Ingest(bus)
        server = RtmpServer(own.config.host, own.config.rtmp_port, admission=StreamKeys(database, ingest), sink=ingest)
        ingest.start()
        serve_metrics(requests, "media", registry_of(lambda: _figures(ingest, server)))
        await server.start()
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(server.serve(), name="media:rtmp")
            repeating = group.create_task(ingest.run(), name="media:air")
            own.ready()
            await own.stop.wait()
            await server.stop()
            await serving
            repeating.cancel()
        await requests.stop()


def _figures(ingest: Ingest, server: RtmpServer) -> dict[str, float]:
    return {
        "jishi_rooms_on_air": ingest.on_air(),
        "jishi_media_parts_total": ingest.parts,
        "jishi_media_rejected_total": ingest.rejected,
        "jishi_rtmp_connections": server.connection_count,
        **{f"jishi_rtmp_{name}_total": count for name, count in server.counts.items() if name != "connections"},
    }


if __name__ == "__main__":
    worker.main(run)
