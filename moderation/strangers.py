"""Edge: texts of others, which are only measured: read from the folder of data sets, with their groups.

None of them may be shipped or learnt from; a set that is not in the folder is left out.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

from moderation.verdict import Category, Role

Told = tuple[str, str]
"""A text and its group within its set."""

_VIEWERS = ((Role.VIEWER, Category.ANY),)
SAID_AS: dict[str, tuple[tuple[Role, Category], ...]] = {
    "danmaku": ((Role.VIEWER, Category.FARM), (Role.VIEWER, Category.JOBS), (Role.VIEWER, Category.ANY)),
    "reviews": ((Role.VIEWER, Category.FARM),),
    "job adverts": ((Role.CARD, Category.JOBS), (Role.VIEWER, Category.JOBS)),
    "fake base stations": _VIEWERS,
    "telecom fraud": _VIEWERS,
    "junk SMS": _VIEWERS,
}
"""In whose mouth, and in what room, the texts of each set are put."""


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def _danmaku(folder: Path) -> Iterator[Told]:
    for line in (folder / "danmaku_vod" / "danmaku_vod_dev.txt").read_text("utf-8").splitlines():
        yield line, ""


def _reviews(folder: Path) -> Iterator[Told]:
    for row in _rows(folder / "shop_reviews" / "shop_reviews_dev.tsv"):
        yield row["text"], ""


def _job_adverts(folder: Path) -> Iterator[Told]:
    for row in _rows(folder / "orfd_58_jobs" / "jobs_bj_sh.tsv"):
        yield " ".join(row[name] or "" for name in ("title", "salary", "welfare", "requirement", "description")), ""


def _base_stations(folder: Path) -> Iterator[Told]:
    for row in _rows(folder / "fbs_sms" / "fbs_sms.tsv"):
        yield row["text"].replace(" ", ""), row["category"]


def _telecom(folder: Path) -> Iterator[Told]:
    names = {"0": "ordinary SMS", "1": "police", "2": "loan", "3": "customer service", "4": "acquaintance"}
    for row in _rows(folder / "telecom_fraud_texts_5" / "telecom_fraud_texts_5.tsv"):
        yield row["text"], names.get(row["label"], row["label"])


def _junk(folder: Path) -> Iterator[Told]:
    for row in _rows(folder / "zh_junk_sms_10k" / "zh_junk_sms_10k.tsv"):
        yield row["text"] or "", "advert" if row["label"] == "1" else "ordinary"


_READERS: dict[str, Callable[[Path], Iterator[Told]]] = {
    "danmaku": _danmaku,
    "reviews": _reviews,
    "job adverts": _job_adverts,
    "fake base stations": _base_stations,
    "telecom fraud": _telecom,
    "junk SMS": _junk,
}


def others(folder: Path) -> dict[str, list[Told]]:
    """The texts of each set that the folder has."""
    found: dict[str, list[Told]] = {}
    for name, read in _READERS.items():
        try:
            found[name] = [(text, group) for text, group in read(folder) if text]
        except FileNotFoundError:
            continue
    return found
