from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from geowallet.app.intake import ingest, sources
from geowallet.app.locations import Locations
from geowallet.app.travel import derive, slices, waiting
from geowallet.connectors.api import ReadOptions
from geowallet.crypto.canonical import sha256_hex
from geowallet.model.errors import (
    DiskFullError,
    EmptySourceError,
    GeowalletError,
    NotATraceError,
    SourceAccessError,
    SourceMissingError,
    VaultBusyError,
    VaultDamagedError,
)
from geowallet.model.provenance import Statement, StatementKind
from geowallet.track.pipeline import analyse
from geowallet.vault.store import Vault
from tests.app import scene

FOURTH, FIFTH = scene.days_of_may(4, 5)


def outcomes(done: ingest.Ingested) -> list[str]:
    return [file.outcome for file in done.files]


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return path


def pages_after(here: Locations) -> dict[str, bytes]:
    with scene.opened(here) as vault:
        return scene.stored_pages(vault)


@pytest.fixture
def reference(lived_in: Locations) -> dict[str, bytes]:
    """Pages of the two days, imported as two files."""
    return pages_after(lived_in)


class Unplugged(io.RawIOBase):
    """A disk that went away."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        del buffer
        raise OSError(5, "Input/output error")


class Interrupting:
    """Raises at the nth call of progress: between two files."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self, name: str, count: int) -> None:
        del name, count
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt


def run(
    here: Locations, files: list[Path], progress: Callable[[str, int], None] = scene.no_progress
) -> ingest.Ingested:
    with scene.opened(here) as vault:
        return ingest.ingest(vault, [str(f) for f in files], scene.manner(), progress=progress)


class TestFiles:
    def test_a_file_is_read_once(
        self, empty: Locations, tmp_path: Path, reference: dict[str, bytes]
    ) -> None:
        files = scene.write_days(tmp_path, [FOURTH, FIFTH])
        assert outcomes(run(empty, files)) == ["read", "read"]
        again = run(empty, files)
        assert outcomes(again) == ["known", "known"]
        assert again.derived == derive.Derived(0, 0, 0, 0)
        assert pages_after(empty) == reference

    def test_the_same_bytes_under_another_name_are_known(
        self, empty: Locations, tmp_path: Path
    ) -> None:
        (path,) = scene.write_days(tmp_path, [FOURTH])
        copy = tmp_path / "copy.csv"
        copy.write_bytes(path.read_bytes())
        packed = tmp_path / "packed.csv.gz"
        packed.write_bytes(gzip.compress(path.read_bytes()))
        assert outcomes(run(empty, [path, copy, packed])) == ["read", "known", "known"]

    def test_a_file_is_described_by_its_digest_and_the_log_has_it(
        self, empty: Locations, tmp_path: Path
    ) -> None:
        (path,) = scene.write_days(tmp_path, [FOURTH])
        run(empty, [path])
        digest = sha256_hex(path.read_bytes())
        with scene.opened(empty) as vault:
            found = sources.source(vault, digest)
            (logged,) = [s for _, s, _ in vault.log_entries() if s.kind is StatementKind.IMPORT]
        assert found is not None
        assert (found.name, found.length) == (path.name, path.stat().st_size)
        assert logged.inputs == (digest,)
        assert logged.predicate["fixes"] == found.fixes

    def test_what_cannot_be_read_never_stops_the_others(
        self, empty: Locations, tmp_path: Path, reference: dict[str, bytes]
    ) -> None:
        good = scene.write_days(tmp_path, [FOURTH, FIFTH])
        noise = tmp_path / "noise.bin"
        noise.write_bytes(bytes(range(256)) * 8)
        nothing = tmp_path / "empty.csv"
        nothing.write_bytes(b"")
        done = run(empty, [noise, good[0], nothing, tmp_path / "missing.csv", good[1]])
        assert outcomes(done) == ["refused", "read", "refused", "refused", "read"]
        errors = [type(file.error) for file in done.files if file.error]
        assert errors == [NotATraceError, EmptySourceError, SourceMissingError]
        assert pages_after(empty) == reference

    def test_a_file_that_cannot_be_read_on_is_refused(
        self, empty: Locations, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(ingest, "open_source", lambda *_: Unplugged())
        (file,) = run(empty, [tmp_path / "unplugged.csv"]).files
        assert file.outcome == "refused"
        assert isinstance(file.error, SourceAccessError)

    def test_standard_input_is_a_file_too(
        self, empty: Locations, reference: dict[str, bytes]
    ) -> None:
        for day in (FOURTH, FIFTH):
            with scene.opened(empty) as vault:
                how = ingest.Manner(ReadOptions(), None, lambda: scene.NOON_US, scene.car_day(day))
                done = ingest.ingest(vault, ["-"], how, progress=scene.no_progress)
            assert outcomes(done) == ["read"]
        assert pages_after(empty) == reference


class TestHashing:
    """Promise: a file is named by the bytes that were read, kept in memory or not."""

    def test_a_large_file_is_stored_as_a_small_one(
        self, empty: Locations, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (path,) = scene.write_days(tmp_path / "days", [FOURTH])
        small = scene.new_wallet(tmp_path / "small")
        run(small, [path])
        monkeypatch.setattr(ingest, "KEPT_BYTES", 100)
        assert outcomes(run(empty, [path])) == ["read"]
        assert outcomes(run(empty, [path])) == ["known"]
        with scene.opened(small) as one, scene.opened(empty) as two:
            assert sources.sources(one) == sources.sources(two)
            (found,) = sources.sources(two)
        assert found.sha256 == sha256_hex(path.read_bytes())


class TestArchives:
    def test_members_are_files(
        self, empty: Locations, tmp_path: Path, reference: dict[str, bytes]
    ) -> None:
        members = {f"{day}.csv": scene.car_day(day) for day in (FOURTH, FIFTH)}
        done = run(empty, [zipped(tmp_path / "days.zip", members)])
        assert outcomes(done) == ["read", "read"]
        assert pages_after(empty) == reference
        assert outcomes(run(empty, [tmp_path / "days.zip"])) == ["known", "known"]

    def test_one_bad_member_is_refused_alone(
        self, empty: Locations, tmp_path: Path, reference: dict[str, bytes]
    ) -> None:
        members = {
            "a.csv": scene.car_day(FOURTH),
            "b.gpx": b"<gpx><trk><trkseg><trkpt lat='48'",
            "c.csv": scene.car_day(FIFTH),
        }
        done = run(empty, [zipped(tmp_path / "days.zip", members)])
        assert sorted(outcomes(done)) == ["read", "read", "refused"]
        (bad,) = [file for file in done.files if file.error]
        assert "b.gpx" in bad.name
        assert pages_after(empty) == reference

    @pytest.mark.parametrize("kept", [0.3, 0.7, 0.99])
    def test_a_torn_archive_is_an_error_and_no_more(
        self, empty: Locations, tmp_path: Path, kept: float
    ) -> None:
        whole = io.BytesIO()
        with tarfile.open(fileobj=whole, mode="w:gz") as archive:
            for day in (FOURTH, FIFTH):
                body = scene.car_day(day)
                member = tarfile.TarInfo(f"{day}.csv")
                member.size = len(body)
                archive.addfile(member, io.BytesIO(body))
        torn = tmp_path / "days.tar.gz"
        torn.write_bytes(whole.getvalue()[: int(len(whole.getvalue()) * kept)])
        done = run(empty, [torn])
        assert "refused" in outcomes(done)
        assert all(isinstance(f.error, GeowalletError) for f in done.files if not f.fixes)
        with scene.opened(empty) as vault:
            assert waiting.pending(vault) == []


class TestOverlap:
    """Promise: what two files both saw counts once, in any order."""

    @pytest.mark.parametrize("order", [(0, 1), (1, 0)])
    def test_two_files_of_the_same_day_are_one_day(
        self, empty: Locations, tmp_path: Path, order: tuple[int, int]
    ) -> None:
        lines = scene.car_day(FOURTH).splitlines(keepends=True)
        head, rows = lines[0], lines[1:]
        third = len(rows) // 3
        files = [tmp_path / "early.csv", tmp_path / "late.csv"]
        files[0].write_bytes(head + b"".join(rows[: 2 * third]))
        files[1].write_bytes(head + b"".join(rows[third:]))
        for number in order:
            run(empty, [files[number]])
        whole = scene.new_wallet(tmp_path / "whole")
        run(whole, scene.write_days(tmp_path / "day", [FOURTH]))
        with scene.opened(empty) as two, scene.opened(whole) as one:
            assert [round(t.distance_m) for t in derive.all_trips(two)] == [
                round(t.distance_m) for t in derive.all_trips(one)
            ]

    def test_the_order_of_overlapping_files_changes_no_byte(
        self, empty: Locations, tmp_path: Path
    ) -> None:
        rows = scene.car_day(FOURTH).splitlines(keepends=True)
        files = []
        for number, step in enumerate((2, 3)):
            path = tmp_path / f"{number}.csv"
            path.write_bytes(rows[0] + b"".join(rows[1::step]))
            files.append(path)
        other = scene.new_wallet(tmp_path / "other")
        run(empty, files)
        for path in reversed(files):
            run(other, [path])
        assert pages_after(empty) == pages_after(other)


class TestCutShort:
    """Promise: an interrupted import keeps whole files, and the next one finishes it."""

    @pytest.mark.parametrize(("at", "kept"), [(1, 0), (2, 1)])
    def test_interrupted_between_files(
        self,
        *,
        empty: Locations,
        tmp_path: Path,
        reference: dict[str, bytes],
        at: int,
        kept: int,
    ) -> None:
        files = scene.write_days(tmp_path, [FOURTH, FIFTH])
        with pytest.raises(KeyboardInterrupt):
            run(empty, files, Interrupting(at))
        with scene.opened(empty) as vault:
            assert len(sources.sources(vault)) == kept
            assert bool(waiting.pending(vault)) == bool(kept)
            assert scene.stored_pages(vault) == {}
        run(empty, files)
        assert pages_after(empty) == reference

    def test_cut_short_before_the_analysis_any_import_finishes_it(
        self,
        empty: Locations,
        tmp_path: Path,
        reference: dict[str, bytes],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        files = scene.write_days(tmp_path, [FOURTH, FIFTH])
        with monkeypatch.context() as patch:
            patch.setattr(ingest, "derive", lambda *_, **__: Interrupting(1)("", 0))
            with pytest.raises(KeyboardInterrupt):
                run(empty, files)
        assert pages_after(empty) == {}
        done = run(empty, [tmp_path / "missing.csv"])
        assert done.derived.new == 8
        assert pages_after(empty) == reference

    @pytest.mark.parametrize(
        "trouble", [DiskFullError(reason=""), VaultBusyError(), VaultDamagedError(what="")]
    )
    def test_trouble_of_the_wallet_is_not_the_fault_of_a_file(
        self,
        empty: Locations,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        trouble: GeowalletError,
    ) -> None:
        def refuse(*_: object, **__: object) -> None:
            raise trouble

        monkeypatch.setattr(ingest, "store", refuse)
        with pytest.raises(type(trouble)):
            run(empty, scene.write_days(tmp_path, [FOURTH, FIFTH]))


class TestOvertaken:
    """Promise: two imports at once lose nothing."""

    def test_an_analysis_that_was_overtaken_begins_anew(
        self,
        empty: Locations,
        tmp_path: Path,
        reference: dict[str, bytes],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        mine, theirs = scene.write_days(tmp_path, [FOURTH, FIFTH])
        real = analyse
        unread = [theirs]

        def meanwhile(*arguments: object, **named: object) -> object:
            if unread:
                run(empty, [unread.pop()])
            return real(*arguments, **named)  # type: ignore[arg-type]  # handed on as it came

        monkeypatch.setattr(slices, "analyse", meanwhile)
        run(empty, [mine])
        assert pages_after(empty) == reference
        with scene.opened(empty) as vault:
            assert waiting.pending(vault) == []

    def test_who_is_overtaken_again_and_again_gives_up_and_forgets_nothing(
        self, empty: Locations, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = analyse

        def meanwhile(*arguments: object, **named: object) -> object:
            with scene.opened(empty) as other:
                touch(other)
            return real(*arguments, **named)  # type: ignore[arg-type]  # handed on as it came

        files = scene.write_days(tmp_path, [FOURTH])
        with monkeypatch.context() as patch:
            patch.setattr(slices, "analyse", meanwhile)
            with pytest.raises(VaultBusyError):
                run(empty, files)
        assert outcomes(run(empty, files)) == ["known"]
        with scene.opened(empty) as vault:
            assert len(derive.all_trips(vault)) == 4


def touch(vault: Vault) -> None:
    with vault.transaction(now_us=scene.NOON_US) as tx:
        tx.log(Statement(StatementKind.SETTING, (), (), {}))
