from __future__ import annotations

import io
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.connectors.documents import json_runs
from geowallet.connectors.documents.json_runs import MAX_DEPTH, runs
from geowallet.model.errors import TooLargeError, UnreadableSourceError

ANY = msgspec.json.Decoder(list[Any])


def read(data: bytes) -> dict[str, list[Any]]:
    """Return the members of each list, in order, and values that stand alone."""
    found: dict[str, list[Any]] = {}
    for run in runs(io.BytesIO(data), "test"):
        found.setdefault(run.name, []).extend(value for _, value in run.records(ANY))
    return found


@pytest.fixture(params=[1, 7, 64])
def small_blocks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_runs, "BLOCK_BYTES", request.param)


@pytest.mark.usefixtures("small_blocks")
class TestBlocks:
    def test_members_are_whole_wherever_a_block_ends(self) -> None:
        text = r'{"a": [{"b": "}],[\"\\"}, [1, [2]], 3, "x,y"], "c": {"d": [4]}, "e": []}'
        assert read(text.encode()) == {
            "a": [{"b": '}],["\\'}, [1, [2]], 3, "x,y"],
            "c": [{"d": [4]}],
        }

    def test_a_list_at_the_top_has_no_name(self) -> None:
        assert read(b' [1, {"a": [2, 3]}, null] \n') == {"": [1, {"a": [2, 3]}, None]}

    def test_numbers_and_bytes_are_those_of_the_source(self) -> None:
        data = b'\xef\xbb\xbf{"a": [10,  nope, 30]}'
        found = [
            (number, value, data[run.offset_of(number) :][:2])
            for run in runs(io.BytesIO(data), "test")
            for number, value in run.records(ANY)
        ]
        assert found == [(1, 10, b"10"), (2, None, b"no"), (3, 30, b"30")]

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            (b'{"a": [1, {"b": 2', "cut short at byte 17"),
            (b'{"a": [1, 2}', "broken JSON at byte 11"),
            (b'{"a": [1] b', "broken JSON at byte 10"),
            (b'{"a": [1]} {}', "broken JSON at byte 11"),
            (b'{"a"', "broken JSON at byte 1"),
            (b"{", "cut short at byte 1"),
            (b"[", "cut short at byte 1"),
            (b'{"a": 5', "cut short at byte 7"),
            (b"hello", "it holds no JSON"),
            (b"", "it holds no JSON"),
        ],
    )
    def test_what_is_broken_is_refused_with_its_byte(self, data: bytes, reason: str) -> None:
        with pytest.raises(UnreadableSourceError, match=reason):
            read(data)


def test_nesting_ends_at_a_depth() -> None:
    deepest = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
    assert len(read(b"[" + deepest + b"]")[""]) == 1
    with pytest.raises(UnreadableSourceError, match=f"too deep at byte {MAX_DEPTH + 1}$"):
        read(b"[[" + deepest + b"]]")
    with pytest.raises(UnreadableSourceError, match="too deep"):
        read(b'{"a":' + b"[" * 200_000)


def test_a_member_without_end_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_runs, "MAX_VALUE_BYTES", 1000)
    monkeypatch.setattr(json_runs, "BLOCK_BYTES", 100)
    with pytest.raises(TooLargeError):
        read(b'["' + b"x" * 5000 + b'"]')
    with pytest.raises(TooLargeError):
        read(b"[" + b" " * 5000 + b"]")


def test_a_number_of_thousands_of_digits_costs_its_own_member() -> None:
    assert read(b"[1, " + b"9" * 5000 + b", 3]") == {"": [1, None, 3]}


def test_utf_16_is_read_and_bad_text_refused() -> None:
    assert read('{"a": ["é"]}'.encode("utf-16")) == {"a": ["é"]}
    with pytest.raises(UnreadableSourceError, match="cannot be decoded"):
        read(b"\xff\xfe[\x00\x00\xd8\x00\x00")


class TestAnyJson:
    """Promise: "only whole members are ever given to the JSON decoder"."""

    @settings(max_examples=150)
    @given(
        st.dictionaries(
            st.text(max_size=6),
            st.lists(
                st.recursive(
                    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
                    lambda inner: (
                        st.lists(inner, max_size=3)
                        | st.dictionaries(st.text(max_size=4), inner, max_size=3)
                    ),
                    max_leaves=8,
                ),
                min_size=1,
                max_size=6,
            ),
            max_size=4,
        ),
        st.sampled_from([None, 1]),
        st.integers(1, 40),
    )
    def test_is_the_same_as_decoding_the_whole(
        self, value: dict[str, list[Any]], indent: int | None, block: int
    ) -> None:
        data = json.dumps(value, indent=indent).encode()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(json_runs, "BLOCK_BYTES", block)
            found = read(data)
        names = {json.dumps(name)[1:-1]: members for name, members in value.items()}
        assert found == names


class Plain(msgspec.Struct):
    a: int = 0
    b: str = ""


PLAIN = msgspec.json.Decoder(list[Plain])
MEMBERS = st.one_of(
    st.fixed_dictionaries({"a": st.integers(0, 9)}, optional={"b": st.text('x,}"{\\', max_size=4)}),
    st.dictionaries(st.sampled_from("abc"), st.integers() | st.text(max_size=3), max_size=3),
    st.none(),
)


class TestPlainMembers:
    """Promise: "a run that it decodes brings its values along", and no member is lost or twice."""

    @settings(max_examples=200)
    @given(st.lists(MEMBERS, max_size=12), st.integers(1, 90), st.sampled_from([None, 1]))
    def test_numbers_and_bytes_are_those_of_the_slow_way(
        self, members: list[Any], block: int, indent: int | None
    ) -> None:
        data = json.dumps({"list": members, "alone": 1}, indent=indent).encode()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(json_runs, "BLOCK_BYTES", block)
            found: list[Any] = []
            for run in runs(io.BytesIO(data), "test", plain=PLAIN):
                if run.name != "list":
                    continue
                assert data[run.offset :].startswith(run.data)
                decoded = json.loads(b"[" + run.data + b"]")
                assert run.number == len(found) + 1
                found += decoded
                if run.values is not None:
                    expected = [Plain(item.get("a", 0), item.get("b", "")) for item in decoded]
                    assert run.values == expected
        assert found == members

    def test_they_are_taken_without_looking_for_commas(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(json_runs, "BLOCK_BYTES", 64)
        data = json.dumps([{"a": n} for n in range(50)]).encode()
        taken = [len(run.values or ()) for run in runs(io.BytesIO(data), "test", plain=PLAIN)]
        assert sum(taken) > 40
