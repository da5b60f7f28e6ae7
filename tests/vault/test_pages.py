from __future__ import annotations

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.model.mobility import Leg, Mode, Point, Stop, Trip
from geowallet.model.words import N_, phrase
from geowallet.vault import pages
from geowallet.vault.blobs import pack
from geowallet.vault.pages import decode_page, encode_page

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

    def test_an_unknown_mode_is_refused(self) -> None:
        stop_page = decode_page(_page())
        leg = [1, 2, "rocket", 0.9, [], 1.0, 1.0, 0.0, 0.0, 7, []]
        trip = ["t0", 1, 2, [leg], [0.0, 0.0], [0.0, 0.0], []]
        with pytest.raises(ValueError, match="rocket"):
            decode_page(b"\x01" + pack(msgspec.msgpack.encode([[trip], []])))
        assert not math.isnan(stop_page[0][0].distance_m)


def decode_page_unbounded(page: bytes) -> tuple[tuple[Trip, ...], tuple[Stop, ...]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "MAX_PAGE_BYTES", 64 << 20)
        return decode_page(page)
