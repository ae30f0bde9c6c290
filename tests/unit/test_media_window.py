from __future__ import annotations

from media.part import Init, Part, Track
from media.window import Window


def init(track: Track, init_id: int = 1) -> Init:
    return Init(init_id, "source", track, "codec", 0, 0, 0, 0, b"init")


def part(track: Track, sequence: int, pts_ms: int, *, key: bool = False, init_id: int = 1, size: int = 10) -> Part:
    pts_us, keyframe = pts_ms * 1_000, key or track == "audio"
    return Part(init_id, "source", track, sequence, keyframe, pts_us, 200_000, 0, bytes(size))


def told(window: Window) -> list[str]:
    """Each item of the snapshot: "Vi" and "Ai" are inits, "V3" is video part 3."""
    return [f"{item.track[0].upper()}{'i' if isinstance(item, Init) else item.sequence}" for item in window.snapshot()]


def filled(window: Window, *, keyframes: tuple[int, ...], until: int) -> Window:
    window.add(init("video"))
    window.add(init("audio"))
    for n in range(until):
        window.add(part("audio", n, 200 * n))
        window.add(part("video", n, 200 * n, key=n in keyframes))
    return window


def test_a_joiner_begins_at_the_newest_keyframe_with_the_sound_from_there() -> None:
    window = filled(Window(), keyframes=(0, 3), until=6)
    assert told(window) == ["Ai", "Vi", "A3", "V3", "A4", "V4", "A5", "V5"]


def test_before_any_keyframe_there_is_sound_only_and_not_much_of_it() -> None:
    window = filled(Window(), keyframes=(), until=30)
    assert told(window) == ["Ai", "Vi", *(f"A{n}" for n in range(20, 30))]


def test_duplicates_are_ignored_and_gaps_allowed() -> None:
    window = filled(Window(), keyframes=(0,), until=2)
    assert window.add(part("video", 1, 200)) is False
    assert window.add(part("video", 5, 1_000)) is True
    assert window.add(init("video")) is False
    assert told(window) == ["Ai", "Vi", "A0", "V0", "A1", "V1", "V5"]


def test_a_new_init_empties_its_track_alone() -> None:
    window = filled(Window(), keyframes=(0,), until=2)
    assert window.add(init("video", 2))
    assert told(window) == ["Ai", "Vi", "A0", "A1"]
    assert window.add(part("video", 2, 400, key=True)) is False, "of the init before"
    assert window.add(part("video", 0, 400, key=True, init_id=2)), "sequences may start again under a new init"
    assert told(window) == ["Ai", "Vi", "V0"]


def test_a_group_that_outgrows_the_time_is_given_up_until_the_next_keyframe() -> None:
    window = filled(Window(duration_us_max=1_000_000), keyframes=(0,), until=6)
    assert [name for name in told(window) if name.startswith("V")] == ["Vi"]
    window.add(part("video", 6, 1_200))
    assert [name for name in told(window) if name.startswith("V")] == ["Vi"]
    window.add(part("video", 7, 1_400, key=True))
    assert [name for name in told(window) if name.startswith("V")] == ["Vi", "V7"]


def test_bytes_are_bounded() -> None:
    window = Window(bytes_max=100)
    window.add(init("video"))
    window.add(init("audio"))
    for n in range(50):
        window.add(part("video", n, 200 * n, key=n == 0, size=30))
        window.add(part("audio", n, 200 * n, size=30))
        assert window.kept_bytes <= 200
    assert window.kept_bytes == sum(len(item.data) for item in window.snapshot() if isinstance(item, Part))


def test_a_snapshot_leaves_the_window_as_it_is() -> None:
    window = filled(Window(), keyframes=(0,), until=3)
    assert window.snapshot() == window.snapshot()


def test_what_is_forgotten_are_the_parts_alone() -> None:
    window = filled(Window(), keyframes=(0,), until=3)
    window.forget_parts()
    assert told(window) == ["Ai", "Vi"]
    assert window.kept_bytes == 0
    assert window.add(part("video", 2, 400)) is False, "seen before"
    assert window.add(part("video", 3, 600, key=True)) is True, "without its init coming again"
    assert told(window) == ["Ai", "Vi", "V3"]
