"""Edge: puts the demo market into the database, or finds it there: people, organisations, rooms, goods and cards.

A second run changes nothing but the tokens; what of the sign-ins and stream keys is no longer known is made anew.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from commerce.jobs.posts import PostView, create_post, list_posts
from commerce.order.addresses import Address, add_address
from commerce.refusals import Refused as CommerceRefused
from commerce.shelf.catalogue import Catalogue, create_product, list_catalogue
from commerce.shelf.showcase import Offer, list_cards, push_card
from server.config import Config
from server.database.database import Database
from server.demo import content
from server.demo.record import DemoAccount, DemoRecord, DemoRoom
from server.node.workers.resources import own_address
from server.people.accounts import Accounts
from server.people.attempts import Attempts
from server.people.passwords import Passwords
from server.people.refusals import Refused
from server.people.rooms import Rooms
from server.people.tokens import Tokens

VIEWERS: Final = 100
TOKEN_LIFE: Final = timedelta(days=30)
DATABASE_CONNECTIONS_MAX: Final = 4
PASSWORD_BYTES: Final = 9


@dataclass(frozen=True, slots=True)
class _Casting:
    """Somebody the demo needs."""

    role: str
    login: str
    display_name: str
    kind: str = "member"


CAST: Final = (
    _Casting("host", "host", "果园主播"),
    _Casting("employer", "employer", "招聘主播"),
    _Casting("moderator", "moderator", "平台审核员", "moderator"),
    _Casting("admin", "admin", "平台管理员", "admin"),
    *(_Casting("viewer", f"viewer{number:03d}", f"观众{number:03d}") for number in range(1, VIEWERS + 1)),
)

BUYERS: Final = frozenset(
    casting.login for casting in CAST if casting.role == "viewer" and casting.login <= "viewer020"
)
"""Those who come with an address to buy."""

_PEOPLE: Final = "SELECT login, person_id FROM people.person WHERE login = ANY ($1)"
_ORGANISATION: Final = "SELECT org_id FROM people.organisation WHERE name = $1 ORDER BY created_at LIMIT 1"


class DemoSeed:
    """One run of the seeding."""

    def __init__(self, config: Config, database: Database, earlier: DemoRecord | None) -> None:
        self._config = config
        self._database = database
        self._now = datetime.now(UTC)
        self._tokens = Tokens(config.secret_key)
        self._passwords = Passwords()
        self._accounts = Accounts(database, self._passwords, self._tokens, Attempts(None))
        self._rooms = Rooms(database)
        self._known_passwords = {account.login: account.password for account in earlier.accounts} if earlier else {}
        self._known_keys = {room.slug: room.stream_key for room in earlier.rooms} if earlier else {}

    async def run(self) -> DemoRecord:
        """Seed what is missing, and say what there is."""
        try:
            accounts, ids = await self._people()
            merchant = await self._organisation("merchant", content.MERCHANT_NAME, ids["host"])
            employer = await self._organisation("employer", content.EMPLOYER_NAME, ids["employer"])
            farm_id, farm = await self._room(merchant, ids["host"], content.FARM_SLUG, "farm", content.FARM_TITLE)
            jobs_id, jobs = await self._room(employer, ids["employer"], content.JOBS_SLUG, "jobs", content.JOBS_TITLE)
            goods = await self._goods(ids["host"], merchant)
            posts = await self._posts(ids["employer"], employer)
            await self._cards(ids["host"], farm_id, [Offer(product_id=item.product_id) for item in goods.products])
            await self._cards(ids["employer"], jobs_id, [Offer(job_id=post.job_id) for post in posts])
            return DemoRecord(
                base_url=f"http://{own_address(self._config.host)}:{self._config.port}",
                rooms=[farm, jobs],
                accounts=accounts,
                sku=str(goods.products[0].skus[0].sku_id),
                job=str(posts[0].job_id),
            )
        finally:
            self._passwords.close()

    async def _people(self) -> tuple[list[DemoAccount], dict[str, UUID]]:
        async with self._database.transaction(platform=True) as connection:
            rows = await connection.fetch(_PEOPLE, [casting.login for casting in CAST])
        ids: dict[str, UUID] = {row["login"]: row["person_id"] for row in rows}
        accounts: dict[str, DemoAccount] = {}
        # As many at a time as passwords are hashed at a time: more would only wait, and be refused as busy.
        waiting = list(CAST)
        while waiting:
            some, waiting = waiting[:2], waiting[2:]
            for casting, password in zip(
                some, await asyncio.gather(*(self._person(casting, ids) for casting in some)), strict=True
            ):
                issued = self._tokens.issue(
                    person_id=ids[casting.login],
                    name=casting.display_name,
                    kind=casting.kind,
                    now=datetime.now(UTC),
                    life=TOKEN_LIFE,
                )
                accounts[casting.login] = DemoAccount(casting.role, casting.login, password, issued.token)
        return list(accounts.values()), ids

    async def _person(self, casting: _Casting, ids: dict[str, UUID]) -> str:
        """The password of a member of the cast, who has an account from here on."""
        known = self._known_passwords.get(casting.login)
        password = known or secrets.token_urlsafe(PASSWORD_BYTES)
        if casting.login not in ids:
            person = await self._accounts.create(
                casting.login, casting.display_name, password, kind=casting.kind, now=self._now
            )
            assert not isinstance(person, Refused), person
            ids[casting.login] = person.person_id
            if casting.login in BUYERS:
                await self._address(person.person_id, casting.display_name)
        elif known is None:
            refused = await self._accounts.set_password(casting.login, password, now=self._now)
            assert refused is None, refused
        return password

    async def _address(self, person_id: UUID, name: str) -> None:
        """Where this one's goods go."""
        address = Address(name, content.PHONE, content.REGION, content.STREET)
        made = await add_address(
            self._database, self._config.data_key, person_id, address, is_default=True, now=self._now
        )
        assert not isinstance(made, CommerceRefused), made

    async def _organisation(self, kind: str, name: str, owner_id: UUID) -> UUID:
        async with self._database.transaction(platform=True) as connection:
            org_id: UUID | None = await connection.fetchval(_ORGANISATION, name)
        if org_id is not None:
            return org_id
        made = await self._rooms.organisations.create(kind, name, owner_id=owner_id, now=self._now)
        assert not isinstance(made, Refused), made
        return made

    async def _room(self, org_id: UUID, host_id: UUID, slug: str, kind: str, title: str) -> tuple[UUID, DemoRoom]:
        room = await self._rooms.room_by_slug(slug)
        if room is None:
            made = await self._rooms.create_room(
                org_id=org_id, host_id=host_id, slug=slug, kind=kind, title=title, now=self._now
            )
            assert not isinstance(made, Refused), made
            room_id, key = made.room_id, made.stream_key
        else:
            room_id, key = room.room_id, self._known_keys.get(slug, "")
            if await self._rooms.room_of_stream_key(key) != room_id:
                replaced = await self._rooms.replace_stream_key(room_id, person_id=host_id)
                assert not isinstance(replaced, Refused), replaced
                key = replaced
        url = f"rtmp://{own_address(self._config.host)}:{self._config.rtmp_port}/live"
        return room_id, DemoRoom(slug, kind, url, key)

    async def _goods(self, host_id: UUID, org_id: UUID) -> Catalogue:
        catalogue = await self._catalogue(host_id, org_id)
        if catalogue.products:
            return catalogue
        for draft in content.products():
            made = await create_product(self._database, person_id=host_id, org_id=org_id, draft=draft, now=self._now)
            assert not isinstance(made, CommerceRefused), made
        return await self._catalogue(host_id, org_id)

    async def _posts(self, host_id: UUID, org_id: UUID) -> list[PostView]:
        """The organisation's posts, the oldest first."""
        posts = await list_posts(self._database, person_id=host_id, org_id=org_id)
        for draft in [] if posts else content.jobs(self._now):
            made = await create_post(self._database, person_id=host_id, org_id=org_id, draft=draft, now=self._now)
            assert not isinstance(made, CommerceRefused), made
            posts.insert(0, made)
        return posts[::-1]

    async def _catalogue(self, host_id: UUID, org_id: UUID) -> Catalogue:
        catalogue = await list_catalogue(self._database, person_id=host_id, org_id=org_id)
        assert not isinstance(catalogue, CommerceRefused), catalogue
        return catalogue

    async def _cards(self, host_id: UUID, room_id: UUID, offers: list[Offer]) -> None:
        """Show everything once; what a host has withdrawn since stays withdrawn."""
        if await list_cards(self._database, room_id=room_id):
            return
        for place, offer in enumerate(offers):
            card = await push_card(
                self._database,
                person_id=host_id,
                room_id=room_id,
                offer=offer,
                explaining=place == 0,
                now=self._now,
            )
            assert not isinstance(card, CommerceRefused), card


async def seed(config: Config, earlier: DemoRecord | None) -> DemoRecord:
    """Open the database, seed, and say what there is."""
    database = await Database.open(
        config.database_url, pool_size_max=DATABASE_CONNECTIONS_MAX, application_name="jishi-demo"
    )
    try:
        return await DemoSeed(config, database, earlier).run()
    finally:
        await database.close()
