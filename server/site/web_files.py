"""Edge: the browser's files, read from their folder once and kept in memory, compressed where that makes them smaller.

What lies open is decided here: files of a few folders, by plain names, nothing that a link leads out of the folder to.
The style sheets of a page joined, in the order in which the shell names them, are one more file each.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDERS: Final = ("app", "styles", "vendor", "images", "fonts")
FILES: Final = ("icon.svg",)
"""What lies open below /assets/: nothing else of the folder is served."""

CONTENT_TYPES: Final[Mapping[str, str]] = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
OTHER_CONTENT_TYPE: Final = "application/octet-stream"

COMPRESSED_SHARE_MAX: Final = 0.9
"""Compressed to more than this share of itself, a file is sent as it is."""

_segment = re.compile(r"[A-Za-z0-9_@-][A-Za-z0-9._@-]*")


@dataclass(frozen=True, slots=True)
class WebFile:
    """One file as it is answered: its bytes, the same gzipped if that is worth it, and a tag of its content."""

    content_type: str
    body: bytes
    gzipped: bytes | None
    tag: str


def web_file(content_type: str, body: bytes) -> WebFile:
    """A file ready to be sent."""
    gzipped = gzip.compress(body, mtime=0)
    worth_it = len(gzipped) <= len(body) * COMPRESSED_SHARE_MAX
    return WebFile(content_type, body, gzipped if worth_it else None, hashlib.sha256(body).hexdigest()[:32])


def read_open_files(web_root: Path) -> dict[str, WebFile]:
    """Every file that lies open, by its path below /assets/."""
    return {
        name: web_file(CONTENT_TYPES.get(path.suffix, OTHER_CONTENT_TYPE), path.read_bytes())
        for name, path in _open_paths(web_root.resolve())
    }


def joined(files: Mapping[str, WebFile], names: Iterable[str]) -> WebFile:
    """Style sheets as one, in this order."""
    return web_file(CONTENT_TYPES[".css"], b"\n".join(files[name].body for name in names))


def version_of(shell: bytes, files: Mapping[str, WebFile]) -> str:
    """A hash of everything a page is made of: 16 hexadecimal digits, the same wherever the same files are served."""
    digest = hashlib.sha256(shell)
    for name in sorted(files):
        digest.update(f"\n{name} {files[name].tag}".encode())
    return digest.hexdigest()[:16]


def _open_paths(web_root: Path) -> Iterator[tuple[str, Path]]:
    candidates = [web_root / name for name in FILES]
    for folder in FOLDERS:
        candidates += sorted((web_root / folder).rglob("*"))
    for path in candidates:
        segments = path.relative_to(web_root).parts
        if path.is_file() and path.resolve().is_relative_to(web_root) and all(map(_segment.fullmatch, segments)):
            yield "/".join(segments), path
