"""What a line that was taken down looks like."""

from __future__ import annotations

import pytest

from moderation.cases.suppression import TEXT_CHARS_MAX, Likeness, complains, likeness


@pytest.mark.parametrize(
    "text",
    [
        "收到五个烂了两个",
        "要求退款, 客服不理人",
        "大家别信, 这家骗人",
        "我已经打12315投诉了",
        "退 款 ! ! 到现在没收到货",
        "發霉了還敢賣",
        "工资拖欠三个月了",
    ],
)
def test_complaints_and_warnings_are_known(text: str) -> None:
    assert complains(text)
    assert likeness(text, is_filtered=False) is Likeness.COMPLAINT
    assert likeness(text, is_filtered=True) is Likeness.FILTERED


@pytest.mark.parametrize("text", ["", "主播今天真好看", "苹果多少钱一斤", "这不是骗人的", "放心不坑", "666666"])
def test_talk_is_talk(text: str) -> None:
    assert not complains(text)
    assert likeness(text, is_filtered=False) is Likeness.OTHER


def test_a_long_line_is_looked_at_from_its_beginning() -> None:
    assert not complains("好" * TEXT_CHARS_MAX + "退款")
