"""The last parts of a room as a file: whole, from its own start, playable by what did not write it."""

from __future__ import annotations

import dataclasses
import io

import av
import pytest

from media import clip as clips
from media.clip import Recent
from media.part import Init, Part
from tests.picture_sources import FPS, film, scene

Items = list[Init | Part]


@pytest.fixture(scope="module")
def show() -> Items:
    """Eight seconds, a keyframe every two."""
    return film([scene()] * (8 * FPS))


def kept(items: Items, clip_us: int = clips.CLIP_US) -> Recent:
    recent = Recent(clip_us=clip_us)
    for item in items:
        recent.add(item)
    return recent


def test_a_clip_plays_with_picture_and_sound_from_its_start(show: Items) -> None:
    clip = kept(show).clip()
    assert clip is not None
    with av.open(io.BytesIO(clip.data), "r") as container:
        assert [stream.type for stream in container.streams] == ["video", "audio"]
        frames = list(container.decode(video=0))
    assert len(frames) == 8 * FPS
    assert frames[0].time == 0
    assert frames[-1].time == pytest.approx(8 - 1 / FPS, abs=0.01)
    with av.open(io.BytesIO(clip.data), "r") as container:
        sound = [frame.time or 0.0 for frame in container.decode(audio=0)]
    assert sound[0] < 0.3
    assert sound[-1] == pytest.approx(8, abs=0.3)
    assert clip.duration_us == pytest.approx(8_000_000, abs=300_000)


def test_only_the_last_of_it_is_kept_and_begins_with_a_keyframe(show: Items) -> None:
    clip = kept(show, clip_us=3_000_000).clip()
    assert clip is not None
    assert 3_000_000 <= clip.duration_us <= 5_200_000
    with av.open(io.BytesIO(clip.data), "r") as container:
        first = next(container.decode(video=0))
    assert first.key_frame
    assert first.time == 0


def test_sound_alone_is_a_clip_too(show: Items) -> None:
    recent = kept([item for item in show if item.track == "audio"], clip_us=2_000_000)
    clip = recent.clip()
    assert clip is not None
    assert 2_000_000 <= clip.duration_us <= 2_400_000
    with av.open(io.BytesIO(clip.data), "r") as container:
        assert [stream.type for stream in container.streams] == ["audio"]


def test_nothing_yet_is_no_clip(show: Items) -> None:
    assert Recent().clip() is None
    assert kept([item for item in show if isinstance(item, Init)]).clip() is None


def test_parts_that_are_known_or_belong_to_nothing_are_ignored(show: Items) -> None:
    recent = kept(show)
    parts = [item for item in show if isinstance(item, Part)]
    inits = [item for item in show if isinstance(item, Init)]
    assert not recent.add(parts[-1])
    assert not recent.add(inits[0])
    assert not recent.add(dataclasses.replace(parts[-1], init_id=5, sequence=9_999_999))
    assert not Recent().add(parts[0])


def test_a_new_configuration_begins_anew(show: Items) -> None:
    recent = kept(show)
    video = next(item for item in show if isinstance(item, Init) and item.track == "video")
    assert recent.add(dataclasses.replace(video, init_id=77))
    late = [item for item in show if isinstance(item, Part) and item.track == "video" and not item.keyframe]
    assert not recent.add(dataclasses.replace(late[0], init_id=77)), "no picture before a keyframe"


def test_what_is_kept_is_bounded(show: Items, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = kept(show).clip()
    assert whole is not None
    monkeypatch.setattr(clips, "BYTES_MAX", len(whole.data) // 2)
    clip = kept(show).clip()
    assert clip is not None
    assert len(clip.data) <= len(whole.data) // 2 + 4_000
    monkeypatch.setattr(clips, "BYTES_MAX", 1_000)
    least = kept(show).clip()
    assert least is None or len(least.data) < 3_000


def test_the_oldest_group_is_let_go_first_and_with_it_its_sound(show: Items) -> None:
    recent = kept(show)
    whole, bytes_before = recent.clip(), recent.kept_bytes
    assert whole is not None
    assert bytes_before == sum(len(item.data) for item in show if isinstance(item, Part))
    recent.shed()
    clip = recent.clip()
    assert clip is not None
    assert 0 < recent.kept_bytes < bytes_before
    assert clip.began_us == pytest.approx(whole.began_us + 2_000_000, abs=200_000)
    assert clip.duration_us == pytest.approx(6_000_000, abs=300_000)
    for _ in range(4):
        recent.shed()
    assert (recent.kept_bytes, recent.clip(), recent.has_picture) == (0, None, False)
    alone = kept([item for item in show if item.track == "audio"])
    alone.shed()
    assert (alone.kept_bytes, alone.clip()) == (0, None)
