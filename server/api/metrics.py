"""Edge: metrics of the whole node, whichever worker is asked.

Each member serves its own metrics on the bus; the one asked adds up what answers in time, sample by sample: counters,
histograms and gauges are all such that their sum over the members is the node's figure.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from server.bus.contract import Subscription
from server.bus.errors import BusError
from server.bus.requests import Requests

log = logging.getLogger("jishi.metrics")

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
ANSWER_TIMEOUT_S: Final = 1.0
UNANSWERED: Final = "jishi_metrics_members_unanswered"


def metrics_topic(member: str) -> str:
    """Where a member of the node serves its metrics."""
    return f"metrics.{member}"


def serve_metrics(requests: Requests, member: str, registry: CollectorRegistry) -> Subscription:
    """Answer the other members that ask for this one's metrics, from now on."""
    return requests.serve(metrics_topic(member), lambda _: generate_latest(registry))


async def gather_metrics(requests: Requests, registry: CollectorRegistry, peers: Iterable[str]) -> str:
    """This process's metrics and its peers', added up, in the text format."""
    answers = await asyncio.gather(*(_ask(requests, peer) for peer in peers))
    texts = [text for text in answers if text is not None]
    return add_up([generate_latest(registry).decode(), *texts]) + (
        f"# HELP {UNANSWERED} Members of the node that did not tell their metrics in time.\n"
        f"# TYPE {UNANSWERED} gauge\n{UNANSWERED} {len(answers) - len(texts)}\n"
    )


async def _ask(requests: Requests, peer: str) -> str | None:
    try:
        return (await requests.ask(metrics_topic(peer), b"", timeout_s=ANSWER_TIMEOUT_S)).decode()
    except BusError as error:
        log.warning("metrics of %s are missing: %s", peer, error)
        return None


def add_up(texts: Iterable[str]) -> str:
    """Several expositions as one: samples of the same name and labels are added."""
    heads: dict[str, str] = {}
    samples: dict[str, dict[tuple[str, tuple[tuple[str, str], ...]], float]] = {}
    for text in texts:
        for family in text_string_to_metric_families(text):
            name = f"{family.name}_total" if family.type == "counter" else family.name
            heads[name] = f"# HELP {name} {_escaped(family.documentation)}\n# TYPE {name} {family.type}\n"
            sums = samples.setdefault(name, {})
            for sample in family.samples:
                if not sample.name.endswith("_created"):
                    key = (sample.name, tuple(sorted(sample.labels.items())))
                    sums[key] = sums.get(key, 0.0) + sample.value
    return "".join(
        heads[name] + "".join(_line(*key, value) for key, value in sums.items())
        for name, sums in samples.items()
        if sums
    )


def _line(name: str, labels: tuple[tuple[str, str], ...], value: float) -> str:
    written = ",".join(f'{label}="{_escaped(text, quotes=True)}"' for label, text in labels)
    return f"{name}{{{written}}} {value!r}\n" if written else f"{name} {value!r}\n"


def _escaped(text: str, *, quotes: bool = False) -> str:
    text = text.replace("\\", "\\\\").replace("\n", "\\n")
    return text.replace('"', '\\"') if quotes else text
