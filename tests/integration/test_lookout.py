"""A live room with a code held into the picture: from the parts on the bus to the clip in a moderator's hands."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import hashlib
import io
import os
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import av
import numpy as np
import pytest

from media.part import Init, Part
from media.senses.codes import codes_in
from media.senses.pictures import gray_of
from media.senses.wire import Answer, Job
from moderation.filter import Filter
from server.bus.memory import MemoryBus
from server.database.database import Database
from server.live import topics
from server.live.media_frames import encode_media
from server.lookout import clips as clip_files
from server.lookout import filing, finds
from server.lookout import lookout as lookouts
from server.lookout.clips import WASTE_AFTER_S, ClipFolder
from server.lookout.lookout import Limits, Lookout
from tests.casework_scene import Scene, open_desk
from tests.picture_sources import FPS, film, scene
from tests.shipped_filter import rules_alone
from tests.waiting import eventually

CODE = "https://u.wechat.com/MAbc123"
PURSE = "wxp://f2f0abcdefghijk"
PATIENCE_S = 60.0


@dataclass
class Watched:
    """A desk, and a room that is watched for codes."""

    desk: Scene
    lookout: Lookout
    clips: ClipFolder
    folder: Path
    sequences: int = 0

    async def say_air(self, *, on_air: bool = True) -> None:
        air = topics.MediaAir(self.desk.room_id, on_air, 0, {})
        self.publish(topics.MEDIA_AIR, topics.encoder.encode(air))
        await asyncio.sleep(0)

    def publish(self, topic: str, payload: bytes) -> None:
        bus = self.desk.edge.services.bus
        assert isinstance(bus, MemoryBus)
        bus.publish(topic, payload)

    async def show(self, items: list[Init | Part]) -> None:
        """Send parts as the media worker does, received now, later than all before."""
        await self.say_air()
        for item in items:
            if isinstance(item, Part):
                shift = self.sequences
                item = dataclasses.replace(
                    item,
                    sequence=item.sequence + shift,
                    pts_us=item.pts_us + shift * 1_000_000,
                    wall_us=time.time_ns() // 1_000,
                )
            self.publish(topics.media(self.desk.room_id), encode_media(item))
            await asyncio.sleep(0)
        self.sequences += 1_000

    def counted(self, name: str) -> float:
        told = {**self.lookout.figures(), **{each: value for each, _, value in self.lookout.labelled()}}
        return told[name]

    async def until_looked(self, count: int) -> None:
        await eventually(lambda: self.counted("jishi_watch_looked_total") >= count, timeout_s=PATIENCE_S)

    async def clip_of(self, case: dict[str, Any], who: str = "moderator") -> tuple[int, bytes, str]:
        url = f"{self.desk.edge.base_url}/api/moderation/cases/{case['case_id']}/clip"
        headers = {"Authorization": f"Bearer {self.desk.tokens[who]}"}
        async with self.desk.edge.http.get(url, headers=headers) as answer:
            return answer.status, await answer.read(), answer.headers["Content-Type"]


@pytest.fixture(scope="module")
def seen() -> list[Init | Part]:
    """Two seconds of nothing, then four with a code."""
    return film([scene()] * (2 * FPS) + [scene(CODE)] * (4 * FPS))


@pytest.fixture(autouse=True)
def clips_stay_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookouts, "CLIP_AFTER_S", 3_600.0)


@pytest.fixture
async def watched(database: Database, tmp_path: Path) -> AsyncIterator[Watched]:
    clips = ClipFolder(tmp_path)
    async with open_desk(database, clips=clips) as desk:
        bus = MemoryBus(desk.exchange)

        async def count_viewers(room_id: UUID) -> int:
            return 7

        lookout = Lookout(
            ["qr"],
            bus=bus,
            database=database,
            decide_text=Filter(rules_alone()).decide,
            fetch_room=desk.edge.services.rooms.room_by_id,
            count_viewers=count_viewers,
            clips=clips,
            limits=Limits(own_hosts=["market.example"], clips_days_max=30, clips_bytes_max=1 << 30),
        )
        serving = asyncio.get_running_loop().create_task(lookout.serve(), name="lookout")
        try:
            await asyncio.sleep(0)
            yield Watched(desk, lookout, clips, tmp_path / "clips")
        finally:
            serving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await serving
            await bus.stop()


async def only_case(watched: Watched) -> dict[str, Any]:
    await eventually(lambda: watched.lookout.cases >= 1, timeout_s=PATIENCE_S)
    (case,) = await watched.desk.queue()
    return case


async def test_a_code_in_the_picture_becomes_a_case_with_a_clip_that_shows_it(
    watched: Watched, seen: list[Init | Part]
) -> None:
    await watched.show(seen)
    case = await only_case(watched)
    assert (case["kind"], case["action"], case["text"], case["audience"]) == ("moment", "flag", CODE, 7)
    assert [rule["id"] for rule in case["rules"]] == ["QR002"]
    assert case["subject"]["display_name"] == "Host"
    assert case["clip"]["channel"] == "qr"
    assert 0 < watched.counted("jishi_watch_behind_s") < PATIENCE_S
    assert watched.counted("jishi_watch_room_cpu_s") > 0

    status, data, media_type = await watched.clip_of(case)
    assert (status, media_type) == (200, "video/mp4")
    assert hashlib.sha256(data).hexdigest() == case["clip"]["sha256"]
    assert len(data) == case["clip"]["bytes"]
    with av.open(io.BytesIO(data), "r") as container:
        assert {stream.type for stream in container.streams} == {"video", "audio"}
        pictures = list(container.decode(video=0))
    assert codes_in(np.ascontiguousarray(gray_of(pictures[-1]))) == [CODE]
    assert codes_in(np.ascontiguousarray(gray_of(pictures[0]))) == []

    for who in ("host", "viewer"):
        assert (await watched.clip_of(case, who))[0] == 403
    assert (await watched.desk.edge.call("GET", f"/api/moderation/cases/{case['case_id']}/clip")).status == 401
    (path,) = watched.folder.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert watched.folder.stat().st_mode & 0o777 == 0o700


async def test_a_clip_goes_on_after_its_moment(
    watched: Watched, seen: list[Init | Part], monkeypatch: pytest.MonkeyPatch
) -> None:
    at_keyframe = next(place for place, item in enumerate(seen) if isinstance(item, Part) and item.pts_us >= 2_200_000)
    await watched.show(seen[:at_keyframe])
    first = await only_case(watched)
    watched.sequences = 0
    await watched.show(seen)
    monkeypatch.setattr(lookouts, "CLIP_AFTER_S", 0.0)
    (path,) = watched.folder.iterdir()
    await watched.lookout._lengthen(
        watched.desk.room_id, filing.Filed(UUID(first["case_id"]), True, UUID(path.stem)), "qr"
    )
    (case,) = await watched.desk.queue()
    assert case["clip"]["duration_ms"] >= first["clip"]["duration_ms"] + 3_000
    status, data, _ = await watched.clip_of(case)
    assert (status, len(data)) == (200, case["clip"]["bytes"])
    assert hashlib.sha256(data).hexdigest() == case["clip"]["sha256"] != first["clip"]["sha256"]
    (longer,) = watched.folder.iterdir()
    assert longer != path, "the shorter one is gone"
    await watched.lookout._lengthen(
        watched.desk.room_id, filing.Filed(UUID(first["case_id"]), True, UUID(path.stem)), "qr"
    )
    assert list(watched.folder.iterdir()) == [longer], "only the clip that one gave is replaced"

    await prune(watched, now=datetime.now(UTC) + timedelta(days=31))
    gone = filing.Filed(UUID(first["case_id"]), True, UUID(longer.stem))
    await watched.lookout._lengthen(watched.desk.room_id, gone, "qr")
    assert (await watched.clip_of(case))[0] == 404, "what was dropped does not come back"


async def test_a_moment_that_is_shown_again_while_its_case_is_open_keeps_its_first_clip(
    watched: Watched, seen: list[Init | Part], monkeypatch: pytest.MonkeyPatch
) -> None:
    await watched.show(seen)
    first = await only_case(watched)
    monkeypatch.setattr(lookouts, "CLIP_AFTER_S", 0.0)
    monkeypatch.setattr(filing, "SAME_WITHIN_S", -60.0)  # as if a day had gone by
    monkeypatch.setattr(finds, "SAME_WITHIN_S", -60.0)
    filed = asyncio.Event()
    file_find, waiting = filing.file_find, len(watched.lookout._tasks)

    async def and_say_so(*given: Any, **named: Any) -> Any:
        try:
            return await file_find(*given, **named)
        finally:
            filed.set()

    monkeypatch.setattr(lookouts, "file_find", and_say_so)
    await watched.show(film([scene(CODE)] * FPS))
    await asyncio.wait_for(filed.wait(), PATIENCE_S)
    await asyncio.sleep(0)
    await eventually(lambda: len(watched.lookout._tasks) == waiting, timeout_s=PATIENCE_S)
    (case,) = await watched.desk.queue()
    assert case["case_id"] == first["case_id"]
    assert case["clip"]["sha256"] == first["clip"]["sha256"]
    assert (await watched.clip_of(case))[0] == 200
    assert watched.lookout.cases == 1, "nothing new was opened"


async def test_what_the_database_says_of_its_trouble_is_not_logged(
    watched: Watched, seen: list[Init | Part], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def refuse(*_: Any, **__: Any) -> None:
        trouble = asyncpg.PostgresError.new({"C": "23514", "M": "refused", "D": f"Failing row contains ({CODE})."})
        raise trouble

    monkeypatch.setattr(lookouts, "file_find", refuse)
    await watched.show(seen)
    await eventually(lambda: "can't be told" in caplog.text, timeout_s=PATIENCE_S)
    assert CODE not in caplog.text
    assert "23514" in caplog.text


async def test_nothing_is_taken_off_the_screen_and_the_host_is_told_only_of_a_decision(
    watched: Watched, seen: list[Init | Part]
) -> None:
    await watched.show(seen)
    case = await only_case(watched)
    assert case["on_screen"]
    assert await watched.desk.told("host") == []
    decided = await watched.desk.decide(case["case_id"], "remove", reason="引流")
    assert decided.status == 200
    assert decided.body["clip"] is not None
    assert await watched.desk.told("host") == ["moment_upheld"]
    (notice,) = await watched.desk.notices("host")
    assert notice["facts"]["rules"][0]["id"] == "QR002"
    undone = await watched.desk.undo(decided.body["actions"][0]["action_id"])
    assert undone.status == 200
    assert [case["state"] for case in await watched.desk.queue()] == ["open"]


async def test_the_same_code_in_a_room_is_one_case_even_once_it_was_decided(
    watched: Watched, seen: list[Init | Part]
) -> None:
    await watched.show(seen)
    case = await only_case(watched)
    await watched.desk.decide(case["case_id"], "approve")
    looked = watched.counted("jishi_watch_looked_total")
    await watched.show(seen)
    await watched.until_looked(int(looked) + 1)
    await watched.show(film([scene(PURSE)] * FPS))
    await eventually(lambda: watched.lookout.cases == 2, timeout_s=PATIENCE_S)
    (other,) = await watched.desk.queue()
    assert (other["text"], other["rules"][0]["id"]) == (PURSE, "QR001")

    again = Lookout(  # another process, which remembers nothing
        ["qr"],
        bus=MemoryBus(watched.desk.exchange),
        database=watched.desk.database,
        decide_text=Filter(rules_alone()).decide,
        fetch_room=watched.desk.edge.services.rooms.room_by_id,
        count_viewers=lambda room_id: asyncio.sleep(0, 0),
        clips=watched.clips,
        limits=Limits(clips_days_max=30, clips_bytes_max=1 << 30),
    )
    serving = asyncio.get_running_loop().create_task(again.serve())
    await asyncio.sleep(0)
    await watched.show(seen)
    found = {"channel": "qr"}
    await eventually(
        lambda: any(
            name == "jishi_watch_found_total" and value and labels == found for name, labels, value in again.labelled()
        ),
        timeout_s=PATIENCE_S,
    )
    await watched.desk.queue()
    assert again.cases == 0
    serving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await serving
    assert len(list(watched.folder.iterdir())) == 2


async def test_a_code_that_leads_here_is_nobodys_case(watched: Watched) -> None:
    await watched.show(film([scene("https://market.example/rooms/stall")] * FPS))
    await watched.until_looked(1)
    assert watched.counted("jishi_watch_found_total") == 0
    assert await watched.desk.queue() == []


async def test_a_room_off_the_air_is_watched_no_more(watched: Watched, seen: list[Init | Part]) -> None:
    await watched.say_air()
    assert watched.counted("jishi_watch_rooms") == 1
    await watched.say_air(on_air=False)
    assert watched.counted("jishi_watch_rooms") == 0
    for item in seen:
        watched.publish(topics.media(watched.desk.room_id), encode_media(item))
    await asyncio.sleep(0)
    assert watched.counted("jishi_watch_looked_total") == 0


async def test_while_one_picture_is_read_only_the_newest_waits(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    sense, go_on = watched.lookout._readings["qr"].sense, asyncio.Event()
    ask = sense.ask

    async def slowly(job: Job) -> Answer | None:
        await go_on.wait()
        return await ask(job)

    monkeypatch.setattr(sense, "ask", slowly)
    await watched.show(film([scene()] * (29 * FPS) + [scene(CODE)] * FPS, keyframe_every=FPS, sound=False))
    assert watched.counted("jishi_watch_dropped_total") == 28
    go_on.set()
    case = await only_case(watched)
    assert case["text"] == CODE, "the newest was read"
    assert watched.counted("jishi_watch_looked_total") == 2
    assert watched.counted("jishi_watch_dropped_total") == 28


# ---- How long clips are kept -----------------------------------------------------------------------------------------


async def prune(watched: Watched, **limits: Any) -> None:
    kept: dict[str, Any] = {"now": datetime.now(UTC), "days_max": 30, "bytes_max": 1 << 30, **limits}
    await watched.clips.prune(watched.desk.database, **kept)


def make_old(folder: Path) -> None:
    for path in folder.iterdir():
        os.utime(path, (0, time.time() - 2 * WASTE_AFTER_S))


async def test_a_clip_goes_by_age_and_by_size_and_its_case_stays(watched: Watched, seen: list[Init | Part]) -> None:
    await watched.show(seen)
    case = await only_case(watched)
    make_old(watched.folder)
    await prune(watched)
    assert (await watched.clip_of(case))[0] == 200
    await prune(watched, now=datetime.now(UTC) + timedelta(days=31))
    assert (await watched.clip_of(case))[0] == 404
    assert list(watched.folder.iterdir()) == []
    (same,) = await watched.desk.queue()
    assert (same["case_id"], same["clip"]) == (case["case_id"], None)

    await watched.show(film([scene(PURSE)] * FPS))
    await eventually(lambda: watched.lookout.cases == 2, timeout_s=PATIENCE_S)
    make_old(watched.folder)
    await prune(watched, bytes_max=1_000)
    assert list(watched.folder.iterdir()) == []


async def test_decided_cases_lose_their_clips_first(watched: Watched, seen: list[Init | Part]) -> None:
    await watched.show(seen)
    first = await only_case(watched)
    await watched.show(film([scene(PURSE)] * FPS))
    await eventually(lambda: watched.lookout.cases == 2, timeout_s=PATIENCE_S)
    (second,) = [case for case in await watched.desk.queue() if case["case_id"] != first["case_id"]]
    await watched.desk.decide(second["case_id"], "approve")
    await prune(watched, bytes_max=first["clip"]["bytes"])
    assert (await watched.clip_of(first))[0] == 200
    assert (await watched.clip_of(second))[0] == 404


async def test_a_clip_that_was_changed_is_no_evidence(watched: Watched, seen: list[Init | Part]) -> None:
    await watched.show(seen)
    case = await only_case(watched)
    (path,) = watched.folder.iterdir()
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    assert (await watched.clip_of(case))[0] == 404


async def test_files_without_a_row_are_waste_once_they_are_old(watched: Watched) -> None:
    watched.folder.mkdir()
    (watched.folder / "0198d2f4-0000-7000-8000-000000000001.mp4").write_bytes(b"x")
    (watched.folder / "0198d2f4-0000-7000-8000-000000000002.part").write_bytes(b"x")
    await prune(watched)
    assert len(list(watched.folder.iterdir())) == 2
    make_old(watched.folder)
    await prune(watched)
    assert list(watched.folder.iterdir()) == []


async def test_files_that_are_not_ours_stay_and_stop_nothing(watched: Watched) -> None:
    (watched.folder / "a folder").mkdir(parents=True)
    others = ["evidence copy.mp4", "notes.txt", "0198D2F4000070008000000000000003.mp4"]
    for name in others:
        (watched.folder / name).write_bytes(b"x")
    (watched.folder / "gone.mp4").symlink_to(watched.folder / "nowhere")
    (watched.folder / "0198d2f4-0000-7000-8000-000000000001.mp4").write_bytes(b"x")
    (watched.folder / "0198d2f4-0000-7000-8000-000000000002.mp4").symlink_to(watched.folder / "nowhere")
    for path in watched.folder.iterdir():
        if path.exists():
            os.utime(path, (0, time.time() - 2 * WASTE_AFTER_S))
    await prune(watched)
    assert {path.name for path in watched.folder.iterdir()} >= {"a folder", *others}
    assert not (watched.folder / "0198d2f4-0000-7000-8000-000000000001.mp4").exists()


async def test_the_clips_of_another_node_count_for_its_own_bound(
    watched: Watched, seen: list[Init | Part], tmp_path: Path
) -> None:
    await watched.show(seen)
    case = await only_case(watched)
    other_dir = tmp_path / "other"
    other_dir.mkdir()
    await ClipFolder(other_dir).prune(watched.desk.database, now=datetime.now(UTC), days_max=30, bytes_max=1_000)
    assert (await watched.clip_of(case))[0] == 200


async def test_a_clip_is_hashed_beside_the_loop(
    watched: Watched, seen: list[Init | Part], monkeypatch: pytest.MonkeyPatch
) -> None:
    await watched.show(seen)
    case = await only_case(watched)
    hashed_by: list[threading.Thread] = []
    real = hashlib.sha256

    def sha256(data: bytes) -> Any:
        hashed_by.append(threading.current_thread())
        return real(data)

    monkeypatch.setattr(clip_files, "sha256", sha256)
    assert (await watched.clip_of(case))[0] == 200
    assert hashed_by
    assert threading.main_thread() not in hashed_by


async def test_whoever_is_erased_is_in_no_clip(watched: Watched, seen: list[Init | Part]) -> None:
    await watched.show(seen)
    case = await only_case(watched)
    async with watched.desk.database.transaction(platform=True) as connection:
        await connection.execute("SELECT moderation.forget_person($1)", watched.desk.ids["host"])
    assert (await watched.clip_of(case))[0] == 404
    make_old(watched.folder)
    await prune(watched)
    assert list(watched.folder.iterdir()) == []
