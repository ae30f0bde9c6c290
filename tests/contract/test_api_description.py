"""The API does what /api/openapi.json says: schemathesis asks a running market everything its description allows.

It also asks what the description forbids.

Each kind of person asks for a while with a fixed seed. Any answer of 5xx, of a status, type or shape that the
description does not know, and any malformed request that is accepted, is a failure. Left out: that every body which
fits the description is accepted (a post may fit and still lack what the law asks for: that is a 422 with its fields),
and that what a POST has made can be fetched (an Idempotency-Key that comes again tells of the first answer, and what
that answer named may have been deleted in between).
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.market import Market, open_market

SECONDS_EACH: Final = 12
SEED: Final = 20261122
ENDS_THE_SESSION: Final = ("signOutEverywhere", "deleteMe", "changePassword")
"""Asked by other tests: after these nothing else is asked as anybody."""
ROOMS: Final = {"host": "orchard", "employer": "job-fair", "moderator": "orchard", "viewer": "job-fair"}


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    with open_market(tmp_path_factory.mktemp("market")) as opened:
        yield opened


@pytest.mark.parametrize("role", list(ROOMS))
def test_what_is_answered_is_what_is_described(market: Market, role: str, tmp_path: Path) -> None:
    account = market.account(role)
    settings = tmp_path / "schemathesis.toml"
    known = {"path.slug": ROOMS[role], "path.sku_id": market.demo["sku"], "path.job_id": market.demo["job"]}
    settings.write_text("[parameters]\n" + "".join(f'"{name}" = "{value}"\n' for name, value in known.items()))
    left_out = [part for name in ENDS_THE_SESSION for part in ("--exclude-operation-id", name)]
    run = subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")),
            "--config-file",
            str(settings),
            "--no-color",
            "run",
            f"{market.base_url}/api/openapi.json",
            f"--header=Authorization: Bearer {account['token']}",
            f"--max-time={SECONDS_EACH}",
            f"--seed={SEED}",
            "--exclude-checks=positive_data_acceptance,ensure_resource_availability",
            "--continue-on-failure",
            "--no-shrink",
            "--generation-database=none",
            *left_out,
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=10 * SECONDS_EACH,
        check=False,
    )
    assert run.returncode == 0, run.stdout[run.stdout.find("= FAILURES") :]
    assert "Test cases:" in run.stdout


def test_the_description_is_of_this_market(market: Market) -> None:
    status, text = market.get("/api/openapi.json")
    assert status == 200
    assert json.loads(text)["openapi"].startswith("3.1")
