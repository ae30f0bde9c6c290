"""Core: whose request it is when proxies stand between: only the word of trusted proxies is believed."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class ProxyTrust:
    """The networks of JISHI_TRUSTED_PROXIES."""

    def __init__(self, networks: Iterable[str]) -> None:
        self._networks: list[Network] = [ipaddress.ip_network(network) for network in networks]

    def trusts(self, peer: str) -> bool:
        """Whether the peer is one of our proxies."""
        address = _address(peer)
        return address is not None and self._is_ours(address)

    def is_https(self, peer: str, *, is_secure: bool, forwarded_proto: str) -> bool:
        """Whether the client's own connection is encrypted, be it here or at a trusted proxy."""
        return is_secure or (self.trusts(peer) and forwarded_proto.lower() == "https")

    def client_address(self, peer: str, forwarded_for: Sequence[str]) -> str:
        """The client's address: the last one in X-Forwarded-For that is not a trusted proxy's.

        `forwarded_for` are the header's lines in order. What stands left of the first untrusted address is the client's
        own claim, and is not read.
        """
        if not self.trusts(peer):
            return peer
        client = peer
        hops = [hop.strip() for line in forwarded_for for hop in line.split(",")]
        for hop in reversed(hops):
            address = _address(hop)
            if address is None:
                return client
            client = str(address)
            if not self._is_ours(address):
                return client
        return client

    def _is_ours(self, address: Address) -> bool:
        return any(address in network for network in self._networks if network.version == address.version)


def _address(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
