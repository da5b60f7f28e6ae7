"""Locks the running process down, layer by layer, and tries each layer at once.

Each layer alone leaves something open: limits stop no signal, Landlock no UDP,
a network namespace no file. Together they leave reading standard input,
computing, and writing standard output. Nothing here can be undone.
"""

from __future__ import annotations

import ctypes
import errno
import os
import resource
from typing import TYPE_CHECKING

from geowallet.evaluator import landlock, seccomp
from geowallet.evaluator.kernel import (
    CLONE_NEWNET,
    CLONE_NEWUSER,
    PR_GET_DUMPABLE,
    PR_GET_NO_NEW_PRIVS,
    PR_SET_DUMPABLE,
    PR_SET_NO_NEW_PRIVS,
)
from geowallet.evaluator.layers import LayerName

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from geowallet.evaluator.kernel import Kernel
    from geowallet.evaluator.limits import Limits


def lock_down(
    limits: Limits, kernel: Kernel, *, layers: Collection[LayerName] = tuple(LayerName)
) -> dict[str, int]:
    """Return what each of the layers is worth, after closing and trying it.

    Zero means that it does not hold; a positive number that it does, for
    Landlock its version. Every import must have been made before.
    """
    steps: dict[LayerName, Callable[[], int]] = {
        LayerName.NETWORK: lambda: leave_network(kernel),
        LayerName.PRIVILEGES: lambda: renounce_privileges(kernel),
        LayerName.DUMP: lambda: forbid_dumps(kernel),
        LayerName.LANDLOCK: lambda: shut_files(kernel),
        LayerName.LIMITS: lambda: set_limits(limits),
        LayerName.SECCOMP: lambda: filter_calls(kernel),
    }
    return {name.value: int(step()) if name in layers else 0 for name, step in steps.items()}


def leave_network(kernel: Kernel) -> bool:
    """Move to a network of this process alone, with nobody in it; say whether it was permitted.

    Many systems forbid user namespaces, and the other layers do not need it.
    """
    return kernel.unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0


def renounce_privileges(kernel: Kernel) -> bool:
    """Give up gaining rights through setuid programs; say whether that holds."""
    kernel.prctl(PR_SET_NO_NEW_PRIVS, 1)
    return kernel.prctl(PR_GET_NO_NEW_PRIVS, 0) == 1


def forbid_dumps(kernel: Kernel) -> bool:
    """Keep the memory out of core files and other processes; say whether that holds."""
    kernel.prctl(PR_SET_DUMPABLE, 0)
    return kernel.prctl(PR_GET_DUMPABLE, 0) == 0


def shut_files(kernel: Kernel) -> int:
    """Close the file system by Landlock; return its version, 0 where it does not hold."""
    abi = landlock.supported_abi(kernel)
    if abi == 0 or not landlock.restrict(kernel, abi):
        return 0
    return abi if _refused(errno.EACCES) else 0


def set_limits(limits: Limits) -> bool:
    """Bound memory, processor time and descriptors; say whether the bounds hold.

    No descriptor can be had any more, so neither a file nor a socket.
    """
    for kind, soft_wanted, hard_wanted in (
        (resource.RLIMIT_AS, limits.memory_bytes, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.seconds, limits.seconds + 1),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_NPROC, 0, 0),
        (resource.RLIMIT_NOFILE, 0, 0),
    ):
        soft, hard = soft_wanted, hard_wanted
        ceiling = resource.getrlimit(kind)[1]
        if ceiling != resource.RLIM_INFINITY:  # a lower one stands already, and stays
            soft, hard = min(soft, ceiling), min(hard, ceiling)
        resource.setrlimit(kind, (soft, hard))
    return _refused(errno.EMFILE)


def filter_calls(kernel: Kernel) -> bool:
    """Refuse every system call that a calculation does not need; say whether that holds."""
    architecture = seccomp.architecture_of(
        os.uname().machine, pointer_bytes=ctypes.sizeof(ctypes.c_void_p)
    )
    if architecture is None or not seccomp.install(kernel, architecture):
        return False
    return os.getppid() < 0  # harmless, never fails, and not on the list


def _refused(reason: int) -> bool:
    """Say whether opening a file that everybody may open fails for ``reason`` (an errno)."""
    try:
        descriptor = os.open("/", os.O_RDONLY)
    except OSError as error:
        return error.errno == reason
    os.close(descriptor)
    return False
