from __future__ import annotations

import pytest

from moderation.engine import Engine
from moderation.rules import assemble
from moderation.verdict import Action, Category, Role, Utterance, Verdict
from moderation.views import TEXT_CHARS_MAX
from tests.shipped_filter import shipped_engine

ENGINE = shipped_engine()


def decide(text: str, role: Role = Role.VIEWER, category: Category = Category.JOBS) -> Verdict:
    return ENGINE.decide(Utterance(text, role, category), 0.0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("先交押金", ["交押金"]),
        ("先\u200b交 押-金", ["交", "押-金"]),
        ("先交扌甲金", ["交扌甲金"]),
        ("先交ＹＡＪＩＮ", ["交ＹＡＪＩＮ"]),
        ("先交押押金", ["交押押金"]),
    ],
)
def test_spans_are_words_of_the_original(text: str, words: list[str]) -> None:
    verdict = decide(text)
    assert [text[span.start : span.end] for span in verdict.spans if span.rule_id == "JS001"] == words


def test_slots_may_be_filled_in_different_views() -> None:
    verdict = decide("先jiao扌甲金")
    assert "JS001" in {hit.rule_id for hit in verdict.rules}
    assert verdict.view in {"merged", "pinyin"}


def test_the_verdict_tells_rule_article_reason_and_versions() -> None:
    verdict = decide("先交押金")
    top = verdict.rules[0]
    assert (verdict.action, verdict.view) == (Action.BLOCK, "folded")
    assert verdict.article == top.article_zh
    assert "劳动合同法" in verdict.article
    assert (verdict.reason_zh, verdict.reason_en) == (top.reason_zh, top.reason_en)
    assert verdict.pack_version == ENGINE.version
    assert 0 < verdict.score <= 1


def test_homophones_alone_are_flagged_at_most() -> None:
    assert decide("先交鸭斤").action is Action.FLAG
    assert decide("鸭斤").action is Action.ALLOW


def test_side_channels_never_block_alone() -> None:
    for role in (Role.SCREEN, Role.SPEECH):
        assert decide("加我微信 vx12345 日赚800 先交押金", role).action is Action.FLAG


def test_the_role_and_category_matter() -> None:
    assert decide("三天见效", Role.HOST, Category.FARM).action is Action.HOLD
    assert decide("三天见效", Role.VIEWER, Category.ANY).action is Action.ALLOW


def test_a_text_beyond_the_cap_is_held() -> None:
    assert decide("好" * TEXT_CHARS_MAX).action is Action.ALLOW
    assert decide("好" * (TEXT_CHARS_MAX + 1)).action is Action.HOLD
    assert decide("先交押金" + "好" * TEXT_CHARS_MAX).action is Action.BLOCK


def test_a_text_said_again_gets_the_same_verdict() -> None:
    assert decide("先交押金一百") is decide("先交押金一百")


def test_any_text_is_decided() -> None:
    for text in ("", " ", "\0", "\ud800", "\u0301" * 100, "\U000f0001" * 9, "😀" * 50):
        assert decide(text).action is Action.ALLOW


def test_packs_without_the_context_lists_are_a_bug() -> None:
    with pytest.raises(AssertionError, match="negator"):
        Engine(assemble([("empty.toml", 'pack = "empty"')]))


def test_first_letters_count_only_beside_what_makes_them_plain() -> None:
    assert decide("入职先交yj").action is Action.FLAG
    assert decide("入职先看看环境再说别的吧 yj").action is Action.ALLOW


def test_warnings_in_disguise_are_read_as_warnings() -> None:
    assert decide("❌收押金").action is Action.ALLOW
    assert decide("bu收押金").action is Action.ALLOW
