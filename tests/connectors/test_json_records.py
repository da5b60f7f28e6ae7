from __future__ import annotations

import io
import json

import pytest

from geowallet.connectors.documents import json_records
from geowallet.connectors.documents.json_records import Record, records
from geowallet.model.errors import TooLargeError, UnreadableSourceError


def read(data: bytes) -> list[Record]:
    return list(records(io.BytesIO(data), "test"))


def test_lines_are_records_by_number_and_blank_ones_are_none() -> None:
    assert read(b'\xef\xbb\xbf{"a": 1}\n\n{"a": 2}\r\n{"a": 3') == [
        Record("line 1", "", {"a": 1}),
        Record("line 3", "", {"a": 2}),
        Record("line 4", "", None),
    ]


def test_a_first_line_that_is_broken_costs_no_other() -> None:
    found = read(b'{"a": \n{"a": 2}\n{"a": 3}\n')
    assert [record.value for record in found] == [None, {"a": 2}, {"a": 3}]


def test_a_list_is_its_members() -> None:
    assert read(b'[{"a": 1}, 2]') == [Record("record 1", "", {"a": 1}), Record("record 2", "", 2)]


def test_an_object_alone_comes_last_without_its_lists() -> None:
    data = json.dumps({"a": 1, "items": [5, 6], "b": {"c": [7]}}, indent=1).encode()
    assert read(data) == [
        Record("items 1", "items", 5),
        Record("items 2", "items", 6),
        Record("*", "", {"a": 1, "b": {"c": [7]}}),
    ]


def test_a_member_whose_name_may_be_of_a_person_is_not_repeated() -> None:
    (record,) = read(b'{"jane@example.org": [1]}')
    assert (record.where, record.name) == ("record 1", "jane@example.org")


@pytest.mark.parametrize("data", [b'[{"a": 1}', b"hello", b"[" * 300 + b"]" * 300])
def test_what_is_no_json_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableSourceError):
        read(data)


def test_an_object_of_very_many_members_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_records, "MAX_MEMBERS", 2)
    assert len(read(b'{"a": 1, "b": 2}')) == 1
    with pytest.raises(TooLargeError, match="members"):
        read(b'{"a": 1, "b": 2, "c": 3}')
