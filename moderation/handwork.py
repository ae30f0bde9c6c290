"""Core: characters as people disguise them by hand, written down from what is seen in the wild.

The evaluation draws on these where it can, since the filter knows nothing of them: its own tables of sounds, glyphs and
components come from dictionaries.
"""

from __future__ import annotations

_SOUNDS = """
微薇威 信芯欣 加伽佳 群裙 赚撰 钱前浅 兼坚 职值 刷唰 单丹 押鸭压 金今斤 费废 交焦 培赔 训讯 贷袋带 款宽 保宝
证正 招昭 治志 疗辽 癌碍 病并 药要耀 血雪 糖唐 压鸭 降酱 瘦受 第弟 最罪 高糕 低底 国果 家佳 级及 特忒 效笑
免缅 疫役 返反 利力 投头 资姿 股古 票漂 赌堵 博搏 彩采 客克 服福 验艳 码马 转砖 账帐 载在 红宏 包苞 扫嫂
私思 聊辽 电店 话画 号浩 岗刚 位味 工公 月悦 日曰 万玩 元圆 份粉 卡咔 名明 额鹅 内那 部布 消肖 息希 根跟
愈玉 全泉 网往 收受 付负 刊堪 价架 货祸 进近 领另 送宋
"""
_GLYPHS = """
押岬 金全 费贵 微徽 信佶 治冶 疗疔 病疴 糖溏 钱钺 职织 加咖 群郡 贷货 单卑 刷刹 培陪 训驯 保堡 证怔 工土
入人 日曰 月用 投没 利刹 股般 票栗 第弟 未末 国囯 级极 效郊 码玛 验险 账胀 包句 扫归 聊柳 免兔 返迈 特持
药约 全金 根垠 愈愉 高髙 压圧 降隆 疫疬 肿钟 血皿 赚嫌 岗岚 招诏 聘骋 名各 内肉 转抟 交文 付什 客容 服报
收攻 送迭 红江 私和 瘤榴 体休
"""
_SPLITS = """
押扌甲 加力口 信亻言 钱钅戋 治氵台 赚贝兼 职耳只 费弗贝 训讠川 培土咅 招扌召 保亻呆 证讠正 投扌殳 利禾刂
股月殳 转车专 账贝长 码石马 验马佥 私禾厶 聊耳卯 特牛寺 根木艮 群君羊 贷代贝 糖米唐 降阝夅 疗疒了 病疒丙
药艹约 好女子 明日月 岗山冈 肿月中 瘤疒留 结纟吉 消氵肖 效交攵 级纟及 彩采彡 赌贝者 博十尃 领令页 话讠舌
红纟工 扫扌彐 收丩攵 价亻介 位亻立
"""
_EMOJI = """
微💬 信✉️ 钱💰 金🪙 加➕ 药💊 病🤒 血🩸 糖🍬 茶🍵 果🍎 卡💳 电📞 话☎️ 手✋ 机📱 家🏠 车🚗 蜜🍯 牛🐂 羊🐑
鸡🐔 鱼🐟 米🍚 红🔴 包👜 火🔥 水💧 天☁️ 日☀️ 月🌙 心❤️ 眼👀 头👤 骨🦴 牙🦷 腿🦵 飞✈️ 码🔢 船🚢 医🏥
学📚 班💼 工🔧 单📄 票🎫
"""


def _pairs(rows: str) -> dict[str, str]:
    return {row[0]: row[1:] for row in rows.split()}


SOUNDS: dict[str, str] = _pairs(_SOUNDS)
"""Character to others of about its sound."""
GLYPHS: dict[str, str] = _pairs(_GLYPHS)
"""Character to one of about its shape."""
SPLITS: dict[str, str] = _pairs(_SPLITS)
"""Character to its parts."""
EMOJI: dict[str, str] = _pairs(_EMOJI)
"""Character to the emoji that is read as it."""
