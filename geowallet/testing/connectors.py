"""The kit that every connector passes, built in or not: one sample in, findings out.

A plugin author needs nothing else: ``assert check_connector(Mine(), sample) == ()``.
"""

from __future__ import annotations

import builtins
import io
import os
import random
import re
import socket
import subprocess
from contextlib import ExitStack
from typing import TYPE_CHECKING, NoReturn
from unittest import mock

import numpy as np

from geowallet.connectors.api import HEAD_BYTES, ReadOptions, ReadResult
from geowallet.model.errors import GeowalletError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from geowallet.connectors.api import Connector

MUTATIONS = 2_000
"""Damaged copies of the sample that are read."""
MAX_CUTS = 2_000
"""Every truncation of a small sample; evenly spread ones of a larger."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_COORDINATE = re.compile(r"\d[.,]\d{3}")
"""No sentence for people holds a number with three decimals, unless it is a coordinate."""


def check_connector(
    connector: Connector,
    sample: bytes,
    *,
    options: ReadOptions | None = None,
    mutations: int = MUTATIONS,
    seed: int = 1,
) -> tuple[str, ...]:
    """Return what is wrong with a connector, in sentences; empty if nothing is.

    It claims and reads the sample, gives the same twice, takes every truncation
    as a clean error or fewer fixes, raises nothing but `GeowalletError` on damaged
    bytes, repeats no coordinate in a problem or an error, and opens no file,
    socket or process.

    Args:
        connector: The one to check.
        sample: A small real file of its format, with at least one timed position.
        options: What the sample needs to be read, if anything.
        mutations: Number of damaged copies.
        seed: Of the damage, which is the same on every run.
    """
    options = options or ReadOptions()
    findings = [*_manners(connector, sample)]
    with _sealed():
        outcome = _outcome(connector, sample, options)
        if isinstance(outcome, str):
            return (*findings, f"the sample: {outcome}")
        if isinstance(outcome, GeowalletError):
            return (*findings, f"the sample is refused: {outcome.code}")
        findings += _shape(outcome)
        findings += _repeats(connector, sample, options, outcome)
        findings += _endures(connector, _cuts(sample), options, most=outcome.fix_count)
        findings += _endures(connector, _damaged(sample, mutations, seed), options, most=None)
    return tuple(dict.fromkeys(findings))


def _manners(connector: Connector, sample: bytes) -> Iterator[str]:
    if not _NAME.fullmatch(connector.name):
        yield "its name is not a short lower-case word"
    if any(not e.startswith(".") or e != e.lower() for e in connector.extensions):
        yield "an extension is not lower case with a dot"
    if connector.sniff(sample[:HEAD_BYTES]) is not True:
        yield "it does not claim the sample"
    if any(connector.sniff(other) is not False for other in (b"", b"\x00" * 16, b"hello\n")):
        yield "it claims what is not its format"


def _shape(result: ReadResult) -> Iterator[str]:
    if not result.fix_count:
        yield "the sample gives no fix"
    for trace in result.traces:
        with np.errstate(invalid="ignore"):
            below = np.any(trace.fixes.accuracy_m < 0) or np.any(trace.fixes.speed_mps < 0)
        if below:
            yield "an accuracy or speed is negative; unknown is NaN"
        if not len(trace.fixes):
            yield "a trace is empty"
    yield from _leaks(result)


def _repeats(
    connector: Connector, sample: bytes, options: ReadOptions, first: ReadResult
) -> Iterator[str]:
    again = _outcome(connector, sample, options)
    if not isinstance(again, ReadResult) or not _alike(first, again):
        yield "a second reading differs from the first"


def _alike(a: ReadResult, b: ReadResult) -> bool:
    return len(a.traces) == len(b.traces) and all(
        left.device == right.device
        and all(
            np.array_equal(x, y, equal_nan=x.dtype.kind == "f")
            for x, y in zip(left.fixes.columns(), right.fixes.columns(), strict=True)
        )
        for left, right in zip(a.traces, b.traces, strict=True)
    )


def _endures(
    connector: Connector,
    inputs: Iterable[tuple[str, bytes]],
    options: ReadOptions,
    *,
    most: int | None,
) -> Iterator[str]:
    for what, data in inputs:
        outcome = _outcome(connector, data, options)
        if isinstance(outcome, str):
            yield f"{what}: {outcome}"
        elif isinstance(outcome, GeowalletError):
            if _COORDINATE.search(str(outcome)):
                yield "an error repeats a coordinate"
        else:
            yield from _leaks(outcome)
            if most is not None and outcome.fix_count > most:
                yield f"{what}: more fixes than the whole sample"


def _leaks(result: ReadResult) -> Iterator[str]:
    if any(_COORDINATE.search(f"{problem.where} {problem.what}") for problem in result.problems):
        yield "a problem repeats a coordinate"


def _cuts(sample: bytes) -> Iterator[tuple[str, bytes]]:
    step = max(1, len(sample) // MAX_CUTS)
    for cut in range(0, len(sample), step):
        yield "a truncation", sample[:cut]


def _damaged(sample: bytes, mutations: int, seed: int) -> Iterator[tuple[str, bytes]]:
    chance = random.Random(seed)  # noqa: S311  reproducible damage, no secret
    for _ in range(mutations):
        data = bytearray(sample)
        for _ in range(chance.choice((1, 1, 1, 4, 16))):
            data[chance.randrange(len(data))] = chance.randrange(256)
        yield "a damaged copy", bytes(data)


def _outcome(
    connector: Connector, data: bytes, options: ReadOptions
) -> ReadResult | GeowalletError | str:
    """Return the result, the clean error, or a sentence about what should not happen."""
    try:
        result: object = connector.read(io.BytesIO(data), options)
    except GeowalletError as error:
        return error
    except Exception as error:  # noqa: BLE001  the code under test: anything can happen
        return f"raises {type(error).__name__}"
    return result if isinstance(result, ReadResult) else "returns something else than ReadResult"


class _ForbiddenError(Exception):
    """The connector reached out of its stream."""


def _forbidden(*_: object, **__: object) -> NoReturn:
    raise _ForbiddenError


def _sealed() -> ExitStack:
    """Return a context in which opening a file, socket or process raises."""
    stack = ExitStack()
    for owner, name in (
        (builtins, "open"),
        (io, "open"),
        (os, "open"),
        (os, "system"),
        (socket, "socket"),
        (subprocess, "Popen"),
    ):
        stack.enter_context(mock.patch.object(owner, name, _forbidden))
    return stack
