"""Edge: the data folder: its parts, their modes, the lock that keeps a second node out, and its secrets.

Everything the node writes is below the data folder, and no mode outside it is ever changed. The one exception is a
folder for sockets when the data folder's path is too long for them; it is recorded in `run.path`.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import socket
import tempfile
from pathlib import Path

from server.errors import DataFolderInUse, EngineFailed, NodeError

SOCKET_PATH_BYTES_MAX = 107
"""`sun_path` of Linux is 108 bytes with its closing NUL. Source: unix(7)."""
SOCKET_NAME_BYTES_MAX = 24
"""The longest name of a socket of ours in the run folder; `.s.PGSQL.5432` has 13."""
UNFIT_CHARACTERS = ",'\"\\ \t\r\n"
"""A comma separates hosts in a PostgreSQL URL, and the engines' settings have their own ways with the others."""
SECRET_BYTES = 32


def prepare(data_dir: Path) -> None:
    """Make the data folder and its parts, for this user alone.

    Raises: NodeError where it can't be.
    """
    try:
        for folder in (data_dir, data_dir / "secrets", data_dir / "logs"):
            folder.mkdir(mode=0o700, parents=folder is data_dir, exist_ok=True)
            folder.chmod(0o700)
    except OSError as error:
        raise NodeError(f"the data folder {data_dir} can't be used (JISHI_DATA_DIR): {error}") from error


def run_folder(data_dir: Path) -> Path:
    """The folder for sockets, mode 0700: `run` in the data folder, or a short one elsewhere if its path is too long."""
    folder = data_dir / "run"
    record = data_dir / "run.path"
    if socket_path_fits(folder):
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
        return folder
    if record.exists():
        recorded = Path(record.read_text())
        if _is_ours(recorded):
            return recorded
    parent = os.environ.get("XDG_RUNTIME_DIR", "")
    if not parent or not os.access(parent, os.W_OK) or not socket_path_fits(Path(parent) / "jishi-xxxxxxxx"):
        parent = "/tmp"  # noqa: S108 - mkdtemp makes a folder of mode 0700 with an unguessable name
    made = Path(tempfile.mkdtemp(prefix="jishi-", dir=parent))
    record.write_text(str(made))
    return made


def recorded_run_folder(data_dir: Path) -> Path:
    """Where `run_folder` put the sockets of a node that may be running; makes nothing."""
    record = data_dir / "run.path"
    if not socket_path_fits(data_dir / "run") and record.exists():
        return Path(record.read_text())
    return data_dir / "run"


def socket_path_fits(folder: Path) -> bool:
    """Whether every socket of ours in this folder has a path that the kernel takes and that URLs and settings carry."""
    is_plain = not set(str(folder)) & set(UNFIT_CHARACTERS)
    return is_plain and len(os.fsencode(folder)) + 1 + SOCKET_NAME_BYTES_MAX <= SOCKET_PATH_BYTES_MAX


def _is_ours(folder: Path) -> bool:
    try:
        status = folder.lstat()
    except OSError:
        return False
    return folder.is_dir() and not folder.is_symlink() and status.st_uid == os.geteuid() and status.st_mode & 0o77 == 0


def lock(data_dir: Path) -> int:
    """Take the data folder for this process until the returned descriptor is closed or the process ends.

    Raises: DataFolderInUse.
    """
    descriptor = os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.read(descriptor, 32).decode().strip() or "unknown"
        os.close(descriptor)
        if error.errno not in (errno.EAGAIN, errno.EACCES):
            raise
        raise DataFolderInUse(
            f"another node (process {holder}) uses the data folder {data_dir}; stop it or set JISHI_DATA_DIR"
        ) from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    return descriptor


def secret(data_dir: Path, name: str) -> str:
    """A secret of this data folder, made the first time (URL-safe, 256 bits, mode 0600).

    Raises: EngineFailed when its file can be read by others or is empty.
    """
    path = data_dir / "secrets" / name
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return read_secret(data_dir, name)
    value = secrets.token_urlsafe(SECRET_BYTES)
    with os.fdopen(descriptor, "w") as file:
        file.write(value)
        file.flush()
        os.fsync(file.fileno())
    return value


def read_secret(data_dir: Path, name: str) -> str:
    """A secret that was made before.

    Raises: EngineFailed when there is none, or its file can be read by others or is empty.
    """
    path = data_dir / "secrets" / name
    try:
        status = path.stat()
        value = path.read_text().strip()
    except OSError as error:
        raise EngineFailed(f"{path} can't be read: {error.strerror}") from error
    if status.st_mode & 0o77:
        raise EngineFailed(f"{path} can be read by others (mode {status.st_mode & 0o777:o}): chmod 600 it")
    if not value:
        raise EngineFailed(f"{path} is empty: restore it from a backup")
    return value


def port_in_use(host: str, port: int) -> str | None:
    """Why nothing can listen on this port now, or None when it can."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return str(error.strerror or error)
    return None
