"""A demo market that the fault tests of a module may hurt."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.market import Market, open_market


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    with open_market(tmp_path_factory.mktemp("market")) as opened:
        yield opened
