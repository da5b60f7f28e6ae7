from __future__ import annotations

import io
import math
from pathlib import Path

import gpxpy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.connectors.api import ReadOptions, ReadResult
from geowallet.connectors.standard.gpx import GpxConnector
from geowallet.model.errors import TooLargeError, UnreadableSourceError
from geowallet.model.fixes import TimeKind
from tests.connectors.samples_inline import FIRST_US, GPX, fixes_or_refusal, sound


def read(data: bytes, options: ReadOptions | None = None) -> ReadResult:
    return GpxConnector().read(io.BytesIO(data), options or ReadOptions())


def track(points: str, head: str = "") -> bytes:
    return f"{head}<gpx><trk><trkseg>{points}</trkseg></trk></gpx>".encode()


def point(time: str, *, lat: str = "48.5", lon: str = "6.25", more: str = "") -> str:
    return f'<trkpt lat="{lat}" lon="{lon}"><time>{time}</time>{more}</trkpt>'


def whats(result: ReadResult) -> list[tuple[str, str]]:
    return [(problem.where, str(problem.what)) for problem in result.problems]


def test_reads_positions_times_and_what_the_receiver_measured() -> None:
    (trace,) = read(GPX).traces
    fixes = trace.fixes
    assert fixes.time_us.tolist() == [FIRST_US, FIRST_US + 10_250_000, FIRST_US + 20_000_000]
    assert (fixes.lat_deg[0], fixes.lon_deg[0]) == (48.6921, 6.1844)
    assert (fixes.elevation_m[0], fixes.accuracy_m[0], fixes.speed_mps[0]) == (212.5, 8.25, 4.5)
    assert np.isnan(fixes.accuracy_m[1:]).all()
    assert trace.time_kind is TimeKind.OFFSET


def test_one_bad_point_costs_one_point() -> None:
    good = point("2026-03-02T07:30:00Z")
    result = read(
        track(
            good
            + point("2026-03-02T07:30:01Z", lat="undefined")
            + '<trkpt lat="48.5"><time>2026-03-02T07:30:02Z</time></trkpt>'
            + point("2026-03-02T07:30:03Z", lat="91")
            + point("yesterday")
            + good
        )
    )
    assert result.fix_count == 2
    assert whats(result) == [
        ("trk 1, seg 1, pt 2", "latitude or longitude is not a number"),
        ("trk 1, seg 1, pt 3", "no latitude or longitude"),
        ("trk 1, seg 1, pt 4", "latitude or longitude out of range"),
        ("trk 1, seg 1, pt 5", "the time cannot be read"),
    ]


def test_a_point_without_time_is_counted_and_not_a_fix() -> None:
    result = read(track(point("2026-03-02T07:30:00Z") + '<trkpt lat="1" lon="2"/>'))
    assert (result.fix_count, result.untimed, result.problems) == (1, 1, ())


def test_a_planned_route_has_positions_but_no_fix() -> None:
    result = read(b'<gpx><rte><rtept lat="1" lon="2"/><rtept lat="1" lon="3"/></rte></gpx>')
    assert (result.traces, result.untimed) == ((), 2)


def test_names_count_without_their_prefix() -> None:
    data = track(point("2026-03-02T07:30:00Z", more="<osmand:speed>3</osmand:speed>")).decode()
    for name in ("gpx", "trkpt", "time"):
        data = data.replace(f"<{name}", f"<ns2:{name}").replace(f"</{name}", f"</ns2:{name}")
    (trace,) = read(data.encode()).traces
    assert trace.fixes.speed_mps.tolist() == [3.0]


def test_hdop_is_not_metres_and_minus_one_is_unknown() -> None:
    more = "<hdop>2</hdop><extensions><accuracy>-1</accuracy><speed>-1</speed></extensions>"
    (trace,) = read(track(point("2026-03-02T07:30:00Z", more=more))).traces
    assert np.isnan(trace.fixes.accuracy_m).all()
    assert np.isnan(trace.fixes.speed_mps).all()


def test_the_points_own_element_comes_before_an_extension() -> None:
    more = "<extensions><x:speed>9</x:speed></extensions><speed>4</speed>"
    (trace,) = read(track(point("2026-03-02T07:30:00Z", more=more))).traces
    assert trace.fixes.speed_mps.tolist() == [4.0]


def test_elevation_that_is_no_number_or_a_sentinel_is_absent() -> None:
    points = "".join(
        point("2026-03-02T07:30:00Z", more=f"<ele>{ele}</ele>") for ele in ("NaN", "-99999", "x")
    )
    (trace,) = read(track(points)).traces
    assert np.isnan(trace.fixes.elevation_m).all()


def test_naive_times_are_utc_by_the_standard_and_it_is_said() -> None:
    result = read(track(point("2026-03-02T07:30:00")))
    assert result.traces[0].time_kind is TimeKind.NAIVE
    assert result.traces[0].fixes.time_us.tolist() == [FIRST_US]
    assert "UTC" in str(result.note)


def test_naive_times_are_clocks_of_the_zone_that_the_owner_names() -> None:
    result = read(track(point("2026-03-02T08:30:00")), ReadOptions(zone="Europe/Paris"))
    assert result.traces[0].fixes.time_us.tolist() == [FIRST_US]
    assert result.note is None


def test_impossible_years_and_latitude_zero_are_kept_and_counted() -> None:
    points = point("1970-01-01T00:00:00Z") + point("2026-03-02T07:30:00Z", lat="0", lon="0")
    result = read(track(points))
    assert result.fix_count == 2
    assert result.problem_count == 2


@pytest.mark.parametrize("blank", [b"", b"\xef\xbb\xbf", b"\r\n  \t", b"  \xef\xbb\xbf"])
def test_blanks_and_marks_before_the_declaration_do_no_harm(blank: bytes) -> None:
    assert read(blank + GPX).fix_count == 3


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "latin-1"])
def test_other_encodings_are_read(codec: str) -> None:
    text = GPX.decode().replace("UTF-8", codec.removesuffix("-le")).replace("hand", "h\u00e4nd")
    assert read(text.encode(codec)).fix_count == 3


def test_bytes_of_another_encoding_cost_characters_not_the_file() -> None:
    result = read(GPX.replace(b"hand", b"h\xe4nd\x01"))
    assert result.fix_count == 3
    assert result.problem_count == 1


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE gpx [<!ENTITY a "b">]>',
        '<!DOCTYPE gpx SYSTEM "file:///dev/zero">',
        "<!DOCTYPE gpx>",
        '<!DOCTYPE gpx [<!ENTITY % p SYSTEM "http://127.0.0.1:9/">%p;]>',
    ],
)
def test_a_document_type_is_refused_before_anything_is_read(head: str) -> None:
    with pytest.raises(UnreadableSourceError, match="document type"):
        read(track(point("2026-03-02T07:30:00Z"), head))


def test_an_unsafe_encoding_is_refused() -> None:
    with pytest.raises(UnreadableSourceError, match="encoding"):
        read(GPX.replace(b"UTF-8", b"UTF-7"))


def test_deep_nesting_and_endless_tags_are_refused() -> None:
    with pytest.raises(UnreadableSourceError, match="deep"):
        read(b"<gpx>" + b"<a>" * 1000)
    with pytest.raises(TooLargeError):
        read(b'<gpx a="' + b"x" * (2 << 20))


def test_a_file_cut_short_keeps_what_came_before_and_says_so() -> None:
    result = read(GPX[: GPX.index(b"<trkpt", GPX.index(b"10.250"))])
    assert result.fix_count == 2
    assert "early" in str(result.problems[-1].what)


@pytest.mark.parametrize("data", [b"<gpx", b"<kml></kml>", b"nothing", b""])
def test_what_is_no_gpx_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableSourceError):
        read(data)


def test_claims_by_content_only() -> None:
    sniff = GpxConnector().sniff
    assert sniff(GPX)
    assert sniff(b'<?xml version="1.0"?><!-- x --><a:gpx xmlns:a="u">')
    assert not sniff(b"<kml><name>gpx</name>")
    assert not sniff(b"about <gpx ")


def test_agrees_with_gpxpy_on_the_samples(samples: Path) -> None:
    paths = sorted((samples / "real").glob("*.gpx"))
    assert paths
    for path in paths:
        agree(path.read_bytes())


def test_agrees_with_gpxpy_on_the_reference_corpus(shared_data: Path) -> None:
    compared = 0
    for path in sorted((shared_data / "corpus" / "gpx").glob("[a-m]*.gpx")):
        if path.stat().st_size < 60_000:
            compared += agree(path.read_bytes())
    assert compared >= 10


def agree(data: bytes) -> bool:
    """Compare with gpxpy, where gpxpy reads the file and finds times."""
    try:
        document = gpxpy.parse(data.decode("utf-8-sig"))
    except (gpxpy.gpx.GPXException, ValueError):
        return False
    theirs = [p for p, _, _, _ in document.walk() if p.time]
    if not theirs:
        return False
    traces = read(data).traces
    rows = sorted((p.time.timestamp() if p.time.tzinfo else 0, p.latitude) for p in theirs)
    assert sum(len(trace.fixes) for trace in traces) == len(rows)
    if all(p.time.tzinfo for p in theirs):
        assert traces[0].fixes.time_us[0] == pytest.approx(rows[0][0] * 1e6, abs=1e3)
        assert math.fsum(traces[0].fixes.lat_deg) == pytest.approx(math.fsum(r[1] for r in rows))
    return True


class TestDamage:
    """Promise: "one bad record is a Problem, not an error"; nothing but `GeowalletError`."""

    @settings(max_examples=150)
    @given(at=st.integers(0, len(GPX) - 1), junk=st.binary(min_size=1, max_size=8))
    def test_damaged_bytes_are_never_a_crash(self, at: int, junk: bytes) -> None:
        outcome = fixes_or_refusal(lambda: read(GPX[:at] + junk + GPX[at + len(junk) :]))
        assert sound(outcome, most=3)

    @settings(max_examples=100)
    @given(st.binary(max_size=200))
    def test_any_bytes_are_read_or_refused(self, data: bytes) -> None:
        assert sound(fixes_or_refusal(lambda: read(data)), most=3)
