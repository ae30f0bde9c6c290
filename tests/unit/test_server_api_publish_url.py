"""The publish address follows the name that the request came by."""

from __future__ import annotations

import pytest

from server.api.publish_url import publish_url


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("market.example:8080", "rtmp://market.example:1935/live"),
        ("192.0.2.7", "rtmp://192.0.2.7:1935/live"),
        ("[2001:db8::1]:8080", "rtmp://[2001:db8::1]:1935/live"),
        ("market.example:", "rtmp://market.example:1935/live"),
        ("", "rtmp://localhost:1935/live"),
        ("market.example/x", "rtmp://localhost:1935/live"),
        ("a b", "rtmp://localhost:1935/live"),
    ],
)
def test_the_host_is_taken_from_the_request_and_nothing_else_is(host: str, expected: str) -> None:
    assert publish_url(host, 1935) == expected
