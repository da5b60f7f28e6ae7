from __future__ import annotations

import base64
import io
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.bindings import crypto_secretbox

from geowallet.connectors.api import ReadOptions, ReadResult, SourceLabel
from geowallet.connectors.documents import record_reading
from geowallet.connectors.phone.owntracks import OwnTracksConnector
from geowallet.crypto.secretbox import open_box
from geowallet.model.errors import SealedSourceError, UnreadableSourceError, WrongSecretError
from geowallet.model.fixes import TimeKind
from geowallet.testing.connectors import check_connector
from tests.connectors.samples_inline import FIRST_US, fixes_or_refusal, sound

FIX: dict[str, Any] = {"_type": "location", "lat": 48.6921, "lon": 6.1844, "tst": 1772436600}
FULL = {
    **FIX,
    "acc": 12,
    "alt": 212,
    "vel": 36,
    "cog": 90,
    "tid": "ph",
    "topic": "owntracks/jane/phone",
    "SSID": "jane at home",
    "BSSID": "00:11:22:33:44:55",
    "inregions": ["home"],
    "t": "u",
}
REC = (
    b"2026-03-02T07:30:04Z\t*                 \t" + json.dumps(FULL).encode() + b"\n"
    b'2026-03-02T07:31:00Z\tlwt               \t{"_type":"lwt","tst":"1772436660"}\n'
    b"2026-03-02T07:31:05Z\t*                 \t-\n"
    b'2026-03-02T07:31:10Z\tevent             \t{"_type":"transition","lat":48.6921,"lon":6.1844,'
    b'"tst":1772436670,"desc":"home","event":"leave"}\n'
    b'2026-03-02T09:00:00Z\t*                 \t{"_type":"location","lat":48.6930,"lon":6.1850,'
    b'"tst":1772436610,"topic":"owntracks/jane/phone"}\n'
)
SECRET = "clé de Jane".encode()


def read(data: bytes, **known: Any) -> ReadResult:
    return OwnTracksConnector().read(io.BytesIO(data), ReadOptions(**known))


def messages(*values: Any) -> bytes:
    return json.dumps(list(values)).encode()


def problems(result: ReadResult) -> list[tuple[str, str]]:
    return [(problem.where, str(problem.what)) for problem in result.problems]


def sealed(value: Any, secret: bytes = SECRET, *, tail: bytes = b"") -> dict[str, str]:
    nonce = bytes(range(24))
    text = json.dumps(value).encode() + tail
    box = nonce + crypto_secretbox(text, nonce, secret[:32].ljust(32, b"\0"))
    return {"_type": "encrypted", "data": base64.b64encode(box).decode()}


def unsealed(*values: Any, secret: bytes = SECRET) -> ReadResult:
    return read(messages(*values), secret=secret, unbox=open_box)


class TestPositions:
    def test_columns_come_in_our_units(self) -> None:
        (trace,) = read(messages(FULL)).traces
        fixes = trace.fixes
        assert fixes.time_us.tolist() == [FIRST_US]
        assert (fixes.lat_deg[0], fixes.lon_deg[0]) == (48.6921, 6.1844)
        assert (fixes.accuracy_m[0], fixes.elevation_m[0], fixes.bearing_deg[0]) == (12, 212, 90)
        assert fixes.speed_mps[0] == pytest.approx(10.0)  # 36 km/h
        assert trace.time_kind is TimeKind.UTC

    def test_what_a_phone_leaves_out_is_unknown_and_so_is_minus_one(self) -> None:
        (trace,) = read(messages(FIX, {**FIX, "vel": -1, "cog": -1, "acc": -1})).traces
        for column in (trace.fixes.accuracy_m, trace.fixes.speed_mps, trace.fixes.bearing_deg):
            assert np.isnan(column).all()

    def test_a_retained_message_is_kept_twice(self) -> None:
        assert read(messages(FULL, FULL)).fix_count == 2

    @pytest.mark.parametrize(
        "data",
        [
            json.dumps(FULL).encode(),
            json.dumps(FULL, indent=2).encode(),
            json.dumps(FULL).encode() + b"\n" + json.dumps(FULL).encode()[:-9],
            b"\xef\xbb\xbf" + messages(FULL),
            json.dumps({"count": 1, "data": [FULL]}).encode(),
        ],
    )
    def test_comes_alone_in_lines_in_a_list_or_as_the_recorder_answers(self, data: bytes) -> None:
        result = read(data)
        assert result.fix_count == 1
        assert result.traces[0].device == "phone"
        assert OwnTracksConnector().sniff(data)

    def test_numbers_between_quotes_and_milliseconds_are_read_truth_values_are_not(self) -> None:
        result = read(
            messages(
                {**FIX, "lat": "48.6921", "tst": "1772436600"},
                {**FIX, "tst": 1772436600000},
                {**FIX, "lat": True},
                {**FIX, "lat": None},
                {**FIX, "lat": 148.0},
                {**FIX, "tst": False},
                {**FIX, "tst": 0},
                {key: FIX[key] for key in ("_type", "lat", "lon")},
            )
        )
        assert result.traces[0].fixes.time_us.tolist() == [FIRST_US, FIRST_US]
        assert problems(result) == [
            ("record 3", "latitude or longitude is not a number"),
            ("record 4", "no latitude or longitude"),
            ("record 5", "latitude or longitude out of range"),
            ("record 6", "the time cannot be read"),
            ("record 7", "the time cannot be read"),
            ("record 8", "it does not say when"),
        ]

    def test_other_messages_are_no_problem_strange_ones_are(self) -> None:
        result = read(
            messages(
                {"_type": "waypoint", "lat": 48.6921, "lon": 6.1844, "tst": 1772436600},
                {"_type": "card", "name": "Jane"},
                {"_type": "../../x", "lat": 48.6921},
                {"no": "type"},
                7,
            )
        )
        assert result.fix_count == 0
        assert problems(result) == [
            (f"record {number}", "not a message of OwnTracks") for number in (3, 4, 5)
        ]

    def test_reads_in_parts_what_is_too_long_for_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(record_reading, "PART_FIXES", 2)
        parts = list(
            OwnTracksConnector().read_parts(io.BytesIO(messages(*[FULL] * 5)), ReadOptions())
        )
        assert [part.fix_count for part in parts] == [2, 2, 1]


class TestDevices:
    def test_the_user_is_dropped_and_devices_called_alike_stay_apart(self) -> None:
        topics = ("owntracks/jane/phone", "owntracks/joe/phone", "owntracks/jane/phone")
        result = read(messages(*({**FIX, "topic": topic} for topic in topics)))
        assert [(t.device, len(t.fixes)) for t in result.traces] == [("phone", 2), ("phone 2", 1)]

    def test_without_a_topic_the_two_letters_name_it(self) -> None:
        assert read(messages({**FIX, "tid": "ab"})).traces[0].device == "ab"

    def test_nothing_of_networks_regions_and_users_is_left(self) -> None:
        kept = repr(read(messages(FULL)))
        assert not any(word in kept for word in ("jane", "home", "00:11"))


class TestLabels:
    def test_motion_odometer_and_ignition_are_kept_as_said(self) -> None:
        later = {**FULL, "tst": 1772436660, "motionactivities": ["automotive"], "ign": False}
        result = read(
            messages(
                {**FULL, "motionactivities": ["automotive"], "odometer": 1200, "ign": True}, later
            )
        )
        assert set(result.labels) == {
            SourceLabel(FIRST_US, FIRST_US, "odometer_m", "1200", "phone"),
            SourceLabel(FIRST_US, FIRST_US, "ignition", "on", "phone"),
            SourceLabel(FIRST_US, FIRST_US + 60_000_000, "mode", "automotive", "phone"),
            SourceLabel(FIRST_US + 60_000_000, FIRST_US + 60_000_000, "ignition", "off", "phone"),
        }


class TestRecorder:
    def test_the_time_is_that_of_the_fix_not_of_its_arrival(self) -> None:
        result = read(REC)
        assert result.traces[0].fixes.time_us.tolist() == [FIRST_US, FIRST_US + 10_000_000]
        assert result.problems == ()

    def test_blanks_for_tabs_and_line_ends_inside_a_payload(self) -> None:
        data = b'2026-03-02T07:30:04Z  *   {"_type":"location","lat":48.6921,\n"lon":6.1844,\n'
        assert read(data + b'"tst":1772436600}\n' + REC).fix_count == 3

    def test_a_broken_line_is_named_and_costs_no_other(self) -> None:
        data = b'2026-03-02T07:30:04Z\t*\t{"_type":"loca\n' + b"more\n" * 30 + REC
        result = read(data)
        assert result.fix_count == 2
        assert {what for _, what in problems(result)} == {"not a record that can be read"}
        assert problems(result)[0][0] == "line 1"

    def test_passes_the_kit(self) -> None:
        assert check_connector(OwnTracksConnector(), REC, mutations=300) == ()


class TestSubscriber:
    def test_payloads_behind_their_topics_are_read(self) -> None:
        fix = json.dumps(FIX)
        lines = f"owntracks/jane/phone {fix}\nowntracks/jane/phone/event {{}}\n\nx\n"
        result = read(f"{lines}owntracks/joe/phone {fix}\n".encode())
        assert [trace.device for trace in result.traces] == ["phone", "phone 2"]
        assert problems(result) == [
            ("line 2", "not a message of OwnTracks"),
            ("line 4", "not a record that can be read"),
        ]
        assert OwnTracksConnector().sniff(lines.encode())
        assert not OwnTracksConnector().sniff(b'a/b {"other": 1}')

    def test_passes_the_kit(self) -> None:
        sample = f"owntracks/jane/phone {json.dumps(FIX)}\n".encode() * 2
        assert check_connector(OwnTracksConnector(), sample, mutations=300) == ()


class TestEncrypted:
    def test_opens_with_the_secret_and_strips_the_end_of_a_c_string(self) -> None:
        result = unsealed(sealed(FULL), sealed({**FULL, "tst": 1772436610}, tail=b"\0\0"))
        assert result.traces[0].fixes.time_us.tolist() == [FIRST_US, FIRST_US + 10_000_000]
        assert result.problems == ()

    def test_a_secret_is_cut_to_32_bytes(self) -> None:
        secret = b"s" * 40
        assert unsealed(sealed(FULL, secret), secret=b"s" * 32).fix_count == 1

    def test_reads_what_another_tool_sealed(self, shared_data: Any) -> None:
        path = shared_data / "corpus/owntracks_json/own__encrypted_key_utf8_cle-de-jane.json"
        outcome = fixes_or_refusal(lambda: read(path.read_bytes()))
        assert outcome == "what it holds is encrypted"

    def test_without_a_secret_it_is_said_what_is_needed(self) -> None:
        with pytest.raises(SealedSourceError):
            read(messages(sealed(FULL)))

    def test_another_secret_is_a_named_error_that_does_not_repeat_it(self) -> None:
        with pytest.raises(WrongSecretError) as caught:
            unsealed(sealed(FULL), secret=b"hunter2")
        assert "hunter2" not in f"{caught.value!r} {caught.value}"
        assert "hunter2" not in repr(ReadOptions(secret=b"hunter2"))

    def test_one_payload_that_was_changed_costs_one_fix(self) -> None:
        changed = sealed(FULL)
        changed["data"] = "A" * 8 + changed["data"][8:]
        result = unsealed(sealed(FULL), changed, {"_type": "encrypted", "data": "no base64!"})
        assert result.fix_count == 1
        assert problems(result) == [
            ("record 2", "the secret does not open it, or it was changed"),
            ("record 3", "its encrypted payload is cut short or no base64"),
        ]

    def test_open_positions_are_read_beside_closed_ones(self) -> None:
        result = read(messages(FULL, sealed(FULL)))
        assert result.fix_count == 1
        assert problems(result) == [("record 2", "it is encrypted, and no secret was given")]

    def test_a_box_inside_a_box_is_not_opened(self) -> None:
        result = unsealed(sealed(sealed(FULL)), sealed(FULL))
        assert problems(result) == [("record 1", "not a message of OwnTracks")]

    def test_a_payload_that_holds_no_json_is_named(self) -> None:
        broken = sealed(FULL, tail=b"}")
        assert problems(unsealed(broken)) == [("record 1", "not a record that can be read")]

    def test_passes_the_kit(self) -> None:
        options = ReadOptions(secret=SECRET, unbox=open_box)
        sample = messages(sealed(FULL), sealed({**FULL, "tst": 1772436610}))
        found = check_connector(OwnTracksConnector(), sample, options=options, mutations=300)
        assert found == ()


class TestSniff:
    @pytest.mark.parametrize(
        "other",
        [
            b'{"some": "invalid message"}',
            b'{"properties": {"_type": {"type": "string"}}}',
            b"2026-03-02T07:30:04Z,48.6921,6.1844",
            b'{"type": "FeatureCollection"}',
        ],
    )
    def test_leaves_alone_what_is_none(self, other: bytes) -> None:
        assert not OwnTracksConnector().sniff(other)


def test_a_list_that_is_cut_short_is_refused() -> None:
    with pytest.raises(UnreadableSourceError):
        read(messages(FULL)[:-2])


class TestDamage:
    """Promise: "a single bad record is a `Problem`, not an error"."""

    @settings(max_examples=150)
    @given(at=st.integers(0, len(REC) - 1), junk=st.binary(min_size=1, max_size=8))
    def test_damaged_bytes_are_never_a_crash(self, at: int, junk: bytes) -> None:
        outcome = fixes_or_refusal(lambda: read(REC[:at] + junk + REC[at + len(junk) :]))
        assert sound(outcome, most=3)

    @settings(max_examples=100)
    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from([*FULL, "data", "ign", "odometer"]), inner)
            ),
            max_leaves=12,
        )
    )
    def test_any_value_in_any_member_is_never_a_crash(self, value: Any) -> None:
        named = value if isinstance(value, dict) else {"lat": value}
        outcome = fixes_or_refusal(lambda: read(messages({**FULL, **named})))
        assert sound(outcome, most=1)
