"""What a connector is: bytes in, traces and named problems out.

A connector never opens a path, a socket or the vault. It gets an open binary
stream and returns a value, so that a test can feed it eight bytes. A new format
is one new module with one such class, and its line in `registry.BUILTIN`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, Literal, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from geowallet.model.fixes import Fixes, TimeKind
    from geowallet.model.words import Phrase

HEAD_BYTES = 4096
"""What `Connector.sniff` sees of a source."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the source that is doubtful or did not become a fix.

    Attributes:
        where: A line, a point, a feature, a member; never a coordinate.
        what: What is wrong there; never the offending value.
        count: How many times, where one entry stands for several.
    """

    where: str
    what: Phrase
    count: int = 1


@dataclass(frozen=True, slots=True)
class Trace:
    """The fixes of one device of a source.

    Attributes:
        device: The user or device as the source names it, empty where it
            names none.
        fixes: In time order; repeated fixes are kept.
        time_kind: What the source said about its times before they became UTC.
    """

    device: str
    fixes: Fixes
    time_kind: TimeKind


LabelKind = Literal["mode", "purpose", "visit", "odometer_m", "ignition", "device", "zone"]


@dataclass(frozen=True, slots=True)
class SourceLabel:
    """What a source says of a time beyond positions; never a name, an address or a network.

    Attributes:
        start_us: First instant it speaks of, UTC microseconds.
        end_us: Last instant; the same for a reading, such as an odometer's.
        kind: What it speaks of.
        value: The source's own word, or a number of metres for "odometer_m".
        trace: Device of the trace it belongs to, empty for all of them.
    """

    start_us: int
    end_us: int
    kind: LabelKind
    value: str
    trace: str = ""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the owner knows and the source does not say.

    Attributes:
        zone: IANA name of the zone of local times.
        date_order: "dmy", "mdy" or "ymd", for dates such as 05/06/2026.
        columns: What the columns of a table without header are, by the names that
            headers have; empty where the table says it, "" for one to pass over.
        zone_at: Returns the IANA zone at latitude and longitude, where the owner
            wants the zone of local times to be taken from the positions.
        secret: For payloads that are encrypted inside the source.
        unbox: `geowallet.crypto.secretbox.open_box`, handed in because
            connectors hold no cryptography.
    """

    zone: str | None = None
    date_order: str | None = None
    columns: tuple[str, ...] = ()
    zone_at: Callable[[float, float], str] | None = field(default=None, repr=False)
    secret: bytes | None = field(default=None, repr=False)
    unbox: Callable[[bytes, bytes], bytes] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ReadResult:
    """Everything one source held: what was read, and what was not.

    Attributes:
        traces: One per device, in order of first appearance; may be empty.
        problems: Bounded in length; `problem_count` is the true number.
        untimed: Positions without a time, which are not fixes.
        note: A sentence about the whole source.
        labels: What it says beyond positions, in any order; see `LabelLog`.
        written_us: When the source says that it was written, UTC microseconds.
    """

    traces: tuple[Trace, ...]
    problems: tuple[Problem, ...] = ()
    untimed: int = 0
    note: Phrase | None = None
    labels: tuple[SourceLabel, ...] = ()
    written_us: int | None = None

    @property
    def fix_count(self) -> int:
        """Fixes of all traces, repeated ones included."""
        return sum(len(trace.fixes) for trace in self.traces)

    @property
    def problem_count(self) -> int:
        """Problems, each counted as often as it occurred."""
        return sum(problem.count for problem in self.problems)


class Connector(Protocol):
    """A reader of one source format."""

    @property
    def name(self) -> str:
        """Short lower-case name, as typed after ``--format``."""

    @property
    def extensions(self) -> tuple[str, ...]:
        """File name endings, with the dot, lower case."""

    def sniff(self, head: bytes) -> bool:
        """Say whether the first `HEAD_BYTES` look like this format."""

    def read(self, stream: BinaryIO, options: ReadOptions) -> ReadResult:
        """Read the whole stream.

        Args:
            stream: Forward only: it cannot seek.
            options: What the owner added.

        Raises:
            UnreadableSourceError: The stream as a whole is not this format.
                A single bad record is a `Problem`, not an error.
            NaiveTimeError: Local times, and no zone in ``options``.
            AmbiguousDateError: Dates that can be read in two ways.
            TooLargeError: A size limit of the format was passed.
        """


@runtime_checkable
class PartsConnector(Connector, Protocol):
    """A connector whose sources can be larger than the memory should be."""

    def read_parts(self, stream: BinaryIO, options: ReadOptions) -> Iterator[ReadResult]:
        """Yield what `Connector.read` returns, in parts of bounded size.

        The fixes of a device may go on in the next part, in any order of time.
        A small source is one part, the same as `Connector.read` returns.

        Raises:
            GeowalletError: As `Connector.read`, at any part: what came before
                is then worth nothing.
        """
