"""What a process knows stays out of core files, and out of reach of debuggers."""

from __future__ import annotations

import resource
import sys

from geowallet.evaluator.kernel import PR_GET_DUMPABLE, PR_SET_DUMPABLE, Libc


def forbid_dumps() -> bool:
    """Let this process leave no core file; return whether the kernel agreed.

    The limit alone is not enough where the kernel hands core files to a program. Where
    it knows no such switch (not Linux), the limit is all there is.

    Source:
        core(5), "Piping core dumps to a program"; prctl(2), PR_SET_DUMPABLE.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform != "linux":
        return False
    kernel = Libc()
    kernel.prctl(PR_SET_DUMPABLE, 0)
    return kernel.prctl(PR_GET_DUMPABLE, 0) == 0
