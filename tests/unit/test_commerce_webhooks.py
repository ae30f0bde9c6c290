"""Signed notifications: who is believed."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from commerce.payment.webhooks import (
    BODY_BYTES_MAX,
    SIGNATURES_MAX,
    TOLERANCE_S,
    Forged,
    Verified,
    secret_key,
    sign,
    verify,
    write_secret,
)

OLD, NEW, OTHER = (write_secret(bytes([place]) * 24) for place in range(3))
BODY = b'{"type":"charge.succeeded"}'
NOW_S = 1_800_000_000
HEADERS = sign(NEW, "evt_1", NOW_S, BODY)


def test_the_signature_is_the_specifications() -> None:
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = sign(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )
    # The specification's own example.
    assert signed["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    mac = hmac.new(key, b'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}', hashlib.sha256).digest()
    assert signed["webhook-signature"] == "v1," + base64.b64encode(mac).decode()


@pytest.mark.parametrize(
    ("secrets", "changes", "body", "now_s", "believed"),
    [
        ([NEW], {}, BODY, NOW_S, True),
        ([OLD, NEW], {}, BODY, NOW_S, True),
        ([OTHER], {}, BODY, NOW_S, False),
        ([], {}, BODY, NOW_S, False),
        ([NEW], {}, BODY + b" ", NOW_S, False),
        ([NEW], {}, BODY, NOW_S + TOLERANCE_S, True),
        ([NEW], {}, BODY, NOW_S + TOLERANCE_S + 1, False),
        ([NEW], {}, BODY, NOW_S - TOLERANCE_S, True),
        ([NEW], {}, BODY, NOW_S - TOLERANCE_S - 1, False),
        ([NEW], {"webhook-id": "evt_2"}, BODY, NOW_S, False),
        ([NEW], {"webhook-id": ""}, BODY, NOW_S, False),
        ([NEW], {"webhook-id": "x" * 256}, BODY, NOW_S, False),
        ([NEW], {"webhook-timestamp": str(NOW_S + 1)}, BODY, NOW_S, False),
        ([NEW], {"webhook-timestamp": "soon"}, BODY, NOW_S, False),
        ([NEW], {"webhook-timestamp": "٣"}, BODY, NOW_S, False),
        ([NEW], {"webhook-timestamp": ""}, BODY, NOW_S, False),
        ([NEW], {"webhook-signature": ""}, BODY, NOW_S, False),
        ([NEW], {"webhook-signature": HEADERS["webhook-signature"].replace("v1", "v2")}, BODY, NOW_S, False),
        ([NEW], {"webhook-signature": "v1,%%% v1a,x " + HEADERS["webhook-signature"]}, BODY, NOW_S, True),
        ([NEW], {"webhook-signature": "v1,AAAA " * SIGNATURES_MAX + HEADERS["webhook-signature"]}, BODY, NOW_S, False),
    ],
)
def test_who_is_believed(secrets: list[str], changes: dict[str, str], body: bytes, now_s: int, believed: bool) -> None:
    result = verify(secrets, HEADERS | changes, body, now_s=now_s)
    assert isinstance(result, Verified) == believed, result
    if isinstance(result, Verified):
        assert (result.event_id, result.sent_at_s, result.body) == ("evt_1", NOW_S, BODY)


def test_a_body_beyond_the_limit_is_not_read() -> None:
    body = b"x" * (BODY_BYTES_MAX + 1)
    assert isinstance(verify([NEW], sign(NEW, "evt_1", NOW_S, body), body, now_s=NOW_S), Forged)


@pytest.mark.parametrize("secret", ["", "plain", "whsec_%%%", "whsec_" + base64.b64encode(b"short").decode()])
def test_unfit_secrets(secret: str) -> None:
    with pytest.raises(ValueError, match="webhook secret"):
        secret_key(secret)
