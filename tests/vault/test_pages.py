from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.model.mobility import Gap, GapKind, Leg, Mode, Point, Stop, Trip
from geowallet.model.trip_columns import columns_of
from geowallet.model.words import N_, phrase
from geowallet.vault import pages
from geowallet.vault.blobs import pack, unpack
from geowallet.vault.pages import decode_columns, decode_page, encode_page

FIRST_FORMAT = (
    "015bfe0c0228b52ffd20cd7d04000407929197a274300102919d0102a3636172cb3feccccd9192a3"
    "627573cb3fb9999acb40934a00cb402400cb403400cb4000079192ab7b617d20616e64207b627d92"
    "92a1610192a162cb40040091940102a7636f76657265649192a56e6f6973650392cb4048800891a2"
    "61629195020305c30d003e1383c1408a8d0552b8b3ac8a0cee00e3c065d0046c01ebad8009"
)
POINTS = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))
MODES = st.sampled_from(Mode)
METRES = st.floats(0, 1e7)
INSTANTS = st.integers(-(2**62), 2**62)
LEGS = st.builds(
    Leg,
    INSTANTS,
    INSTANTS,
    MODES,
    st.floats(0, 1),
    st.lists(st.tuples(MODES, st.floats(0, 1)), max_size=2).map(tuple),
    METRES,
    METRES,
    METRES,
    METRES,
    st.integers(0, 10**6),
    st.lists(
        st.builds(phrase, st.just(N_("{a} and {b}")), a=st.integers(0, 9), b=st.floats(0, 9)),
        max_size=2,
    ).map(tuple),
)
TRIPS = st.builds(
    Trip,
    st.text(max_size=13),
    INSTANTS,
    INSTANTS,
    st.lists(LEGS, min_size=1, max_size=2).map(tuple),
    POINTS,
    POINTS,
    st.lists(st.text(max_size=64), max_size=2).map(tuple),
)
STOPS = st.builds(Stop, INSTANTS, INSTANTS, POINTS, st.integers(0, 10**6), st.booleans())


def _page() -> bytes:
    leg = Leg(1, 2, Mode.CAR, 0.9, ((Mode.BUS, 0.1),), 1234.5, 10.0, 0.0, 0.0, 7)
    trip = Trip("t0", 1, 2, (leg,), Point(48.0, 2.0), Point(49.0, 3.0), ("ab",))
    return encode_page([trip], [Stop(2, 3, Point(49.0, 3.0), 5, is_activity=True)])


class TestEncodePage:
    """Promise: "every number comes back exactly"."""

    @given(st.lists(TRIPS, max_size=3).map(tuple), st.lists(STOPS, max_size=3).map(tuple))
    def test_round_trip(self, trips: tuple[Trip, ...], stops: tuple[Stop, ...]) -> None:
        assert decode_page(encode_page(trips, stops)) == (trips, stops)

    def test_a_page_larger_than_one_may_be_is_a_mistake(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = _page()
        monkeypatch.setattr(pages, "MAX_PAGE_BYTES", 50)
        with pytest.raises(ValueError, match="50 are allowed"):
            encode_page(*decode_page_unbounded(page))
        with pytest.raises(ValueError, match="larger than it may be"):
            decode_page(page)


class TestDecodePage:
    """Promise: "Not such a page" is a ValueError."""

    def test_every_truncation_is_refused(self) -> None:
        page = _page()
        for cut in range(len(page)):
            with pytest.raises(ValueError, match=r"."):
                decode_page(page[:cut])

    def test_every_flipped_bit_is_refused_or_harmless(self) -> None:
        page = _page()
        for at in range(8 * len(page)):
            forged = bytearray(page)
            forged[at // 8] ^= 1 << at % 8
            try:
                assert decode_page(bytes(forged)) == decode_page(page)
            except ValueError:
                continue

    @pytest.mark.parametrize(
        "value",
        [[], [[], []], [[["t"]], []], {"trips": []}, [[], [], []], [[], [[1, 2, [0.0], 3, True]]]],
    )
    def test_another_shape_is_refused(self, value: object) -> None:
        blob = b"\x01" + pack(msgspec.msgpack.encode(value))
        if value == [[], []]:
            assert decode_page(blob) == ((), ())
        else:
            with pytest.raises(ValueError, match="not a page"):
                decode_page(blob)

    def test_pages_of_the_first_format_are_read_for_ever(self) -> None:
        reasons = (phrase(N_("{a} and {b}"), a=1, b=2.5),)
        gaps = (Gap(1, 2, 20.0, GapKind.COVERED),)
        words = (reasons, gaps, (("noise", 3),))
        leg = Leg(1, 2, Mode.CAR, 0.9, ((Mode.BUS, 0.1),), 1234.5, 10.0, 20.0, 2.0, 7, *words)
        trip = Trip("t0", 1, 2, (leg,), Point(48.0, 2.0), Point(49.0, 3.0), ("ab",))
        stop = Stop(2, 3, Point(49.0, 3.0), 5, is_activity=True)
        page = bytes.fromhex(FIRST_FORMAT)
        assert decode_page(page) == ((trip,), (stop,))
        assert decode_columns([page]).ids == ("t0",)

    @pytest.mark.parametrize("half", [0, 1])
    @pytest.mark.parametrize("value", [[], {"ids": []}, [[1] * 13], 7, [[], [[]], []]])
    def test_another_shape_of_a_half_is_refused(self, half: int, value: object) -> None:
        with pytest.raises(ValueError, match="not a page of trips"):
            decode_page(_with_half(half, value))

    @pytest.mark.parametrize(
        ("place", "value"),
        [
            pytest.param(0, ["t0", "t1"], id="one name too many"),
            pytest.param(1, bytes(16), id="one instant too many"),
            pytest.param(7, b"\x02\0\0\0", id="one leg too many"),
            pytest.param(7, b"\0\0\0\0", id="no leg"),
            pytest.param(8, bytes(7), id="half an instant"),
            pytest.param(10, b"\xff", id="an unknown mode"),
            pytest.param(10, b"", id="no mode"),
        ],
    )
    def test_columns_that_do_not_belong_together_are_refused(
        self, place: int, value: object
    ) -> None:
        columns = _halves(_page())[0]
        columns[place] = value
        forged = _with_half(0, columns)
        for read in (decode_page, lambda page: decode_columns([page])):
            with pytest.raises(ValueError, match=r"length|belong together|unknown mode"):
                read(forged)

    def test_words_of_another_page_are_refused(self) -> None:
        words = _halves(encode_page(decode_page(_page())[0] * 2, ()))[1]
        with pytest.raises(ValueError, match="belong together"):
            decode_page(_with_half(1, words))

    def test_an_unknown_mode_is_refused(self) -> None:
        stop_page = decode_page(_page())
        leg = [1, 2, "rocket", 0.9, [], 1.0, 1.0, 0.0, 0.0, 7, []]
        trip = ["t0", 1, 2, [leg], [0.0, 0.0], [0.0, 0.0], []]
        with pytest.raises(ValueError, match="rocket"):
            decode_page(b"\x01" + pack(msgspec.msgpack.encode([[trip], []])))
        assert not math.isnan(stop_page[0][0].distance_m)


class TestDecodeColumns:
    """Promise: "the trips of all pages as columns, in order"."""

    @settings(max_examples=30)
    @given(st.lists(st.lists(TRIPS, max_size=2).map(tuple), max_size=2))
    def test_they_are_the_columns_of_the_trips(self, months: list[tuple[Trip, ...]]) -> None:
        found = decode_columns(encode_page(trips, ()) for trips in months)
        trips = [trip for month in months for trip in month]
        assert repr(found) == repr(columns_of(trips))
        main = [found.leg_distance_m[number] for number in found.main_leg()]
        assert main == [trip.main_leg.distance_m for trip in trips]
        odd = np.arange(len(trips)) % 2 == 1
        assert repr(found.taken(odd)) == repr(columns_of(trips[1::2]))

    def test_the_words_are_not_looked_at(self) -> None:
        assert decode_columns([_page()[:-1]]).ids == ("t0",)


def _halves(page: bytes) -> list[list[object]]:
    stop = 5 + int.from_bytes(page[1:5], "big")
    return [
        msgspec.msgpack.decode(unpack(half, max_bytes=10_000))
        for half in (page[5:stop], page[stop:])
    ]


def _with_half(place: int, value: object) -> bytes:
    """A page of which one half says something else."""
    halves: list[object] = [*_halves(_page())]
    halves[place] = value
    columns, words = (pack(msgspec.msgpack.encode(half)) for half in halves)
    return b"\x02" + len(columns).to_bytes(4, "big") + columns + words


def decode_page_unbounded(page: bytes) -> tuple[tuple[Trip, ...], tuple[Stop, ...]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "MAX_PAGE_BYTES", 64 << 20)
        return decode_page(page)
