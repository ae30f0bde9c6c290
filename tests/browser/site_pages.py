"""Every page of the site, as who sees it: read by the accessibility test and by scripts/pictures.py.

A new page, or a new state of one that is worth a look, is a line here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from playwright.async_api import ViewportSize

from tests.market import Market

PHONE: Final = ViewportSize(width=390, height=844)
DESK: Final = ViewportSize(width=1280, height=800)


@dataclass(frozen=True, slots=True)
class SitePage:
    """One page in one state."""

    name: str
    """Of its pictures: docs/pictures/{name}-{phone or desk}-{light or dark}.webp."""
    path: str
    """What stands in braces is a fact of the demo market: {farm} and {jobs} are its rooms, {job} its post."""
    role: str | None = None
    """Of the demo account that looks; nobody is signed in where it is None."""
    index: int = 0
    """Which account of that role: the first viewer has done a lot already, the tenth nothing."""
    ready: str = "main h1"
    """A selector of what stands there once the page is whole."""
    presses: tuple[str, ...] = ()
    """Selectors of what is pressed then, one after the other."""
    opens: str = "dialog[open]"
    """A selector of what stands there after each press."""
    elder: bool = False
    """In the easy mode."""


SITE_PAGES: Final = (
    SitePage("lobby", "/", ready=".room-card__title"),
    SitePage("lobby-elder", "/", role="viewer", ready=".room-card__title", elder=True),
    SitePage("not-found", "/nowhere", ready=".notice"),
    SitePage("sign-in", "/sign-in", ready="input[name=login]"),
    SitePage("orders-signed-out", "/orders", ready=".notice"),
    SitePage("orders", "/orders", role="viewer", ready=".order, .notice"),
    SitePage("me", "/me", role="viewer"),
    SitePage("notices", "/me/notices", role="viewer"),
    SitePage("decisions", "/me/decisions", role="viewer", index=12, ready=".decided, .notice"),
    SitePage("addresses", "/me/addresses", role="viewer"),
    SitePage("follows", "/me/follows", role="viewer"),
    SitePage("settings", "/me/settings", role="viewer", ready=".segments"),
    SitePage("settings-elder", "/me/settings", role="viewer", ready=".segments", elder=True),
    SitePage("resume", "/me/resume", role="viewer"),
    SitePage("applications", "/applications", role="viewer"),
    SitePage("studio", "/studio", role="host", ready=".tile"),
    SitePage("studio-signed-out", "/studio", ready=".notice"),
    SitePage("studio-first-room", "/studio", role="viewer", index=9, ready=".invitation"),
    SitePage("studio-new-room", "/studio", role="host", ready=".tile", presses=(".page-head .button--primary",)),
    SitePage("studio-room", "/studio/rooms/{farm}", role="host", ready=".figures"),
    SitePage(
        "studio-check",
        "/studio/rooms/{farm}",
        role="host",
        ready=".pre-show summary .state",
        presses=(".pre-show > summary",),
        opens=".pre-show__summary",
    ),
    SitePage("studio-shelf", "/studio/rooms/{farm}#shelf", role="host", ready=".line-up__row"),
    SitePage("studio-talk", "/studio/rooms/{farm}#talk", role="host", ready=".talk__say"),
    SitePage("studio-sales", "/studio/rooms/{farm}#sales", role="host", ready=".sales"),
    SitePage("studio-jobs", "/studio/rooms/{jobs}#shelf", role="employer", ready=".line-up__row"),
    SitePage("employer", "/employer", role="employer", ready=".table"),
    SitePage("employer-first", "/employer", role="viewer", index=9, ready=".org-form"),
    SitePage("employer-new", "/employer?post=new", role="employer", ready="form [name=title]"),
    SitePage("employer-post", "/employer/posts/{job}", role="employer"),
    SitePage("moderation", "/moderation", role="moderator", ready=".queue .entry, .queue .notice"),
    SitePage(
        "moderation-filter",
        "/moderation",
        role="moderator",
        ready=".queue .entry, .queue .notice",
        presses=("[data-filter]",),
    ),
    SitePage(
        "moderation-appeals",
        "/moderation",
        role="moderator",
        ready=".queue .entry, .queue .notice",
        presses=("[data-pane=appeals]",),
        opens=".appeals",
    ),
    SitePage("moderation-seconds", "/moderation#seconds", role="moderator", ready=".seconds .appeal, .seconds .notice"),
    SitePage("moderation-figures", "/moderation#figures", role="moderator", ready=".tally__tiles"),
    SitePage("moderation-log", "/moderation#log", role="moderator", ready=".log, .notice"),
    SitePage("moderation-not-yours", "/moderation", role="viewer", ready=".notice"),
    SitePage("watch-farm", "/rooms/{farm}", ready="article.strip"),
    SitePage("watch-farm-signed-in", "/rooms/{farm}", role="viewer", ready="article.strip"),
    SitePage("watch-jobs", "/rooms/{jobs}", ready="article.strip"),
    SitePage("watch-host", "/rooms/{farm}", role="host", ready="article.strip"),
    SitePage("buy", "/rooms/{farm}", role="viewer", ready="article.strip", presses=(".strip .button--buy",)),
    SitePage("job", "/rooms/{jobs}", role="viewer", index=9, ready="article.strip", presses=(".strip .button--job",)),
    SitePage(
        "job-resume",
        "/rooms/{jobs}",
        role="viewer",
        index=9,
        ready="article.strip",
        presses=(".strip .button--job", ".sheet--job .sheet__foot .button--leaf"),
    ),
    SitePage("applied", "/rooms/{jobs}", role="viewer", ready="article.strip", presses=(".strip .button--job",)),
    SitePage("watch-more", "/rooms/{farm}", ready="article.strip", presses=(".room-bar__tools button:last-child",)),
    SitePage("shelf", "/rooms/{farm}", ready="article.strip", presses=(".round-button--shelf",)),
)


def path_of(page: SitePage, market: Market) -> str:
    """Where the page is in this market."""
    return page.path.format(farm=market.room("farm")["slug"], jobs=market.room("jobs")["slug"], job=market.demo["job"])
