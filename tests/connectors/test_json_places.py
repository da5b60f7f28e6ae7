"""Any JSON in the place of any other: what damaged bytes rarely reach."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.connectors.api import ReadOptions, ReadResult
from geowallet.connectors.registry import by_name
from tests.connectors import samples_json as samples
from tests.connectors.samples_inline import refused

SAMPLES = [
    ("google_records", samples.RECORDS),
    ("google_semantic", samples.SEMANTIC),
    ("google_timeline", samples.ANDROID),
    ("google_timeline", samples.IPHONE),
    ("openpath", samples.OPENPATH),
    ("coachco2", samples.COACHCO2),
    ("arc", samples.ARC),
    ("polarsteps", samples.POLARSTEPS),
]
ODD: list[Any] = [
    None, True, 0, -1, 3.5, 1e308, -1e308, 2**63, -(2**63), 2**64, 10**29, 10**300,
    "", "x", "inf", "nan", "1e308", "10" * 200, "\x00", "2026-03-02T07:30:00",
    "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "geo:1,2", "1\u00b0, 2\u00b0",
    1772436600, [], {}, [1], [[[]]], {"a": 1}, {"latLng": {"latLng": 1}},
]  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every value."""
    yield path
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from places(inner, (*path, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from places(inner, (*path, number))


def with_at(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    """Return ``value`` with ``odd`` at ``path``."""
    if not path:
        return odd
    *before, last = path
    holder = value
    for step in before:
        holder = holder[step]
    holder[last] = odd
    return value


class TestOddValues:
    """Promise: "one bad record costs one record"; whatever a value is, nothing is a crash."""

    @pytest.mark.parametrize(("name", "sample"), SAMPLES)
    @settings(max_examples=80)
    @given(data=st.data(), zone=st.sampled_from([None, "Europe/Paris"]))
    def test_are_a_problem_or_a_clean_refusal(
        self, name: str, sample: bytes, data: st.DataObject, zone: str | None
    ) -> None:
        path = data.draw(st.sampled_from(list(places(json.loads(sample)))))
        odd = data.draw(st.sampled_from(ODD))
        value = json.dumps(with_at(json.loads(sample), path, odd)).encode()

        def read() -> ReadResult:
            result = by_name(name).read(io.BytesIO(value), ReadOptions(zone=zone))
            msgspec.msgpack.encode(result.labels)  # as the wallet stores them
            return result

        refused(read)
