"""Core: the base of every failure that the package `media` raises; leaves live beside what raises them.

MediaError
└── RtmpError        media/rtmp/errors.py
"""


class MediaError(Exception):
    """Something outside the program failed or sent what cannot be read."""
