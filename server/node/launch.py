"""Edge: the last step before a child's own program, run by path in a bare interpreter (`python -I -S launch.py …`).

It ties the child's life to the supervisor's (the kernel sends `signal` when the supervisor's thread that started it
dies), takes the identity asked for, and becomes the program. A program of its own, because between fork and exec of a
process with threads nothing but exec is safe, and because what it sets survives exec. Standard library only.

    launch.py PARENT_PID SIGNAL IDENTITY PROGRAM ARGUMENT…

IDENTITY is `self`, `namespace` (a user namespace in which this user is uid 1000: PostgreSQL refuses root, and there
it isn't root, while the files of the real root stay in its reach), or `UID:GID` (root gives up being root).
Exit code 126: the identity can't be taken; 127: the program can't be run.
"""

import ctypes
import os
import sys

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
NAMESPACE_ID = 1000


def _enter_namespace(libc: ctypes.CDLL) -> None:
    uid, gid = os.geteuid(), os.getegid()
    if libc.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "no user namespace may be made here")
    for name, line in (
        ("setgroups", "deny"),
        ("uid_map", f"{NAMESPACE_ID} {uid} 1"),
        ("gid_map", f"{NAMESPACE_ID} {gid} 1"),
    ):
        descriptor = os.open(f"/proc/self/{name}", os.O_WRONLY)
        try:
            os.write(descriptor, line.encode())
        finally:
            os.close(descriptor)


def _become(identity: str, libc: ctypes.CDLL) -> None:
    if identity == "namespace":
        _enter_namespace(libc)
    elif identity != "self":
        uid, gid = identity.split(":")
        os.setgroups([])
        os.setgid(int(gid))
        os.setuid(int(uid))


def main(argv: list[str]) -> int:
    """Tie, become, exec; comes back only with an exit code of failure."""
    parent_pid, signal_number, identity, *command = argv
    libc = ctypes.CDLL(None, use_errno=True)
    try:
        _become(identity, libc)
    except OSError as error:
        print(f"can't run as {identity}: {error}", file=sys.stderr)
        return 126
    # After the change of identity, which clears it; then look whether the parent died before it was set.
    libc.prctl(PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)
    if os.getppid() != int(parent_pid):
        return 0
    try:
        os.execv(command[0], command)  # noqa: S606
    except OSError as error:
        print(f"can't run {command[0]}: {error}", file=sys.stderr)
    return 127


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
