"""What the allocator of the C library does with memory that is freed."""

from __future__ import annotations

from functools import cache

import numpy as np

KEPT_BYTES = 16 << 20
"""Arrays up to this size are cut from memory that the process keeps."""


@cache
def keep_memory() -> None:
    """Return nothing; let what large arrays leave behind serve the next ones.

    Memory of more than 128 kB goes back to the system as soon as it is freed, and every page
    of the next array has to be asked for and emptied anew. The C library of Linux learns from
    the largest that is freed how much to keep: so one is, untouched, which costs nothing.
    Elsewhere nothing changes.

    Source:
        mallopt(3), M_MMAP_THRESHOLD: "dynamic mmap threshold".
    """
    np.empty(KEPT_BYTES, dtype=np.uint8)
