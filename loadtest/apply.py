"""Edge: how fast a running demo market takes job applications, and whether it loses or doubles any.

    jishi loadtest apply [--base-url URL --demo-json FILE] [--per-s 250] [--seconds 20] [--json]

The demo's viewers write a résumé each, its employer opens as many posts as it takes for nobody to apply twice to one,
and then applications arrive at random at the given rate, whether or not earlier ones were answered: a latency counts
from the moment the application was due, so that waiting in any queue, the client's own too, is in it. Afterwards every
applicant's list and the employer's counts are compared with what was acknowledged, and the posts are withdrawn.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import uvloop

from loadtest.figures import CpuTimes, listeners, node_of, percentile, processes_cpu_s
from loadtest.http_lines import Answer, HttpLines

CLIENT_BUSY_MAX = 0.85
"""Of one core; beyond it the client may be what is measured."""
CLIENT_LATE_MAX_MS = 50.0
"""How late, at p99, an application may leave the client's clock before the run says nothing of the server."""
OTHERS_BUSY_MAX = 0.25
"""Of all cores; beyond it other programs took what the market needed."""
LINES = 64
"""Connections, as of so many applicants' phones at a moment."""
AT_ONCE = 8
"""Requests at a time while the scene is set and when the lists are read."""
POSTS_EACH_MAX = 150
"""Posts that one viewer applies to: fewer than one's list of applications shows."""
ANSWER_TIMEOUT_S = 30.0
SEED = 1
POST = {
    "title": "压力测试岗位",
    "employer": "示范电子厂(演示)",
    "headcount": 1000,
    "place": "高新区",
    "base_min_minor": 380_000,
    "base_max_minor": 380_000,
    "pay_min_minor": 550_000,
    "pay_max_minor": 720_000,
    "employment": "full_time",
    "requirements": ["年满 18 周岁"],
    "description": "流水线装配,有师傅带。",
    "valid_until": "2099-01-01T00:00:00Z",
}
RESUME = {
    "name": "求职者",
    "phone": "13800138000",
    "city": "苏州",
    "years_experience": 3,
    "education": "vocational",
    "skills": ["焊接", "看图纸"],
    "experience": "在苏州一家电子厂做装配三年,会看图纸,做过夜班。" * 8,
    "about": "能吃苦,随时到岗。",
    "expected_pay": "6000 以上",
}


def main(argv: list[str]) -> int:
    """The command; exit code 1 when it can't measure, 0 otherwise, also when the bar is missed."""
    options = _parse(argv)
    try:
        demo = json.loads(Path(options.demo_json).read_text())
        figures = uvloop.run(measure(options, demo))
    except (OSError, KeyError, ValueError, TimeoutError, ExceptionGroup) as failure:
        print(f"apply: {str(failure).splitlines()[0] if str(failure) else type(failure).__name__}", file=sys.stderr)
        return 1
    print(json.dumps(figures) if options.json else "\n".join(f"{name:24} {figures[name]}" for name in figures))
    return 0


@dataclass(frozen=True)
class Reading:
    """CPU time used up to one moment."""

    machine: CpuTimes
    edges: tuple[int, ...]
    """The workers that listen, by process id."""
    edges_s: float
    node_s: float
    own_s: float

    @classmethod
    def now(cls, port: int) -> Reading:
        edges = listeners(port)
        node = node_of(edges[0]) if edges else []
        return cls(CpuTimes.now(), tuple(edges), processes_cpu_s(edges), processes_cpu_s(node), time.process_time())


@dataclass
class Wish:
    """One application that is to be made, and what became of it."""

    due_s: float
    """From the start of the run."""
    applicant: int
    job_id: str
    late_ms: float = 0.0
    """How late the client got to it."""
    latency_ms: float = math.inf
    status: int = 0
    application_id: str = ""


@dataclass
class Scene:
    """Who applies for what."""

    org_id: str
    employer: str
    applicants: list[str]
    """Tokens."""
    job_ids: list[str] = field(default_factory=list)


async def measure(options: argparse.Namespace, demo: dict[str, Any]) -> dict[str, Any]:
    """Set the scene, run, compare.

    Raises: OSError, ValueError, KeyError when there is no market to measure.
    """
    address = urlsplit(options.base_url or demo["base_url"])
    host, port = address.hostname or "127.0.0.1", address.port or 80
    async with HttpLines(host, port, count=LINES, timeout_s=ANSWER_TIMEOUT_S) as lines:
        scene = await set_scene(lines, demo, count=round(options.per_s * options.seconds))
        wishes = plan(scene, per_s=options.per_s, seconds=options.seconds)
        before = Reading.now(port)
        took_s = await run(lines, scene, wishes)
        after = Reading.now(port)
        lost, duplicates, unacknowledged = await compare(lines, scene, wishes)
        await each(
            lines, [lines.request("POST", f"/api/jobs/{job_id}/withdraw", scene.employer) for job_id in scene.job_ids]
        )
    return figures_of(wishes, took_s, before, after) | {
        "offered_per_s": options.per_s,
        "lost": lost,
        "duplicates": duplicates,
        "unacknowledged_but_kept": unacknowledged,
        "edge_workers": len(after.edges),
    }


def figures_of(wishes: Sequence[Wish], took_s: float, before: Reading, after: Reading) -> dict[str, Any]:
    """What the run says, and whether it says anything of the market."""
    taken = sum(wish.status == 201 for wish in wishes)
    latencies = [wish.latency_ms for wish in wishes]
    late_ms = percentile([wish.late_ms for wish in wishes], 99)
    own_s, node_s, edges_s = (getattr(after, name) - getattr(before, name) for name in ("own_s", "node_s", "edges_s"))
    machine_busy = after.machine.busy_since(before.machine)
    # What a worker that ended had used is gone with it.
    lasted = after.edges == before.edges
    others_busy = machine_busy - (own_s + node_s) / took_s / (os.cpu_count() or 1)
    return {
        "applications": len(wishes),
        "acknowledged": taken,
        "refused": dict(Counter(str(wish.status) for wish in wishes if wish.status != 201)),
        "per_s": round(taken / took_s, 1),
        "p50_ms": round(percentile(latencies, 50), 1),
        "p95_ms": round(percentile(latencies, 95), 1),
        "p99_ms": round(percentile(latencies, 99), 1),
        "max_ms": round(max(latencies), 1),
        "edge_cpu_ms_each": round(edges_s * 1e3 / len(wishes), 2) if lasted else None,
        "node_busy": round(node_s / took_s, 3) if lasted else None,
        "client_busy": round(own_s / took_s, 3),
        "client_late_p99_ms": round(late_ms, 1),
        "machine_busy": round(machine_busy, 3),
        "others_busy": round(max(0.0, others_busy), 3) if lasted else None,
        "load_average": round(os.getloadavg()[0], 1),
        "void": not lasted
        or own_s / took_s > CLIENT_BUSY_MAX
        or late_ms > CLIENT_LATE_MAX_MS
        or others_busy > OTHERS_BUSY_MAX,
    }


async def set_scene(lines: HttpLines, demo: dict[str, Any], *, count: int) -> Scene:
    """Résumés for all, and posts enough."""
    applicants = [account["token"] for account in demo["accounts"] if account["role"] == "viewer"]
    employer = next(account["token"] for account in demo["accounts"] if account["role"] == "employer")
    posts = math.ceil(count / len(applicants))
    if posts > POSTS_EACH_MAX:
        raise ValueError(f"{len(applicants)} viewers can't make {count} applications that can be checked")
    me = (await each(lines, [lines.request("GET", "/api/me", employer)]))[0].json()
    org_id = next(one["org_id"] for one in me["memberships"] if one["kind"] == "employer")
    await each(lines, [lines.request("PUT", "/api/me/resume", token, RESUME) for token in applicants])
    run = f"{os.getpid()}-{time.time_ns()}"
    made = await each(
        lines,
        [
            lines.request("POST", "/api/jobs", employer, {**POST, "org_id": org_id}, key=f"{run}-{number}")
            for number in range(posts)
        ],
    )
    return Scene(org_id, employer, applicants, [answer.json()["job_id"] for answer in made])


def plan(scene: Scene, *, per_s: float, seconds: float) -> list[Wish]:
    """Applications at random moments, no two of one person for one post."""
    dice = random.Random(SEED)
    pairs = [(person, job_id) for job_id in scene.job_ids for person in range(len(scene.applicants))]
    dice.shuffle(pairs)
    wishes, at = [], 0.0
    for person, job_id in pairs:
        at += dice.expovariate(per_s)
        if at > seconds:
            break
        wishes.append(Wish(at, person, job_id))
    return wishes


async def run(lines: HttpLines, scene: Scene, wishes: Sequence[Wish]) -> float:
    """Send each when it is due; seconds from the first due moment to the last answer."""
    requests = [
        lines.request(
            "POST", f"/api/jobs/{wish.job_id}/applications", scene.applicants[wish.applicant], {}, key=wish.job_id
        )
        for wish in wishes
    ]
    loop = asyncio.get_running_loop()
    began = loop.time() + 0.5

    async def send(wish: Wish, request: bytes) -> None:
        due = began + wish.due_s
        wish.late_ms = (loop.time() - due) * 1e3
        answer = await lines.send(request)
        wish.latency_ms = (loop.time() - due) * 1e3
        wish.status = answer.status
        if answer.status == 201:
            wish.application_id = answer.json()["application_id"]

    async with asyncio.TaskGroup() as group:
        for wish, request in zip(wishes, requests, strict=True):
            if (pause_s := began + wish.due_s - loop.time()) > 0:
                await asyncio.sleep(pause_s)
            group.create_task(send(wish, request))
    return loop.time() - began


async def compare(lines: HttpLines, scene: Scene, wishes: Sequence[Wish]) -> tuple[int, int, int]:
    """Acknowledged applications that are not there, applications that are there twice, and those that are there though
    they were not acknowledged."""
    lists = await each(lines, [lines.request("GET", "/api/me/applications", token) for token in scene.applicants])
    posts = await each(lines, [lines.request("GET", f"/api/orgs/{scene.org_id}/posts", scene.employer)])
    ours = set(scene.job_ids)
    kept = [
        (person, one["job_id"], one["application_id"])
        for person, answer in enumerate(lists)
        for one in answer.json()["applications"]
        if one["job_id"] in ours
    ]
    acknowledged = {wish.application_id for wish in wishes if wish.status == 201}
    ids = {application_id for _, _, application_id in kept}
    doubled = len(kept) - len({(person, job_id) for person, job_id, _ in kept})
    counted = sum(post["applications"] for post in posts[0].json()["posts"] if post["job_id"] in ours)
    return len(acknowledged - ids), max(doubled, counted - len(ids)), len(ids - acknowledged)


async def each(lines: HttpLines, requests: Sequence[bytes]) -> list[Answer]:
    """All answers, in the order of their requests; a few at a time. Raises: ValueError for one that is refused."""
    answers: list[Answer] = []
    for start in range(0, len(requests), AT_ONCE):
        answers += await asyncio.gather(*(lines.send(request) for request in requests[start : start + AT_ONCE]))
    for answer in answers:
        if answer.status >= 300:
            raise ValueError(f"the market refuses: {answer.status} {answer.body[:200].decode(errors='replace')}")
    return answers


def _parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="jishi loadtest apply", description=(__doc__ or "").split("\n\n")[0])
    demo_json = Path(os.environ.get("JISHI_DATA_DIR", ".jishi")) / "demo.json"
    parser.add_argument("--demo-json", default=str(demo_json), help="of the running demo (default: in JISHI_DATA_DIR)")
    parser.add_argument("--base-url", help="of the market (default: the demo's)")
    parser.add_argument("--per-s", type=float, default=250.0, help="applications that arrive each second")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    if options.per_s <= 0 or options.seconds <= 0:
        parser.error("--per-s and --seconds must be positive")
    return options


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
