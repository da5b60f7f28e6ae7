"""The half of a connector that is the same wherever records become fixes one by one.

A format's connector derives from `RecordConnector`, its reading from `Reading`;
they say what one record means. When a part is full, and that `read` is one part
without end, is said here.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, BinaryIO

from geowallet.connectors.documents.json_records import records
from geowallet.connectors.fields.devices import PART_FIXES, Devices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geowallet.connectors.api import ReadOptions, ReadResult
    from geowallet.connectors.documents.json_records import Record
    from geowallet.model.words import Phrase


class Reading:
    """What one reading collects; a format overrides `add`, and `result` if it has more to say.

    Attributes:
        devices: Rows, problems and labels.
        options: What the owner added.
    """

    def __init__(self, options: ReadOptions) -> None:
        self.devices = Devices()
        self.options = options

    def add(self, record: Record) -> None:
        """Take in one record, or note what is wrong with it."""
        raise NotImplementedError

    def problem(self, where: str, wrong: Phrase | int | None) -> None:
        """Note what is wrong at ``where``: a sentence. None and the time of a fix are right."""
        if wrong is not None and not isinstance(wrong, int):
            self.devices.problems.add(where, wrong)

    def result(self) -> ReadResult:
        """Return what came since the last part, with the problems and labels of all."""
        return self.devices.result(self.options)


class RecordConnector:
    """A connector of records: lines, list members, messages."""

    form: str
    """Name of the format, for errors."""
    reading: type[Reading]
    """What one reading of the format collects."""

    def records(self, stream: BinaryIO) -> Iterator[Record]:
        """Yield the records of a source; JSON, if a format says nothing else.

        Raises:
            GeowalletError: As `json_records.records`.
        """
        return records(stream, self.form)

    def read(self, stream: BinaryIO, options: ReadOptions) -> ReadResult:
        """Return all of a source at once; see `Connector.read`."""
        (only,) = self._parts(stream, options, math.inf)
        return only

    def read_parts(self, stream: BinaryIO, options: ReadOptions) -> Iterator[ReadResult]:
        """Yield parts of about `PART_FIXES`; see `PartsConnector.read_parts`."""
        return self._parts(stream, options, PART_FIXES)

    def _parts(self, stream: BinaryIO, options: ReadOptions, most: float) -> Iterator[ReadResult]:
        reading = self.reading(options)
        for record in self.records(stream):
            reading.add(record)
            if len(reading.devices) >= most:
                yield reading.devices.drain(options)
        yield reading.result()
