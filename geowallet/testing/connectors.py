"""The kit that every connector passes, built in or not: one sample in, findings out.

A plugin author needs nothing else: ``assert check_connector(Mine(), sample) == ()``.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import numpy as np

from geowallet.connectors.api import HEAD_BYTES, PartsConnector, ReadOptions, ReadResult
from geowallet.connectors.archives import open_members
from geowallet.model.errors import GeowalletError
from geowallet.model.words import N_, Phrase, phrase
from geowallet.testing import kit_inputs as inputs
from geowallet.testing.kit_memory import keeps_memory, most_bytes, peak_bytes
from geowallet.testing.kit_watch import watched

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

    from geowallet.connectors.api import Connector

MUTATIONS = 2_000
"""Damaged copies of the sample that are read."""
SEED = 1
"""Of the damage, which is the same on every run."""
REPEATS = 1_000
"""How often the sample is read to see what is left behind."""
MEASURED_EVERY = 20
"""Of the damaged copies, as measuring is slow."""

SAMPLE = N_("the sample")

_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_COORDINATE = re.compile(r"\d[.,]\d{3}")
"""No sentence for people holds a number with three decimals, unless it is a coordinate."""


def check_connector(
    connector: Connector,
    sample: bytes,
    *,
    options: ReadOptions | None = None,
    mutations: int = MUTATIONS,
    repeats: int = REPEATS,
) -> tuple[Phrase, ...]:
    """Return what is wrong with a connector, in sentences; empty if nothing is.

    It claims and reads the sample, gives the same twice, in parts, out of archives
    and from a stream that comes in drops; takes every truncation as a clean error
    or fewer fixes; raises nothing but `GeowalletError` on damaged bytes; repeats no
    coordinate in a problem or an error; needs no more memory for one reading than
    `most_bytes`, and keeps none of it; and opens no file, socket or process.

    Args:
        connector: The one to check.
        sample: A small real file of its format, with at least one timed position.
        options: What the sample needs to be read, if anything.
        mutations: Number of damaged copies.
        repeats: How often the sample is read to see what is left behind.
    """
    options = options or ReadOptions()
    with watched() as watch:
        findings = [*_manners(connector, sample)]
        outcome = _outcome(connector, sample, options, SAMPLE)
        if isinstance(outcome, ReadResult):
            findings += _qualities(connector, sample, options, outcome)
            cuts, damaged = inputs.cuts(sample), inputs.damaged(sample, mutations, SEED)
            findings += _endures(connector, cuts, options, most=outcome.fix_count)
            findings += _endures(connector, damaged, options, most=None)
            if keeps_memory(lambda: _read(connector, sample, options), repeats):
                findings.append(phrase(N_("it keeps memory of what it has read")))
        elif isinstance(outcome, GeowalletError):
            findings.append(phrase(N_("the sample is refused: {code}"), code=outcome.code))
        else:
            findings.append(outcome)
    if watch.reached:
        findings.append(phrase(N_("it reaches out of its stream: {event}"), event=watch.reached))
    return tuple(dict.fromkeys(findings))


def _manners(connector: Connector, sample: bytes) -> Iterator[Phrase]:
    if not _NAME.fullmatch(connector.name):
        yield phrase(N_("its name is not a short lower-case word"))
    if any(not e.startswith(".") or e != e.lower() for e in connector.extensions):
        yield phrase(N_("an extension is not lower case with a dot"))
    if connector.sniff(sample[:HEAD_BYTES]) is not True:
        yield phrase(N_("it does not claim the sample"))
    if any(connector.sniff(other) is not False for other in (b"", b"\x00" * 16, b"hello\n")):
        yield phrase(N_("it claims what is not its format"))


def _qualities(
    connector: Connector, sample: bytes, options: ReadOptions, first: ReadResult
) -> Iterator[Phrase]:
    """Yield what is wrong with the reading of the whole sample, in all the ways it is read."""
    yield from _shape(first)
    again = _outcome(connector, sample, options, SAMPLE)
    if not _is_alike(first, again):
        yield phrase(N_("a second reading differs from the first"))
    drops = _outcome(connector, inputs.Drops(sample), options, SAMPLE)
    if not _is_alike(first, drops):
        yield phrase(N_("a stream that comes in drops gives something else"))
    if isinstance(connector, PartsConnector):
        parts = _outcome(_Joining(connector), sample, options, SAMPLE)
        if not _is_alike(first, parts):
            yield phrase(N_("read_parts gives something else than read"))
    for name, packed in inputs.archives(sample):
        for member in open_members(name, io.BytesIO(packed)):
            unpacked = _outcome(connector, member.stream, options, SAMPLE)
            if not _is_alike(first, unpacked):
                text = N_("out of {archive} it gives something else")
                yield phrase(text, archive=name)
    if peak_bytes(lambda: _read(connector, sample, options)) > most_bytes(sample):
        yield _over(SAMPLE, sample)


def _shape(result: ReadResult) -> Iterator[Phrase]:
    if not result.fix_count:
        yield phrase(N_("the sample gives no fix"))
    for trace in result.traces:
        with np.errstate(invalid="ignore"):
            below = np.any(trace.fixes.accuracy_m < 0) or np.any(trace.fixes.speed_mps < 0)
        if below:
            yield phrase(N_("an accuracy or speed is negative; unknown is NaN"))
        if not len(trace.fixes):
            yield phrase(N_("a trace is empty"))
    yield from _leaks(result)


def _is_alike(a: ReadResult, b: object) -> bool:
    """Say whether two readings hold the same fixes, labels and number of problems."""
    return (
        isinstance(b, ReadResult)
        and (a.untimed, a.problem_count, a.labels) == (b.untimed, b.problem_count, b.labels)
        and len(a.traces) == len(b.traces)
        and all(
            left.device == right.device
            and all(
                np.array_equal(x, y, equal_nan=x.dtype.kind == "f")
                for x, y in zip(left.fixes.columns(), right.fixes.columns(), strict=True)
            )
            for left, right in zip(a.traces, b.traces, strict=True)
        )
    )


def _endures(
    connector: Connector,
    copies: Iterable[tuple[str, bytes]],
    options: ReadOptions,
    *,
    most: int | None,
) -> Iterator[Phrase]:
    for number, (what, data) in enumerate(copies):
        outcome = _outcome(connector, data, options, what)
        if isinstance(outcome, Phrase):
            yield outcome
        elif isinstance(outcome, GeowalletError):
            if _COORDINATE.search(str(outcome)):
                yield phrase(N_("an error repeats a coordinate"))
        else:
            yield from _leaks(outcome)
            if most is not None and outcome.fix_count > most:
                yield phrase(N_("{what}: more fixes than the whole sample"), what=what)
        measured = number % MEASURED_EVERY == 0
        if measured and _peak(connector, data, options) > most_bytes(data):
            yield _over(what, data)


def _peak(connector: Connector, data: bytes, options: ReadOptions) -> int:
    return peak_bytes(lambda: _outcome(connector, data, options, SAMPLE))


def _over(what: str, data: bytes) -> Phrase:
    text = N_("{what}: takes more than {mebibytes} MiB of memory")
    return phrase(text, what=what, mebibytes=most_bytes(data) >> 20)


def _leaks(result: ReadResult) -> Iterator[Phrase]:
    if any(_COORDINATE.search(f"{problem.where} {problem.what}") for problem in result.problems):
        yield phrase(N_("a problem repeats a coordinate"))


class _Joining:
    """A connector that reads in parts, as one that reads at once."""

    def __init__(self, connector: PartsConnector) -> None:
        self._connector = connector

    def read(self, stream: BinaryIO, options: ReadOptions) -> ReadResult:
        """Return all parts as one result."""
        return inputs.joined(self._connector.read_parts(stream, options))


def _outcome(
    connector: Connector | _Joining, data: bytes | BinaryIO, options: ReadOptions, what: str
) -> ReadResult | GeowalletError | Phrase:
    """Return the result, the clean error, or a sentence about what should not happen."""
    try:
        result: object = _read(connector, data, options)
    except GeowalletError as error:
        return error
    except Exception as error:  # noqa: BLE001  the code under test: anything can happen
        return phrase(N_("{what}: raises {kind}"), what=what, kind=type(error).__name__)
    if isinstance(result, ReadResult):
        return result
    return phrase(N_("{what}: returns something else than ReadResult"), what=what)


def _read(
    connector: Connector | _Joining, data: bytes | BinaryIO, options: ReadOptions
) -> ReadResult:
    return connector.read(io.BytesIO(data) if isinstance(data, bytes) else data, options)
