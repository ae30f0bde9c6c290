"""Edge: the simulated payment provider as a child of the node: its own process, as a real one would be."""

from __future__ import annotations

from commerce.simpay import server as simpay
from server.node import worker
from server.node.worker import Worker
from server.node.workers.money import simpay_config


async def run(own: Worker) -> None:
    await simpay.serve(simpay_config(own.config), own.stop, lambda _port: own.ready())


if __name__ == "__main__":
    worker.main(run)
