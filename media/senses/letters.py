"""Core: words in a picture, read by PP-OCR (rapidocr-onnxruntime): found in a small copy, read in the picture itself.

A picture like the one that was read last of its room is not read again.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from rapidocr_onnxruntime import RapidOCR

from media.senses.pictures import Gray, colours_of, fields_of, gray_of, is_changed, picture_of
from media.senses.wire import Job

FIND_EDGE_PX: Final = 640
"""The longer edge of the copy in which words are looked for; letters of 12 px and more are found in it."""

SURE: Final = 0.6
"""What PP-OCR is less sure of is left out."""

ROOMS_REMEMBERED_MAX: Final = 1_000


class LetterReader:
    """Reads the words in a keyframe."""

    def __init__(self) -> None:
        self._ocr = RapidOCR(
            intra_op_num_threads=1,
            inter_op_num_threads=1,
            text_score=SURE,
            use_cls=False,
            det_limit_side_len=FIND_EDGE_PX,
            det_limit_type="max",
        )
        self._read: OrderedDict[str, Gray] = OrderedDict()

    def read(self, job: Job) -> list[str] | None:
        """All words, a line each; None where nothing else is to be seen than the last time.

        Raises: av.FFmpegError, ValueError.
        """
        picture = picture_of(job.init, job.parts)
        if picture is None:
            return None
        fields = fields_of(gray_of(picture))
        if not is_changed(self._read.get(job.room_id), fields):
            return None
        self._read[job.room_id] = fields
        self._read.move_to_end(job.room_id)
        if len(self._read) > ROOMS_REMEMBERED_MAX:
            self._read.popitem(last=False)
        found, _ = self._ocr(colours_of(picture))
        return ["\n".join(text for _, text, _ in found)] if found else []
