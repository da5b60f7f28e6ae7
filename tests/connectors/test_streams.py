from __future__ import annotations

import io
import tracemalloc

import pytest

from geowallet.connectors.streams import STEP_BYTES, rewound, take, whole
from geowallet.model.errors import TooLargeError


def test_a_small_source_takes_little_however_much_is_asked_for() -> None:
    stream = rewound(b"head ", io.BytesIO(b"and the rest"))
    tracemalloc.start()
    try:
        assert whole(stream) == b"head and the rest"
        assert tracemalloc.get_traced_memory()[1] < 5 * STEP_BYTES
    finally:
        tracemalloc.stop()


def test_many_steps_are_one_piece() -> None:
    data = bytes(range(256)) * 20_000
    assert take(io.BytesIO(data), STEP_BYTES * 3 + 7) == data[: STEP_BYTES * 3 + 7]
    assert take(io.BytesIO(data), len(data) + 1) == data
    with pytest.raises(TooLargeError):
        whole(io.BytesIO(data), most_bytes=len(data) - 1)
