"""Edge: copies the browser's libraries from node_modules into server/web/vendor, as the import map names them.

The browser gets the packages' own files, unchanged: ES modules, except where a package comes as one file only for
scripts (`@msgpack/msgpack`, whose ES modules are fifteen). Nothing but the files it loads is copied.
Run by set-up after `npm ci`; safe to repeat.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
NODE_MODULES: Final = ROOT / "node_modules"
VENDOR: Final = ROOT / "server" / "web" / "vendor"

FILES: Final = {
    "preact/dist/preact.mjs": "preact/preact.mjs",
    "preact/hooks/dist/hooks.mjs": "preact/hooks.mjs",
    "htm/dist/htm.mjs": "htm/htm.mjs",
    "@preact/signals-core/dist/signals-core.mjs": "signals/signals-core.mjs",
    "@preact/signals/dist/signals.mjs": "signals/signals.mjs",
    "@msgpack/msgpack/dist.umd/msgpack.min.js": "msgpack/msgpack.min.js",
}

LICENCES: Final = ("preact", "htm", "@preact/signals", "@preact/signals-core", "@msgpack/msgpack")


def sources() -> dict[Path, Path]:
    """What is copied where."""
    copies = {NODE_MODULES / source: VENDOR / target for source, target in FILES.items()}
    for package in LICENCES:
        for path in sorted((NODE_MODULES / package).glob("LICENSE*")):
            copies[path] = VENDOR / "licences" / f"{package.strip('@').replace('/', '-')}.txt"
    return copies


def main() -> int:
    """Copy; 1 with one clear line when the packages are not installed."""
    copies = sources()
    missing = [path for path in copies if not path.is_file()]
    if missing:
        print(f"vendor_web: {missing[0]} is missing; run `npm ci` first", file=sys.stderr)
        return 1
    shutil.rmtree(VENDOR, ignore_errors=True)
    for source, target in copies.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
