"""Core: what the demo market sells and offers: two organisations, two rooms, their goods and posts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from commerce.jobs.drafts import JobDraft
from commerce.money import Money
from commerce.shelf.offers import ProductDraft, SkuDraft

MERCHANT_NAME: Final = "高山果园合作社(演示)"
EMPLOYER_NAME: Final = "示范电子厂(演示)"
FARM_SLUG: Final = "orchard"
PHONE: Final = "138 0000 0000"
REGION: Final = "陕西省延安市洛川县"
STREET: Final = "演示路 1 号"
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
            headcount=60,
            place="高新区 科创路 8 号",
            base_min_minor=380_000,
            base_max_minor=380_000,
            pay_min_minor=550_000,
            pay_max_minor=720_000,
            currency=CURRENCY,
            pay_unit="month",
            employment="full_time",
            shift="两班倒,月休 4 天",
            benefits=("包住宿", "工作餐", "缴纳社保", "按月发薪"),
            requirements=("年满 18 周岁", "会认简单英文字母"),
            description="手机充电器流水线装配:插件、目检、打包。坐着上班,有师傅带一周,带薪培训。综合工资含加班费和夜班补贴。",
            valid_until=now + POST_LIFE,
        ),
        JobDraft(
            title="仓库分拣员",
            employer=EMPLOYER_NAME,
            headcount=25,
            place="空港物流园 3 号库",
            base_min_minor=2_000,
            base_max_minor=2_200,
            pay_min_minor=2_200,
            pay_max_minor=2_600,
            currency=CURRENCY,
            pay_unit="hour",
            employment="part_time",
            shift="白班,做六休一",
            benefits=("班车接送", "夏季高温补贴"),
            requirements=("能搬运 15 公斤纸箱",),
            description="按单拣货、复核、装箱。小时工资按实际出勤计算,高峰日另有计件补贴。",
            valid_until=now + POST_LIFE,
        ),
        JobDraft(
            title="叉车司机",
            employer=EMPLOYER_NAME,
            headcount=6,
            place="空港物流园 3 号库",
            base_min_minor=480_000,
            base_max_minor=520_000,
            pay_min_minor=680_000,
            pay_max_minor=820_000,
            currency=CURRENCY,
            pay_unit="month",
            employment="full_time",
            shift="早晚班每周轮换",
            benefits=("缴纳社保", "工作餐", "年度体检由公司承担"),
            requirements=("持有效叉车操作证", "一年以上经验"),
            description="成品出入库装卸和月台周转,每天交接班前检查车况。",
            valid_until=now + POST_LIFE,
        ),
        JobDraft(
            title="质检员",
            employer=EMPLOYER_NAME,
            headcount=10,
            place="高新区 科创路 8 号",
            base_min_minor=420_000,
            base_max_minor=450_000,
            pay_min_minor=580_000,
            pay_max_minor=690_000,
            currency=CURRENCY,
            pay_unit="month",
            employment="full_time",
            shift="长白班,周末双休",
            benefits=("包住宿", "缴纳社保", "夫妻可安排同住"),
            requirements=("高中以上学历", "视力良好"),
            description="按图纸和样板检验来料与成品,填写检验记录。可从普工转岗,有老师傅带。",
            valid_until=now + POST_LIFE,
        ),
        JobDraft(
            title="食堂帮厨",
            employer=EMPLOYER_NAME,
            headcount=4,
            place="高新区 科创路 8 号 员工食堂",
            base_min_minor=16_000,
            base_max_minor=16_000,
            pay_min_minor=16_000,
            pay_max_minor=18_000,
            currency=CURRENCY,
            pay_unit="day",
            employment="temporary",
            shift="6:00 至 14:00",
            benefits=("两餐", "日薪周结"),
            requirements=("持健康证,没有的由公司安排办理并承担费用",),
            description="洗菜、切配、打饭和清洁,旺季三个月。",
            valid_until=now + POST_LIFE,
        ),
    ]


def _sku(name: str, price_minor: int, on_hand: int) -> SkuDraft:
    return SkuDraft(name, Money(price_minor, CURRENCY), on_hand)
