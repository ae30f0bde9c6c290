from __future__ import annotations

from moderation.recent import RECENT_TEXT_CHARS_MAX, RECENT_VERDICTS_MAX, Recent
from moderation.verdict import allowed

VERDICT = allowed("v")


def test_what_is_said_again_is_found_until_two_generations_have_passed() -> None:
    recent = Recent()
    recent.remember("first", VERDICT)
    assert recent.find("first") is VERDICT
    for number in range(RECENT_VERDICTS_MAX):
        recent.remember(str(number), VERDICT)
    assert recent.find("0") is VERDICT
    for number in range(RECENT_VERDICTS_MAX, 3 * RECENT_VERDICTS_MAX):
        recent.remember(str(number), VERDICT)
    assert recent.find("first") is None


def test_what_is_asked_for_stays() -> None:
    recent = Recent()
    recent.remember("often", VERDICT)
    for number in range(5 * RECENT_VERDICTS_MAX):
        recent.remember(str(number), VERDICT)
        assert recent.find("often") is VERDICT


def test_long_texts_are_not_kept() -> None:
    recent = Recent()
    recent.remember("好" * (RECENT_TEXT_CHARS_MAX + 1), VERDICT)
    assert recent.find("好" * (RECENT_TEXT_CHARS_MAX + 1)) is None
