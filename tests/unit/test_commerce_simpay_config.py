"""simpay's settings and its dice."""

from __future__ import annotations

import json

import pytest

from commerce.simpay.config import Config, Faults

GIVEN = {"api_key": "k", "webhook_secret": "whsec_x", "webhook_url": "http://x", "data_file": "x"}


def test_settings_survive_the_way_to_the_child() -> None:
    config = Config.from_json(GIVEN | {"port": 7, "faults": {"decline": 0.5}, "retry_ms": [1, 2]})
    assert Config.from_json(json.loads(json.dumps(config.to_json()))) == config


@pytest.mark.parametrize("wrong", [{"colour": "red"}, {"faults": {"flood": 1.0}}])
def test_unknown_settings_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"colour|flood"):
        Config.from_json(GIVEN | wrong)
    with pytest.raises(ValueError, match="data_file"):
        Config.from_json({name: value for name, value in GIVEN.items() if name != "data_file"})


def test_the_dice_are_fair_and_always_fall_the_same() -> None:
    faults = Faults(decline=0.25, slow=1.0)
    declined = [faults.strikes("decline", 1, str(number)) for number in range(4000)]
    assert declined == [faults.strikes("decline", 1, str(number)) for number in range(4000)]
    assert 850 < sum(declined) < 1150
    assert declined != [faults.strikes("decline", 2, str(number)) for number in range(4000)]
    assert all(faults.strikes("slow", 1, str(number)) for number in range(100))
    assert not any(faults.strikes("lost", 1, str(number)) for number in range(100))
