"""Core: what the demo market sells and offers: two organisations, two rooms, their goods and posts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from commerce.money import Money
from commerce.shelf.offers import JobDraft, ProductDraft, SkuDraft

MERCHANT_NAME: Final = "高山果园合作社(演示)"
EMPLOYER_NAME: Final = "示范电子厂(演示)"
FARM_SLUG: Final = "orchard"
FARM_TITLE: Final = "高山果园 · 脐橙现摘现发"
JOBS_SLUG: Final = "job-fair"
JOBS_TITLE: Final = "家门口的招聘会 · 包吃住岗位专场"
CURRENCY: Final = "CNY"
POST_LIFE: Final = timedelta(days=60)


def products() -> list[ProductDraft]:
    """The orchard's goods, the one that is explained first in front."""
    return [
        ProductDraft(
            title="高山脐橙",
            description="果园现摘,单果直径 70 毫米以上,自然有大小差异。",
            origin="海拔 1,100 米高山果园",
            promise="坏果包赔 · 48 小时内发货",
            image_url="/assets/images/orange.svg",
            skus=[_sku("尝鲜装 5 斤", 2990, 200), _sku("家庭装 10 斤", 4990, 120)],
        ),
        ProductDraft(
            title="沙地蜜薯",
            description="当季新挖,带泥发货,收到后阴凉通风处存放。",
            origin="黄河滩沙地",
            promise="破损包赔 · 72 小时内发货",
            image_url="/assets/images/sweet-potato.svg",
            skus=[_sku("5 斤装", 1990, 300)],
        ),
        ProductDraft(
            title="林下散养土鸡蛋",
            description="每日捡蛋,泡沫蛋托,破一赔一。",
            origin="林下散养",
            promise="破一赔一 · 次日发货",
            image_url="/assets/images/eggs.svg",
            skus=[_sku("30 枚", 3680, 80)],
        ),
    ]


def jobs(now: datetime) -> list[JobDraft]:
    """The fair's posts, the one that is explained first in front."""
    return [
        JobDraft(
            title="装配普工",
            employer=EMPLOYER_NAME,
            place="高新区 科创路 8 号",
            pay_min=Money(550_000, CURRENCY),
            pay_max=Money(720_000, CURRENCY),
            pay_unit="month",
            headcount=60,
            employment="全职",
            shift="两班倒,月休 4 天",
            benefits=("包住宿", "工作餐", "缴纳社保", "按月发薪"),
            requirements=("18 周岁以上", "会认简单英文字母"),
            valid_until=now + POST_LIFE,
        ),
        JobDraft(
            title="仓库分拣员",
            employer=EMPLOYER_NAME,
            place="空港物流园 3 号库",
            pay_min=Money(2_200, CURRENCY),
            pay_max=Money(2_600, CURRENCY),
            pay_unit="hour",
            headcount=25,
            employment="全职或兼职",
            shift="白班,做六休一",
            benefits=("班车接送", "夏季高温补贴"),
            requirements=("能搬运 15 公斤纸箱",),
            valid_until=now + POST_LIFE,
        ),
    ]


def _sku(name: str, price_minor: int, on_hand: int) -> SkuDraft:
    return SkuDraft(name, Money(price_minor, CURRENCY), on_hand)
