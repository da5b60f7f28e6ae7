"""OwnTracks: what phones publish as JSON, and the recorder's ``.rec`` files.

Source: https://owntracks.org/booklet/tech/json/ (``tst`` is when the position was
fixed, ``vel`` is in km/h, ``acc alt cog vac vel`` are left out where they are
zero or unknown) and https://owntracks.org/booklet/features/encrypt/. In a
``.rec`` line the first column is when the recorder received it, not the fix.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, BinaryIO

from geowallet.connectors.documents.json_records import Record, decoded, records
from geowallet.connectors.documents.json_runs import BAD_RECORD
from geowallet.connectors.documents.record_reading import Reading, RecordConnector
from geowallet.connectors.fields.json_fix import add_fix
from geowallet.connectors.fields.json_values import real_or_nan
from geowallet.connectors.phone.owntracks_boxes import Boxes
from geowallet.connectors.streams import BLOCK_BYTES, lines, rewound, take, text_of
from geowallet.model.words import N_, Phrase, phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geowallet.connectors.api import ReadOptions, ReadResult

_OTHERS = (
    "beacon|card|cmd|configuration|dump|lwt|message|messages|request|response|status|step|steps|"
    "tour|tours|transition|waypoint|waypoints"
)
"""Messages that are no fix. A transition has a position: the edge of a region."""
_TYPE = re.compile(rf'"_type"\s*:\s*"(?:location|encrypted|{_OTHERS})"')
_KNOWN = frozenset(_OTHERS.split("|"))
_RECEIVED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ[ \t]+\S+[ \t]+(.*)", re.DOTALL)
_PUBLISHED = re.compile(r"([^\s{\[\"]+/[^\s{\[\"]+)[ \t]+(\{.*)", re.DOTALL)
"""Topic and payload, as ``mosquitto_sub -v`` writes them."""
_LISTS = frozenset({"", "data", "locations", "messages"})
"""Where lists of records stand; the recorder answers with ``data``."""

KMH_MPS = 1 / 3.6
MAX_BROKEN_LINES = 20
"""Line ends inside one payload that are put together again."""

NO_RECORD = phrase(N_("not a message of OwnTracks"))
NO_TIME = phrase(N_("it does not say when"))


class _Names:
    """Names of devices without their users: ``owntracks/<user>/<device>`` is ``<device>``."""

    def __init__(self) -> None:
        self._of_topic: dict[str, str] = {}
        self._taken: set[str] = set()

    def of(self, topic: str, tid: str) -> str:
        """Return the device of a topic, numbered where two users call theirs alike."""
        if "/" not in topic:
            return tid
        name = self._of_topic.get(topic)
        if name is None:
            plain = name = topic.rpartition("/")[2]
            number = 2
            while name in self._taken:
                name, number = f"{plain} {number}", number + 1
            self._taken.add(name)
            self._of_topic[topic] = name
        return name


class _Reading(Reading):
    def __init__(self, options: ReadOptions) -> None:
        super().__init__(options)
        self.boxes = Boxes(options)
        self.any_read = False
        self._names = _Names()

    def add(self, record: Record) -> None:
        self.problem(record.where, self.message(record.value))

    def result(self) -> ReadResult:
        self.boxes.refuse_if_closed(any_read=self.any_read)
        return self.devices.result(self.options)

    def message(self, value: Any, *, topic: str = "") -> Phrase | None:
        """Read one message, or return what is wrong with it."""
        if value is None:
            return BAD_RECORD
        kind = _text(value, "_type") if isinstance(value, dict) else None
        if kind == "encrypted" and not topic:
            opened = self.boxes.opened(value.get("data"))
            if isinstance(opened, Phrase):
                return opened
            return self.message(decoded(opened), topic=_text(value, "topic") or "-")
        if kind == "location":
            return self._location(value, topic)
        if kind in _KNOWN or (isinstance(value, dict) and _holds_a_list_only(value)):
            return None
        return NO_RECORD

    def _location(self, value: dict[str, Any], topic: str) -> Phrase | None:
        if value.get("tst") is None:
            return NO_TIME
        device = self._names.of(_text(value, "topic") or topic, _text(value, "tid"))
        time_us = add_fix(
            self.devices,
            device,
            value["tst"],
            value.get("lat"),
            value.get("lon"),
            elevation_m=real_or_nan(value.get("alt")),
            accuracy_m=real_or_nan(value.get("acc")),
            speed_mps=real_or_nan(value.get("vel")) * KMH_MPS,
            bearing_deg=real_or_nan(value.get("cog")),
        )
        if isinstance(time_us, Phrase):
            return time_us
        self.any_read = True
        self._labels(value, time_us, device)
        return None

    def _labels(self, value: dict[str, Any], time_us: int, device: str) -> None:
        moving = value.get("motionactivities")
        if isinstance(moving, list) and moving and isinstance(moving[0], str):
            self.devices.labels.sample("mode", moving[0], time_us, trace=device)
        odometer_m = real_or_nan(value.get("odometer"))
        self.devices.labels.odometer(odometer_m, time_us, trace=device)
        if type(value.get("ign")) in {bool, int}:
            word = "on" if value["ign"] else "off"
            self.devices.labels.sample("ignition", word, time_us, trace=device)


class OwnTracksConnector(RecordConnector):
    """Reads positions, one trace per device; networks, regions and users are dropped."""

    name = "owntracks"
    extensions = (".rec", ".json", ".jsonl", ".ndjson")
    form = "OwnTracks"
    reading = _Reading

    def sniff(self, head: bytes) -> bool:
        text = text_of(head)
        if text.startswith(("{", "[")):
            return _TYPE.search(text) is not None
        received = _RECEIVED.match(text)
        if received is not None:
            return received[1].startswith(("{", "-"))
        return _PUBLISHED.match(text) is not None and _TYPE.search(text) is not None

    def records(self, stream: BinaryIO) -> Iterator[Record]:
        return _messages(stream)


def _messages(stream: BinaryIO) -> Iterator[Record]:
    """Yield the messages; None for what cannot be decoded."""
    head = take(stream, BLOCK_BYTES)
    source = rewound(head, stream)
    if _RECEIVED.match(text_of(head)):
        yield from _received(source)
        return
    if _PUBLISHED.match(text_of(head)):
        yield from _published(source)
        return
    for record in records(source, "OwnTracks"):
        if record.name in _LISTS:
            yield record


def _received(stream: BinaryIO) -> Iterator[Record]:
    """Yield the payloads of a ``.rec`` file; a payload with line ends inside is joined."""
    held: list[str] = []
    start = 0
    for number, line in enumerate(lines(stream, "OwnTracks"), start=1):
        found = _RECEIVED.match(line)
        if found is None and held and len(held) < MAX_BROKEN_LINES:
            held.append(line)
            continue
        yield from _payload(start, held)
        start, held = number, [line if found is None else found[1]]
    yield from _payload(start, held)


def _payload(start: int, held: list[str]) -> Iterator[Record]:
    text = " ".join(part.strip() for part in held)
    if text not in {"", "-"}:
        yield Record(f"line {start}", "", decoded(text.encode(errors="replace")))


def _published(stream: BinaryIO) -> Iterator[Record]:
    """Yield the payloads that a subscriber wrote behind their topics."""
    for number, line in enumerate(lines(stream, "OwnTracks"), start=1):
        found = _PUBLISHED.match(line.strip("\ufeff \t\r\n"))
        value = decoded(found[2].encode(errors="replace")) if found else None
        if isinstance(value, dict) and found is not None:
            value.setdefault("topic", found[1])
        if line.strip():
            yield Record(f"line {number}", "", value)


def _text(value: dict[str, Any], name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""


def _holds_a_list_only(value: dict[str, Any]) -> bool:
    """Say whether it is the rest of an object whose list was read: ``{"count": 2, "data": []}``."""
    return value.keys() <= {"count", "status", "version"}
