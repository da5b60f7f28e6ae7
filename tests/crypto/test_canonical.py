from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geowallet.crypto.canonical import (
    MAX_DEPTH,
    MAX_INT,
    canonical_bytes,
    digest_of,
    sha256_hex,
    strict_json,
)
from geowallet.model.mobility import Mode

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
SCALARS = st.none() | st.booleans() | st.integers(-MAX_INT, MAX_INT) | TEXT
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


def read(data: bytes, **limits: Any) -> Any:
    return strict_json(data, **({"max_bytes": 10_000} | limits))


def nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth - 1):
        value = [value]
    return value


class TestCanonicalBytes:
    """Promise: "sorted names, no blanks, UTF-8" (RFC 8785)."""

    def test_sorts_names_by_utf_16_as_in_rfc_8785_section_3_2_3(self) -> None:
        names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
        order = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
        written = json.loads(canonical_bytes(dict.fromkeys(names, 0)))
        assert list(written) == order

    def test_escapes_strings_as_in_rfc_8785_section_3_2_2(self) -> None:
        value = {"string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"\u002f"}
        assert canonical_bytes(value) == (
            '{"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'.encode()
        )

    def test_writes_literals_as_in_rfc_8785_section_3_2_2(self) -> None:
        assert canonical_bytes({"literals": [None, True, False]}) == (
            b'{"literals":[null,true,false]}'
        )

    def test_tuples_are_lists_and_string_enums_are_their_text(self) -> None:
        assert canonical_bytes((Mode.CAR, ())) == b'["car",[]]'

    @given(VALUES)
    @settings(max_examples=60)
    def test_reads_back_as_the_same_value(self, value: Any) -> None:
        assert read(canonical_bytes(value)) == value

    @given(st.dictionaries(TEXT, SCALARS, max_size=6), st.randoms())
    @settings(max_examples=60)
    def test_the_order_of_insertion_does_not_matter(self, value: Any, random: Any) -> None:
        items = list(value.items())
        random.shuffle(items)
        assert canonical_bytes(dict(items)) == canonical_bytes(value)

    @given(st.dictionaries(st.text(st.characters(max_codepoint=127), max_size=8), SCALARS))
    @settings(max_examples=60)
    def test_agrees_with_the_standard_library_where_names_are_ascii(self, value: Any) -> None:
        plain = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        assert canonical_bytes(value) == plain.encode()

    @pytest.mark.parametrize(
        "value",
        [
            1.0,
            float("nan"),
            {"a": [0.5]},
            MAX_INT + 1,
            -MAX_INT - 1,
            {1: "a"},
            {None: 1},
            {"a": b"bytes"},
            {1, 2},
            "\ud800",
            {"\udfff": 1},
            nested(MAX_DEPTH + 1),
        ],
    )
    def test_refuses_what_two_programs_could_write_differently(self, value: Any) -> None:
        with pytest.raises(ValueError, match=r"canonical|name|Unicode"):
            canonical_bytes(value)

    @pytest.mark.parametrize("value", [MAX_INT, -MAX_INT, nested(MAX_DEPTH)])
    def test_the_limits_themselves_are_allowed(self, value: Any) -> None:
        assert read(canonical_bytes(value)) == value

    @pytest.mark.parametrize("value", [48856614, 2.352222])
    def test_an_error_never_quotes_a_number(self, value: Any) -> None:
        hostile = {"lat": value, "bad": [value * 10**12, {value: 1}]}
        with pytest.raises(ValueError, match=r"\w") as caught:
            canonical_bytes(hostile)
        assert str(value) not in str(caught.value)

    def test_an_error_never_quotes_a_text(self) -> None:
        with pytest.raises(ValueError, match="Unicode") as caught:
            canonical_bytes(["48.856614\ud800"])
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__


def test_a_digest_is_the_hash_of_the_canonical_form() -> None:
    assert digest_of({}) == sha256_hex(b"{}")
    assert sha256_hex(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


class TestStrictJson:
    """Promise: "the value that data writes as JSON, the only way it can be read"."""

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            (b"", "not JSON"),
            (b"{", "not JSON"),
            (b'{"a":1}x', "not JSON"),
            (b'{"a":1,}', "not JSON"),
            (b"01", "not JSON"),
            (b"'a'", "not JSON"),
            (b'"\x01"', "not JSON"),
            (b"\xef\xbb\xbf1", "not JSON"),
            (b'"\xff"', "UTF-8"),
            (b'"\xed\xa0\x80"', "UTF-8"),
            ('"a"'.encode("utf-16"), "UTF-8"),
            (b'{"a":1,"a":1}', "twice"),
            (b'{"a":1,"\\u0061":2}', "twice"),
            (b'[{"b":{"a":1,"a":2}}]', "twice"),
            (b"1.0", "not an integer"),
            (b"1e2", "not an integer"),
            (b"NaN", "not an integer"),
            (b"[Infinity]", "not an integer"),
            (b"-Infinity", "not an integer"),
            (b"9007199254740992", "too large"),
            (b"-9007199254740992", "too large"),
            (b"1" * 9_000, "too large"),
            (b'"\\ud800"', "surrogate"),
            (b'{"\\uDFFF":1}', "surrogate"),
            (b'[1,["\xc3\xa9\\ud83dx"]]', "surrogate"),
            (b"[" * 33 + b"]" * 33, "deeply"),
            (b'{"a":' * 33 + b"1" + b"}" * 33, "deeply"),
            (b"[" * 10_000, "deeply"),
            (b" " * 10_001, "longer"),
        ],
    )
    def test_refuses(self, data: bytes, reason: str) -> None:
        with pytest.raises(ValueError, match=reason):
            read(data)

    @pytest.mark.parametrize(
        ("data", "value"),
        [
            (b" [1, -2, 0] ", [1, -2, 0]),
            (b"-0", 0),
            (b'"\\ud83d\\ude00"', "\U0001f600"),
            (b'["\\ud83d\\ude00", {"a": 1}]', ["\U0001f600", {"a": 1}]),
            (b'"[[[[\\"{{"', '[[[["{{'),
            (b'["[", "\\\\", "]"]', ["[", "\\", "]"]),
            (b"[" * 32 + b"]" * 32, nested(32)),
        ],
    )
    def test_reads(self, data: bytes, value: Any) -> None:
        assert read(data) == value

    def test_brackets_side_by_side_are_not_depth(self) -> None:
        assert read(b"[[],[],[],{}]", max_depth=2) == [[], [], [], {}]
        with pytest.raises(ValueError, match="deeply"):
            read(b"[[],[[]]]", max_depth=2)

    def test_reads_finite_floats_where_they_are_allowed(self) -> None:
        assert read(b"[1.5, -2e3, 7]", allow_floats=True) == [1.5, -2000.0, 7]

    @pytest.mark.parametrize("data", [b"1e999", b"-1e999", b"NaN", b"Infinity"])
    def test_refuses_what_is_not_finite_even_so(self, data: bytes) -> None:
        with pytest.raises(ValueError, match="number"):
            read(data, allow_floats=True)

    @given(st.binary(max_size=40) | st.text('{}[]",:\\u019aeE.-ntd ', max_size=40).map(str.encode))
    @example(b'"\\')
    @settings(max_examples=200)
    def test_any_bytes_are_a_value_or_a_refusal(self, data: bytes) -> None:
        try:
            value = read(data)
        except ValueError:
            return
        assert value == json.loads(data)
        assert read(canonical_bytes(value)) == value

    def test_a_refusal_never_quotes_the_input(self) -> None:
        for data in (b'{"48.8566":1,"48.8566":1}', b"[48.8566]", b'"\xff48.8566', b"{48.8566"):
            with pytest.raises(ValueError, match=r"\w") as caught:
                read(data)
            assert "48" not in str(caught.value)
            assert caught.value.__cause__ is None

    def test_a_string_without_end_is_scanned_once(self) -> None:
        with pytest.raises(ValueError, match="not JSON"):
            strict_json(b'"' + b'\\"' * 500_000, max_bytes=2_000_000)
