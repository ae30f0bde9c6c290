"""Core: codes in a picture, read by ZXing: those that a telephone's camera opens."""

from __future__ import annotations

import zxingcpp

from media.senses.pictures import Gray, gray_of, picture_of
from media.senses.wire import Job

_FORMATS = zxingcpp.BarcodeFormats(
    [
        zxingcpp.BarcodeFormat.QRCode,
        zxingcpp.BarcodeFormat.MicroQRCode,
        zxingcpp.BarcodeFormat.RMQRCode,
        zxingcpp.BarcodeFormat.DataMatrix,
        zxingcpp.BarcodeFormat.Aztec,
    ]
)
"""The stripes on a parcel or a carton of milk lead nowhere."""


class CodeReader:
    """Reads the codes in a keyframe."""

    def read(self, job: Job) -> list[str] | None:
        """The text of each code; None where there is no picture.

        Raises: av.FFmpegError, ValueError.
        """
        picture = picture_of(job.init, job.parts)
        return None if picture is None else codes_in(gray_of(picture))


def codes_in(gray: Gray) -> list[str]:
    """The text of each code in a picture, turned, mirrored or light on dark too."""
    found = zxingcpp.read_barcodes(gray, formats=_FORMATS, text_mode=zxingcpp.TextMode.Plain)
    return [code.text for code in found if code.valid]
