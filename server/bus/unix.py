"""Edge: the bus within a node: every member listens on a Unix socket in one folder and is linked to every other.

Theory of operation. A member named `edge-1` binds `edge-1.sock` under a temporary name and renames it into place, so a
socket that is visible is listening, and one that refuses is a dead member's, which whoever finds it removes. Members
scan the folder and dial those whose name sorts after their own; so each pair has one link, both ways, on which a
member's interests and publications keep their order. Each side states its interests when the link opens and as they
change; a publication goes over the links of those who want its topic, the same bytes for all.

Whatever a peer published while there was no link to it was missed, on any topic: every subscriber is told of a gap when
a link opens and when it is lost.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import re
import socket
from pathlib import Path
from typing import Final

from server.bus.contract import OnGap, OnPublication, Subscription
from server.bus.delivery import OwnPublications
from server.bus.errors import NameTaken, PathTooLong
from server.bus.frames import PUBLICATION, PUBLICATION_BYTES_MAX, frame_head, is_topic
from server.bus.link import Link
from server.bus.local import LocalSubscriptions
from server.tasks import TaskSet

log = logging.getLogger("jishi.bus")

LINK_BYTES_MAX: Final = 16 * 1024 * 1024
"""What one peer may leave untaken before publications to it are dropped."""

SCAN_INTERVAL_S: Final = 0.2
"""How often a member looks for new and restarted ones."""

SOCKET_PATH_BYTES_MAX: Final = 107
"""`sun_path` holds 108 bytes, the last of them zero (unix(7))."""

ACCEPT_BACKLOG: Final = 64
_SUFFIX: Final = ".sock"
_name = re.compile(r"[A-Za-z0-9_-]{1,40}")


class UnixBus:
    """One member of a node's bus. Implements server.bus.contract.Bus."""

    def __init__(self, directory: Path, name: str, *, link_bytes_max: int = LINK_BYTES_MAX) -> None:
        """Be the member `name` (letters, digits, `-`, `_`) of the bus in this folder, from `start` on.

        Raises: PathTooLong.
        """
        assert _name.fullmatch(name), name
        self._directory = directory
        self._member = name
        self._path = directory / f"{name}{_SUFFIX}"
        self._temporary_path = directory / f"{name}.{os.getpid()}"
        longest = max(str(self._path), str(self._temporary_path), key=len)
        if len(os.fsencode(longest)) > SOCKET_PATH_BYTES_MAX:
            raise PathTooLong(longest, SOCKET_PATH_BYTES_MAX)
        self._link_bytes_max = link_bytes_max
        self._local = LocalSubscriptions(self._state_interest)
        self._own = OwnPublications(self._local)
        self._links: dict[str, Link] = {}
        self._strangers: set[Link] = set()  # connections whose peer has not said its name yet
        self._dialling: dict[str, Link] = {}  # by the name dialled, until the peer has said its own
        self._wanting: dict[str, list[Link]] = {}
        self._server: asyncio.AbstractServer | None = None
        self._inode = 0
        self._tasks = TaskSet(f"bus:{name}")
        self._started = False

    @property
    def peers(self) -> frozenset[str]:
        """Names of the members this one is linked to now."""
        return frozenset(self._links)

    @property
    def dropped(self) -> int:
        """Publications left out on the present links, because a peer was too far behind."""
        return sum(link.dropped for link in self._links.values())

    async def start(self) -> None:
        """Listen, and dial the members that are there; those still to come are found within a second.

        Raises: NameTaken when a living member has this name.
        """
        if self._started:
            return
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        await self._listen()
        self._started = True
        await self._dial_found()
        self._tasks.spawn(self._scan(), "scan")

    async def stop(self) -> None:
        """Leave: peers get what was written, then see the link close. May be called more than once."""
        self._started = False
        await self._tasks.stop()
        self._own.clear()
        if self._server is not None:
            self._server.close()
            self._server = None
            if self._is_bound():
                self._path.unlink(missing_ok=True)
        for link in [*self._links.values(), *self._strangers]:
            link.close()
        self._links.clear()
        self._strangers.clear()
        self._wanting.clear()

    def subscribe(self, topic: str, on_publication: OnPublication, on_gap: OnGap) -> Subscription:
        """Deliver the topic's publications from now on."""
        return self._local.add(topic, on_publication, on_gap)

    def publish(self, topic: str, publication: bytes) -> None:
        """Send one publication to every subscriber of the topic on this node. Never waits."""
        assert is_topic(topic), topic
        assert len(publication) <= PUBLICATION_BYTES_MAX, len(publication)
        if links := self._wanting.get(topic):
            head = frame_head(PUBLICATION, topic, len(publication))
            for link in links:
                link.send(topic, head, publication)
        self._own.put(topic, publication)

    # ---- What links tell -------------------------------------------------------------------------------------------

    def link_opened(self, link: Link) -> None:
        assert link.peer_name is not None
        self._forget_stranger(link)
        if not self._started:
            link.close()
            return
        earlier = self._links.get(link.peer_name)
        self._links[link.peer_name] = link
        if earlier is not None:
            self._forget_interests(earlier)
            earlier.abort()
        for topic in self._local.topics():
            link.state_interest(topic, True)
        self._local.announce_gap_everywhere()

    def link_closed(self, link: Link) -> None:
        self._forget_stranger(link)
        self._forget_interests(link)
        if link.peer_name is not None and self._links.get(link.peer_name) is link:
            del self._links[link.peer_name]
            if self._started:
                self._local.announce_gap_everywhere()

    def interest_changed(self, link: Link, topic: str, wanted: bool) -> None:
        links = self._wanting.setdefault(topic, [])
        if wanted and link not in links:
            links.append(link)
            link.wanted.add(topic)
        elif not wanted and link in links:
            links.remove(link)
            link.wanted.discard(topic)
        if not links:
            del self._wanting[topic]

    def arrived(self, topic: str, publication: bytes) -> None:
        self._local.deliver(topic, publication)

    def missed(self, topic: str) -> None:
        self._local.announce_gap(topic)

    # ---- Inside ----------------------------------------------------------------------------------------------------

    def _forget_stranger(self, link: Link) -> None:
        self._strangers.discard(link)
        for peer in [peer for peer, dialled in self._dialling.items() if dialled is link]:
            del self._dialling[peer]

    def _forget_interests(self, link: Link) -> None:
        for topic in list(link.wanted):
            self.interest_changed(link, topic, False)

    def _state_interest(self, topic: str, wanted: bool) -> None:
        for link in self._links.values():
            link.state_interest(topic, wanted)

    def _accepted(self) -> Link:
        link = Link(self, self._member, self._link_bytes_max)
        self._strangers.add(link)
        return link

    def _is_bound(self) -> bool:
        try:
            return os.stat(self._path).st_ino == self._inode
        except FileNotFoundError:
            return False

    async def _listen(self) -> None:
        if self._answers(self._path) is True:
            raise NameTaken(self._member)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        try:
            self._temporary_path.unlink(missing_ok=True)
            listener.bind(str(self._temporary_path))
            listener.listen(ACCEPT_BACKLOG)
            self._inode = os.stat(self._temporary_path).st_ino
            os.rename(self._temporary_path, self._path)
            self._server = await asyncio.get_running_loop().create_unix_server(self._accepted, sock=listener)
        except BaseException:
            listener.close()
            raise

    @staticmethod
    def _answers(path: Path) -> bool | None:
        """Whether a member listens there; None when that cannot be told now. Does not wait: Unix sockets answer at
        once."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK) as probe:
            failure = probe.connect_ex(str(path))
        if failure in (errno.ECONNREFUSED, errno.ENOENT):
            return False
        return True if failure == 0 else None

    async def _scan(self) -> None:
        while True:
            await asyncio.sleep(SCAN_INTERVAL_S)
            try:
                if not self._is_bound():
                    # Somebody took the listening socket's name away, mistaking it for a dead one's.
                    if self._server is not None:
                        self._server.close()
                    await self._listen()
                await self._dial_found()
            except (OSError, NameTaken) as error:
                log.warning("bus member %s: %s", self._member, error)

    async def _dial_found(self) -> None:
        for file in sorted(os.listdir(self._directory)):
            peer = file.removesuffix(_SUFFIX)
            if file.endswith(_SUFFIX) and peer > self._member and not (peer in self._links or peer in self._dialling):
                await self._dial(peer, self._directory / file)

    async def _dial(self, peer: str, path: Path) -> None:
        link = self._accepted()
        self._dialling[peer] = link
        try:
            inode = os.stat(path).st_ino
            try:
                await self._connect(path, link)
            except ConnectionRefusedError:
                self._forget_stranger(link)
                if os.stat(path).st_ino == inode:
                    os.unlink(path)
                    log.info("removed the socket of the dead member %s", peer)
        except (FileNotFoundError, BlockingIOError):
            self._forget_stranger(link)  # gone meanwhile, or too busy to accept: the next scan sees

    @staticmethod
    async def _connect(path: Path, link: Link) -> None:
        dialled = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        try:
            dialled.connect(str(path))
            await asyncio.get_running_loop().create_unix_connection(lambda: link, sock=dialled)
        except BaseException:
            dialled.close()
            raise
