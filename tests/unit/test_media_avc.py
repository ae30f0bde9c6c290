from __future__ import annotations

import struct

import pytest

from media.avc import NAL_UNITS_MAX, AccessUnit, Sps, parse_avcc, parse_sps, scan_access_unit, with_parameter_sets
from media.errors import MalformedMedia
from tests.media_sources import PPS, SPS_640X360, SPS_1920X1080, avcc

# Written by x264: baseline; cropped to 1080 lines; 4:2:2; interlaced; 4:4:4 with scaling lists.
SETS = [
    (SPS_640X360.hex(), Sps(66, 192, 30, 640, 360, 40_000)),
    (SPS_1920X1080.hex(), Sps(66, 192, 40, 1920, 1080, 33_366)),
    ("677a001fbcb406c1ef37080000030008000003032078c195", Sps(122, 0, 31, 854, 480, 20_000)),
    ("674d401ef405a12684000003000400000300c87c50aa80", Sps(77, 64, 30, 720, 576, 40_000)),
    ("67f4001e919680a02ff89840000003004000000c83c58ba8", Sps(244, 0, 30, 640, 360, 40_000)),
]


def nal_units(*units: bytes) -> bytes:
    return b"".join(struct.pack(">I", len(unit)) + unit for unit in units)


@pytest.mark.parametrize(("text", "expected"), SETS)
def test_sps(text: str, expected: Sps) -> None:
    assert parse_sps(bytes.fromhex(text)) == expected


def test_a_cut_sps_is_refused_or_loses_its_hint_only() -> None:
    whole = parse_sps(SPS_640X360)
    for end in range(len(SPS_640X360)):
        try:
            cut = parse_sps(SPS_640X360[:end])
        except MalformedMedia:
            continue
        assert (cut.width, cut.height) == (whole.width, whole.height)


def test_configuration_record() -> None:
    config = parse_avcc(avcc())
    assert (config.codec, config.width, config.height, config.nal_length_bytes) == ("avc1.42c01e", 640, 360, 4)
    assert (config.sps, config.pps, config.frame_interval_us) == ((SPS_640X360,), (PPS,), 40_000)


@pytest.mark.parametrize(
    "record",
    [
        b"",
        avcc()[:7],
        b"\x00" + avcc()[1:],
        avcc()[:4] + b"\xfe" + avcc()[5:],
        avcc()[:5] + b"\xe0" + avcc()[6:],
        avcc()[:-1],
        avcc(pps=SPS_640X360),
        avcc()[:6] + b"\xff\xff" + avcc()[8:],
        avcc() + bytes(20_000),
    ],
)
def test_broken_records_are_refused(record: bytes) -> None:
    with pytest.raises(MalformedMedia):
        parse_avcc(record)


def test_access_units() -> None:
    assert scan_access_unit(nal_units(b"\x09\xf0", b"\x65IDR"), 4) == AccessUnit(True, True, (), ())
    assert scan_access_unit(nal_units(b"\x41P"), 4) == AccessUnit(False, True, (), ())
    assert scan_access_unit(nal_units(b"\x06SEI"), 4) == AccessUnit(False, False, (), ())
    repeated = scan_access_unit(nal_units(SPS_640X360, PPS, b"\x65IDR"), 4)
    assert repeated == AccessUnit(True, True, (SPS_640X360,), (PPS,))
    assert scan_access_unit(b"\x00\x02\x65I", 2).keyframe


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\x00\x00\x01\x65Annex B",
        nal_units(b"\x65IDR")[:-1],
        b"\x00\x00\x00\x00",
        nal_units(*[b"\x41"] * (NAL_UNITS_MAX + 1)),
    ],
)
def test_broken_access_units_are_refused(data: bytes) -> None:
    with pytest.raises(MalformedMedia):
        scan_access_unit(data, 4)


def test_repeated_parameter_sets_say_nothing_new() -> None:
    config = parse_avcc(avcc())
    assert with_parameter_sets(config, (SPS_640X360,), (PPS,)) is config
    assert with_parameter_sets(config, (), ()) is config


def test_new_parameter_sets_in_band_make_a_new_configuration() -> None:
    config = with_parameter_sets(parse_avcc(avcc()), (SPS_1920X1080,), ())
    assert (config.width, config.height, config.codec) == (1920, 1080, "avc1.42c028")
    assert config == parse_avcc(avcc(SPS_1920X1080))


def test_high_profiles_carry_their_chroma_format_in_the_record() -> None:
    sps = bytes.fromhex(SETS[2][0])
    assert with_parameter_sets(parse_avcc(avcc()), (sps,), ()).avcc.endswith(bytes((0xFE, 0xF8, 0xF8, 0)))
