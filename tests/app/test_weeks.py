from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from msgspec.structs import replace

from geowallet.app.intake import ingest, sources
from geowallet.app.intake.inspect import Look, inspect
from geowallet.app.intake.storing import store
from geowallet.app.intake.weeks import bearings
from geowallet.app.locations import Locations
from geowallet.connectors.api import ReadOptions
from geowallet.crypto.canonical import sha256_hex
from geowallet.model.provenance import StatementKind
from tests.app import scene

WEEKS = dt.timedelta(weeks=1024)
RIDE = dt.datetime(2023, 7, 1, 8, 30, tzinfo=dt.UTC)
NOW_US = scene.NOON_US


def us(moment: dt.datetime) -> int:
    return (moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1)


def gpx(*starts: dt.datetime, written: dt.datetime | None = None) -> bytes:
    """Half an hour of driving north from each start, a position every ten seconds."""
    said = f"<metadata><time>{written:%Y-%m-%dT%H:%M:%SZ}</time></metadata>" if written else ""
    points = "".join(
        f'<trkpt lat="{48 + row * 0.0015:.4f}" lon="2.3">'
        f"<time>{start + dt.timedelta(seconds=10 * row):%Y-%m-%dT%H:%M:%SZ}</time></trkpt>"
        for start in starts
        for row in range(180)
    )
    return f"<gpx>{said}<trk><trkseg>{points}</trkseg></trk></gpx>".encode()


def offer(path: Path) -> str:
    (report,) = inspect([path], look=Look(NOW_US))
    return str(report.offer or "")


def saved(
    path: Path, data: bytes, at: dt.datetime = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
) -> Path:
    path.write_bytes(data)
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


class TestOffer:
    """Promise: what looks 1,024 weeks off is said, with the day that it would be; never changed."""

    EARLY = "180 times look 1,024 weeks early; with --fix-rollover they begin on 2023-07-01"

    @pytest.mark.parametrize(
        "name", ["2023-07-01.gpx", "ride_01.07.2023_10_30.gpx", "20230701.gpx"]
    )
    def test_the_name_of_the_file_tells(self, tmp_path: Path, name: str) -> None:
        assert offer(saved(tmp_path / name, gpx(RIDE - WEEKS))) == self.EARLY

    def test_what_the_file_says_of_itself_tells(self, tmp_path: Path) -> None:
        path = saved(tmp_path / "a.gpx", gpx(RIDE - WEEKS, written=RIDE))
        assert offer(path) == self.EARLY

    def test_other_times_in_the_file_tell(self, tmp_path: Path) -> None:
        path = saved(tmp_path / "a.gpx", gpx(RIDE - WEEKS, RIDE + dt.timedelta(hours=1)))
        assert offer(path) == self.EARLY

    def test_the_day_on_which_it_was_saved_tells(self, tmp_path: Path) -> None:
        path = saved(tmp_path / "a.gpx", gpx(RIDE - WEEKS), RIDE + dt.timedelta(hours=2))
        assert offer(path) == self.EARLY

    def test_the_future_tells(self, tmp_path: Path) -> None:
        path = saved(tmp_path / "a.gpx", gpx(RIDE + WEEKS))
        assert offer(path) == (
            "180 times look 1,024 weeks late; with --fix-rollover they begin on 2023-07-01"
        )

    def test_an_old_ride_is_no_mistake(self, tmp_path: Path) -> None:
        assert offer(saved(tmp_path / "a.gpx", gpx(RIDE - WEEKS))) == ""

    def test_an_old_ride_that_is_named_so_is_no_mistake(self, tmp_path: Path) -> None:
        assert offer(saved(tmp_path / "2003-11-15.gpx", gpx(RIDE - WEEKS))) == ""

    def test_a_new_ride_is_no_mistake(self, tmp_path: Path) -> None:
        assert offer(saved(tmp_path / "2023-07-01.gpx", gpx(RIDE))) == ""


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("26.07.2023_8_24_37.gpx", dt.date(2023, 7, 26)),
        ("2023_07_26-x.fit", dt.date(2023, 7, 26)),
        ("IMG20230726.nmea", dt.date(2023, 7, 26)),
        ("a.zip!2023-07-26/track.gpx", None),
        ("route 99.13.2023.gpx", None),
        ("12345678901234.gpx", None),
    ],
)
def test_the_day_in_a_name(name: str, day: dt.date | None) -> None:
    midnight = dt.datetime.combine(day, dt.time(), dt.UTC) if day else None
    assert bearings(name, NOW_US).about_us == (us(midnight) if midnight else None)


def run(
    here: Locations, path: Path, *, fix: bool | None = None
) -> tuple[ingest.Imported, ingest.Ingested]:
    how = ingest.Manner(ReadOptions(), None, lambda: NOW_US, fix_rollover=fix)
    with scene.opened(here) as vault:
        done = ingest.ingest(vault, [str(path)], how, progress=scene.no_progress)
    (file,) = done.files
    return file, done


def first_day(here: Locations, path: Path) -> str:
    with scene.opened(here) as vault:
        known = sources.source(vault, sha256_hex(path.read_bytes()))
    assert known is not None
    first_us = min(run_[0] for run_ in known.runs())
    return (dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=first_us)).strftime(
        "%F"
    )


class TestCorrection:
    """Promise: times are moved where the owner says so, on record, and back when he says so."""

    def test_nothing_is_moved_unasked_and_the_offer_is_said(
        self, empty: Locations, tmp_path: Path
    ) -> None:
        path = saved(tmp_path / "2023-07-01.gpx", gpx(RIDE - WEEKS))
        file, _ = run(empty, path)
        assert [str(note) for note in file.notes] == [TestOffer.EARLY]
        assert first_day(empty, path) == "2003-11-15"

    def test_asked_it_is_moved_and_on_record(self, empty: Locations, tmp_path: Path) -> None:
        path = saved(tmp_path / "a.gpx", gpx(RIDE - WEEKS))
        file, done = run(empty, path, fix=True)
        assert [str(note) for note in file.notes] == [
            "180 times were moved by 1,024 weeks, as asked; they begin on 2023-07-01"
        ]
        assert (first_day(empty, path), done.derived.new) == ("2023-07-01", 1)
        with scene.opened(empty) as vault:
            (logged,) = [s for _, s, _ in vault.log_entries() if s.kind is StatementKind.IMPORT]
        assert logged.predicate["said"] == {"moved_by_1024_weeks": "180"}

    def test_only_what_is_lost_is_moved(self, empty: Locations, tmp_path: Path) -> None:
        later = RIDE + dt.timedelta(hours=1)
        path = saved(tmp_path / "a.gpx", gpx(later - WEEKS, RIDE))
        file, _ = run(empty, path, fix=True)
        assert (file.first_us, file.last_us) == (us(RIDE), us(later + dt.timedelta(seconds=1790)))
        assert not file.problems

    def test_a_known_file_is_read_again_and_its_old_trips_go(
        self, empty: Locations, tmp_path: Path
    ) -> None:
        path = saved(tmp_path / "a.gpx", gpx(RIDE - WEEKS))
        assert run(empty, path)[0].outcome == "read"
        file, done = run(empty, path, fix=True)
        assert (file.outcome, done.derived.new, done.derived.changed) == ("read", 1, 1)
        assert run(empty, path, fix=True)[0].outcome == "known"
        assert run(empty, path)[0].outcome == "known"
        assert first_day(empty, path) == "2023-07-01"

    def test_it_is_undone(self, empty: Locations, tmp_path: Path) -> None:
        path = saved(tmp_path / "a.gpx", gpx(RIDE - WEEKS))
        run(empty, path)
        with scene.opened(empty) as vault:
            before = scene.stored_pages(vault)
        run(empty, path, fix=True)
        file, _ = run(empty, path, fix=False)
        assert file.outcome == "read"
        with scene.opened(empty) as vault:
            after = scene.stored_pages(vault)
            stored = sum(1 for _ in vault.items("fixes"))
        assert {m: p for m, p in after.items() if m.startswith("2003")} == before
        assert stored == 1

    def test_no_piece_of_what_was_replaced_is_left(self, empty: Locations, tmp_path: Path) -> None:
        path = saved(tmp_path / "a.gpx", gpx(RIDE))
        run(empty, path)
        with scene.opened(empty) as vault:
            known = sources.source(vault, sha256_hex(path.read_bytes()))
            assert known is not None
            store(vault, replace(known, traces=()), {}, before=known)
            assert not list(vault.items("fixes"))

    def test_a_good_file_is_the_same_with_and_without(
        self, empty: Locations, tmp_path: Path
    ) -> None:
        path = saved(tmp_path / "a.gpx", gpx(RIDE))
        assert run(empty, path, fix=True)[0].notes == ()
        assert run(empty, path, fix=False)[0].outcome == "known"
