"""FIT activities of watches, bicycle computers and Strava: the records that have a position.

Source: Garmin FIT SDK, "FIT Protocol" and Profile.xlsx (messages ``record``,
``session``, ``sport``; types ``date_time``, ``semicircles``), decoded by
fitdecode. What comes before damage is kept: a watch whose battery ran empty
wrote a whole ride and no end.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, BinaryIO

from geowallet.connectors.fields.devices import Devices
from geowallet.connectors.fields.rows import BAD_POSITION, BAD_TIME, placeless_note, position
from geowallet.connectors.streams import rewound, take
from geowallet.model.errors import UnreadableSourceError
from geowallet.model.fixes import TimeKind
from geowallet.model.words import N_, Phrase, phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geowallet.connectors.api import ReadOptions, ReadResult

EPOCH_S = 631_065_600
"""1989-12-31T00:00:00Z, from which ``date_time`` counts seconds."""
FIRST_DATE_TIME = 0x1000_0000
"""Smaller values count from when the device was switched on (type ``date_time``)."""
SEMICIRCLE_DEG = 180 / 2**31

_HEADER, _CRC, _DATA = 1, 2, 4
"""Kinds of frames, as fitdecode numbers them."""
_FILE_ID, _SPORT, _SESSION, _RECORD = 0, 12, 18, 20
_COURSE = "course"
_TIMESTAMP = 253

DAMAGED = phrase(N_("the file is damaged or ends early here; what follows was not read"))
BAD_CHECKSUM = phrase(N_("the check sum differs: bytes were changed or lost"))
SWITCH_ON = phrase(N_("the time counts from when the device was switched on, so it is in 1989"))
COURSE_NOTE = phrase(
    N_("it is a course: its times may be planned by a computer, not measured on the way")
)


class FitConnector:
    """Reads the records of one or several chained files; the sport becomes a label."""

    name = "fit"
    extensions = (".fit",)

    def sniff(self, head: bytes) -> bool:
        return len(head) >= 12 and head[8:12] == b".FIT" and 12 <= head[0] <= 64

    def read(self, stream: BinaryIO, options: ReadOptions) -> ReadResult:
        reader = _Reader()
        for frame in reader.frames(stream):
            reader.take(frame)
        if reader.damaged and not reader.rows:
            reason = N_("it is damaged before its first position")
            raise UnreadableSourceError(format="FIT", reason=reason)
        return reader.result(options)


class _Reader:
    """The state of one reading."""

    def __init__(self) -> None:
        self.devices = Devices()
        self.rows = 0
        self.damaged = False
        self._files = self._records = self._untimed = self._placeless = 0
        self._switch_on = 0
        self._course = False
        self._sport, self._sessions = "", 0
        self._first_us = self._last_us = 0

    def frames(self, stream: BinaryIO) -> Iterator[Any]:
        """Yield what fitdecode finds before the first damage."""
        import fitdecode  # noqa: PLC0415  17,000 lines that no other format needs

        decoder = fitdecode.FitReader(
            _with_length(stream),
            processor=None,
            check_crc=fitdecode.CrcCheck.READONLY,
            error_handling=fitdecode.ErrorHandling.IGNORE,
        )
        frames = iter(decoder)
        while True:
            try:
                frame = next(frames)
            except StopIteration:
                return
            except Exception:  # noqa: BLE001  on damage fitdecode raises whatever the bytes lead to
                self.damaged = True
                self._problem(DAMAGED)
                return
            yield frame

    def take(self, frame: Any) -> None:
        """Take one frame of the file."""
        if frame.frame_type == _DATA:
            self._message(frame)
        elif frame.frame_type == _HEADER:
            self._files, self._records = self._files + 1, 0
        elif frame.frame_type == _CRC and not frame.matched:
            self.devices.problems.add(f"file {self._files}", BAD_CHECKSUM)

    def _message(self, frame: Any) -> None:
        number = frame.global_mesg_num
        if number == _RECORD:
            self._records += 1
            wrong = self._record(_values(frame))
            if wrong is not None:
                self._problem(wrong)
        elif number == _SESSION:
            values = _values(frame)
            start_us, end_us = _instant_us(values.get(2)), _instant_us(values.get(_TIMESTAMP))
            if start_us is not None and end_us is not None:
                self._label(values.get(5), start_us, end_us)
        elif number == _SPORT:
            self._sport = _word(_values(frame).get(0))
        elif number == _FILE_ID:
            self._course |= _values(frame).get(0) == _COURSE

    def _record(self, values: dict[int, Any]) -> Phrase | None:
        """Add the row of one record, or return what is wrong with it."""
        lat, lon, time = values.get(0), values.get(1), values.get(_TIMESTAMP)
        if lat is None or lon is None:
            self._placeless += 1
            return None
        if not isinstance(lat, int) or not isinstance(lon, int):
            return BAD_POSITION
        lat_deg, lon_deg = lat * SEMICIRCLE_DEG, lon * SEMICIRCLE_DEG
        wrong = position(lat_deg, lon_deg)
        if wrong is not None:
            return wrong
        if time is None:
            self._untimed += 1
            return None
        time_us = _instant_us(time)
        if time_us is None:
            return BAD_TIME
        self._switch_on += time < FIRST_DATE_TIME
        self.devices.add(
            "",
            time_us,
            TimeKind.UTC,
            lat_deg,
            lon_deg,
            elevation_m=_number(values, 78, 2),
            speed_mps=_number(values, 73, 6),
            accuracy_m=_number(values, 31),
        )
        self._first_us = min(self._first_us, time_us) if self.rows else time_us
        self._last_us = max(self._last_us, time_us) if self.rows else time_us
        self.rows += 1
        return None

    def _label(self, sport: Any, start_us: int, end_us: int) -> None:
        self._sessions += 1
        self.devices.labels.add("mode", _word(sport) or self._sport, start_us, end_us)

    def _problem(self, what: Phrase) -> None:
        self.devices.problems.add(f"file {self._files}, record {self._records}", what)

    def result(self, options: ReadOptions) -> ReadResult:
        """Return what was collected."""
        if self.rows and not self._sessions:
            self.devices.labels.add("mode", self._sport, self._first_us, self._last_us)
        self.devices.problems.add("*", SWITCH_ON, self._switch_on)
        note = COURSE_NOTE if self._course else placeless_note(self._placeless)
        return self.devices.result(options, untimed=self._untimed, note=note)


def _with_length(stream: BinaryIO) -> BinaryIO:
    """Return the stream with a length in its header: a device that died has left 0 there."""
    head = take(stream, 12)
    if head[4:8] == bytes(4):
        head = head[:4] + b"\xff\xff\xff\x7f" + head[8:]
    return rewound(head, stream)


def _values(frame: Any) -> dict[int, Any]:
    """Return the values of the profile's own fields by number; a developer's share the numbers."""
    return {
        field.def_num: field.value
        for field in frame.fields
        if not (field.field_def is not None and field.field_def.is_dev) and field.value is not None
    }


def _instant_us(value: Any) -> int | None:
    if not isinstance(value, int) or not 0 <= value < 2**32:
        return None
    return (EPOCH_S + value) * 1_000_000


def _number(values: dict[int, Any], *numbers: int) -> float:
    """Return the first of the fields ``numbers`` that is a number, or NaN."""
    for number in numbers:
        value = values.get(number)
        if isinstance(value, int | float):
            return float(value)
    return math.nan


def _word(value: Any) -> str:
    return value if isinstance(value, str) else ""
