"""Core: what the report before a show says of each thing that was found, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Both = tuple[str, str]
"""In Chinese and in English."""

WORDS: Final[Mapping[str, tuple[Both, Both]]] = {
    "words": (
        ("有不能说的话", "Words that may not be said"),
        ("改掉标出的字，再检查一次。", "Change the marked words and check again."),
    ),
    "claim_false": (
        ("和实际的库存、销量或价格不符", "Not what stock, sales or prices are"),
        ("照实际的数字写，或者删掉这句。", "Write the real figure, or leave this out."),
    ),
    "claim_unproven": (
        ("这个价格比较没有依据可查", "A price comparison without a basis"),
        ("备好依据（时间、地点、凭证），拿不出就删掉。", "Have proof at hand (when, where, receipt), or leave it out."),
    ),
    "removed": (
        ("审核员撤下过这张卡片", "A moderator took this card off"),
        (
            "它上不了屏。觉得撤错了，可以在“我的处理记录”里申诉。",
            "It can't be shown. If that was wrong, appeal among the decisions about you.",
        ),
    ),
    "not_on_sale": (
        ("没有在售", "Not on sale"),
        ("上架以后才能推给观众。", "Put it on sale before you show it."),
    ),
    "sold_out": (
        ("库存是 0", "None in stock"),
        ("补上库存，或者先不讲它。", "Restock it, or leave it for later."),
    ),
    "no_origin": (
        ("没写产地", "No origin given"),
        ("农产品要让买家知道产地，补上省、县。", "Buyers of farm goods want to know: add province and county."),
    ),
    "no_photo": (
        ("没有照片", "No photograph"),
        ("拍一张实物照片。", "Take a picture of the real thing."),
    ),
    "no_description": (
        ("没有说明", "No description"),
        ("写一两句规格、保存和售后。", "Say a line or two on size, storage and returns."),
    ),
    "post_not_open": (
        ("岗位没有发布", "The post is not open"),
        ("发布以后才能推给观众。", "Publish it before you show it."),
    ),
    "post_over": (
        ("岗位已经过期", "The post is over"),
        ("改有效期，或者从清单里拿掉。", "Extend it, or take it out of the line-up."),
    ),
    "post_lacks": (
        ("岗位缺一项必填内容", "The post lacks something it must say"),
        ("补上这一项，招聘信息要写全。", "Fill it in: a post has to be complete."),
    ),
    "never_on_air": (
        ("还没有推过流", "Never been on air"),
        ("先拿推流码试播一分钟，看画面和声音。", "Get the stream key and try it for a minute: picture and sound."),
    ),
    "schedule_over": (
        ("预告的时间已经过了", "The announced time is over"),
        ("改成新的时间，或者取消预告。", "Announce another time, or none."),
    ),
    "line_up_empty": (
        ("清单是空的", "The line-up is empty"),
        ("先放上要讲的商品或岗位。", "Put in what you mean to show."),
    ),
    "overall_pass": (("都没问题，可以开播。", "All is well: go on air."), ("", "")),
    "overall_warn": (
        ("可以开播，有几处最好先改。", "You may go on air; a few things are better changed first."),
        ("", ""),
    ),
    "overall_block": (
        (
            "可以开播，但标红的上不了屏，先改好。",
            "You may go on air, but what is marked red can't be shown: change it first.",
        ),
        ("", ""),
    ),
}
