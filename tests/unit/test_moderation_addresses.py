"""Which hosts an address may lead to, whoever reads it."""

from __future__ import annotations

import time

import pytest

from moderation.addresses import hosts_in, is_plainly_at, plain_address

OWN = ("market.example",)
KNOWN = ("t.me",)


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        (r"http://evil.com:80\@market.example/", {"evil.com"}),
        ("https://a@b@evil.com:8443/x", {"a", "b", "evil.com"}),
        ("http:\t//evil\u200b.com/", {"evil.com"}),
        ("ｅｖｉｌ．com/x", {"evil.com"}),
        ("10.0.0.1:8080/x 版本 1.2.3.4", {"10.0.0.1"}),
        ("批次 No.A，见 Evil.Com，或 t.me", {"evil.com", "t.me"}),
        ("见 www.market.example/a，HTTP://MARKET.EXAMPLE/b 与 market.example", set()),
    ],
)
def test_every_host_but_ours_is_found(text: str, hosts: set[str]) -> None:
    assert hosts_in(text, OWN, KNOWN) == hosts


def test_only_an_address_without_a_doubt_is_plain() -> None:
    assert plain_address("HTTPS://Evil.com:80/a/b?c#d") == "evil.com/a/b"
    for text in ("evil", "http://evil.com/ 加我", "http://a@evil.com/", r"http://evil.com\a", ""):
        assert plain_address(text) is None
        assert not is_plainly_at(text, ("evil.com",))


@pytest.mark.parametrize("piece", ["a.", "a-", "a", "http:", "1.", "@", "a:", "http://market.example/", "。"])
def test_no_text_takes_long(piece: str) -> None:
    text = (piece * 2_000)[:2_000]
    began = time.process_time()
    hosts_in(text, OWN, KNOWN)
    assert time.process_time() - began < 0.5
