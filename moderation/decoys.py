"""Core: words that a scammer adds so that a text sounds like a warning, a complaint, a question or a denial.

The model learns from bad texts with one of them added that such a word alone excuses nothing: what honest people say
about a scam differs from the scam in more than that.
"""

from __future__ import annotations

import random

BEFORE = (
    "警惕,",
    "小心,",
    "举报",
    "曝光:",
    "投诉,",
    "注意防骗,",
    "谨防假冒,",
    "不是骗子,",
    "我们不骗人,",
    "请问",
    "想问一下,",
    "谁说的 ",
    "反诈中心提醒,",
    "别信谣言,",
    "提醒大家,",
    "拒绝套路,",
    "根据规定,",
    "听说",
    "不夸张地说,",
    "举报有奖,",
)
AFTER = (
    ",小心",
    ",投诉",
    ",举报有奖",
    ",别信",
    ",别信别人的",
    ",我被骗了",
    ",骗子绕道",
    ",不是骗人的",
    ",违法必究",
    ",谨防假冒",
    ",坑人的不来",
    ",凭良心说",
    ",大家注意",
    ",上当的别怪我",
    ",退款找我",
    ",大家好我是新来的主播,今天第一次开播,请多多支持",
    ",投诉电话12315",
    ",差评的是同行",
    ",无效退款",
    ",别不信",
)


def decoyed(text: str, rng: random.Random) -> str:
    """A text with one such word before or after it."""
    if rng.random() < 0.5:
        return rng.choice(BEFORE) + text
    return text + rng.choice(AFTER)
