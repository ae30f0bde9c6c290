"""Edge: how the node reaches its payment provider, and how the provider reaches the node."""

from __future__ import annotations

import base64
from typing import Final

from commerce.payment.simpay_client import SimpayClient
from commerce.payment.webhooks import write_secret
from commerce.simpay.config import Config as SimpayConfig
from server.config import Config
from server.node.workers.resources import SIMPAY_SOCKET, derived_key, own_address, run_dir

WEBHOOK_PATH: Final = "/api/webhooks/simpay"


def simpay_provider(config: Config) -> SimpayClient:
    """The client of the node's own simpay; to be entered."""
    return SimpayClient("http://simpay", api_key=_api_key(config), unix_socket=str(run_dir(config) / SIMPAY_SOCKET))


def webhook_secret(config: Config) -> str:
    """What simpay signs its notifications with."""
    return write_secret(derived_key(config, "simpay webhook"))


def simpay_config(config: Config) -> SimpayConfig:
    """The set-up of the node's own simpay: a socket of the node, the node's own address for its notifications."""
    socket = run_dir(config) / SIMPAY_SOCKET
    socket.unlink(missing_ok=True)
    return SimpayConfig(
        api_key=_api_key(config),
        webhook_secret=webhook_secret(config),
        webhook_url=f"http://{own_address(config.host)}:{config.port}{WEBHOOK_PATH}",
        data_file=str(config.data_dir / "simpay.sqlite3"),
        socket=str(socket),
    )


def _api_key(config: Config) -> str:
    return base64.urlsafe_b64encode(derived_key(config, "simpay api")).decode()
