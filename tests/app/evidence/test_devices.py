from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from geowallet.app.evidence.device_keys import batch_path, create_device, sign_file
from geowallet.app.evidence.devices import (
    Registered,
    Signed,
    Word,
    add_device,
    devices,
    registered,
    remove_device,
)
from geowallet.app.intake import ingest
from geowallet.app.intake.paths import source_paths
from geowallet.connectors.api import ReadOptions
from geowallet.crypto.batches import Chain, open_batch
from geowallet.model.errors import (
    BadDeviceKeyError,
    DeviceFileError,
    DeviceNameError,
    FileTakenError,
    NotFoundError,
    SourceAccessError,
    SourceMissingError,
)
from geowallet.model.provenance import StatementKind
from geowallet.vault.store import Vault
from tests.app import scene


class Van:
    """A simulated gateway in a van: a key file, and one trace a day."""

    def __init__(self, folder: Path, name: str = "van-1") -> None:
        self.folder = folder
        self.file = folder / f"{name}.key"
        self.key = create_device(self.file, name)

    def day(self, number: int) -> Path:
        """Write and sign the trace of a day of May."""
        (path,) = scene.write_days(self.folder / "days", scene.days_of_may(number))
        sign_file(self.file, path)
        return path


@pytest.fixture
def van(tmp_path: Path) -> Van:
    return Van(tmp_path)


def read(vault: Vault, *paths: Path) -> tuple[Signed, ...]:
    manner = ingest.Manner(ReadOptions(), None, lambda: scene.NOON_US)
    return ingest.ingest(
        vault, [str(path) for path in paths], manner, progress=lambda *_: None
    ).signed


def words(signed: tuple[Signed, ...]) -> list[Word]:
    return [one.word for one in signed]


def only(vault: Vault) -> Registered:
    (one,) = registered(vault)
    return one


class TestDevice:
    """Promise: a device counts every file once, whatever happens in between."""

    def test_each_file_continues_the_one_before(self, van: Van) -> None:
        first, second = (open_batch(batch_path(van.day(n)).read_text(), van.key) for n in (4, 5))
        assert (first.counter, second.counter) == (1, 2)
        assert second.previous == first.digest

    def test_the_same_file_again_gets_the_same_batch(self, van: Van) -> None:
        path = van.day(4)
        note = batch_path(path).read_text()
        batch_path(path).unlink()  # a power cut after counting
        assert sign_file(van.file, path)[0].counter == 1
        assert batch_path(path).read_text() == note

    def test_a_file_whose_batch_lies_beside_it_is_not_counted_twice(self, van: Van) -> None:
        first, second = van.day(4), van.day(5)
        assert sign_file(van.file, first)[0].counter == 1
        first.write_bytes(second.read_bytes() + b"\n")
        assert sign_file(van.file, first)[0].counter == 3

    def test_its_key_file_is_its_owner_s_alone(self, van: Van) -> None:
        assert van.file.stat().st_mode & 0o077 == 0

    def test_a_key_file_is_never_overwritten(self, van: Van) -> None:
        with pytest.raises(FileTakenError):
            create_device(van.file, "van-1")

    def test_a_name_that_cannot_stand_in_a_note_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(DeviceNameError):
            create_device(tmp_path / "k", "my van")
        assert not (tmp_path / "k").exists()

    @pytest.mark.parametrize(
        ("member", "value"),
        [
            ("schema", "geowallet.device/2"),
            ("seed", "A" * 43),
            ("seed", 7),
            ("key", "van-1"),
            ("last", "geowallet batch v1"),
        ],
    )
    def test_a_key_file_that_was_changed_is_refused(
        self, van: Van, member: str, value: object
    ) -> None:
        path = van.day(4)
        stored = json.loads(van.file.read_text()) | {member: value}
        van.file.write_text(json.dumps(stored))
        with pytest.raises(DeviceFileError):
            sign_file(van.file, path)

    def test_a_file_that_is_not_there_is_not_signed(self, van: Van, tmp_path: Path) -> None:
        for device, path in (
            (van.file, tmp_path / "none"),
            (tmp_path / "no" / "key", van.file),
        ):
            with pytest.raises(SourceMissingError):
                sign_file(device, path)
        with pytest.raises(SourceAccessError):
            sign_file(van.file, tmp_path)


class TestIngest:
    """Promise: what a device signed is taken in beside its file; a gap, fork or replay is said."""

    def test_files_of_a_registered_device_are_known_as_its_own(
        self, vault: Vault, van: Van
    ) -> None:
        add_device(vault, van.key, now_us=scene.NOON_US)
        assert words(read(vault, van.day(4), van.day(5))) == [Word.KEPT] * 2
        assert (only(vault).chain, only(vault).files) == (Chain(2, (), (), ()), 2)

    def test_the_log_says_so_by_digests(self, vault: Vault, van: Van) -> None:
        add_device(vault, van.key, now_us=scene.NOON_US)
        path = van.day(4)
        read(vault, path)
        batch = open_batch(batch_path(path).read_text(), van.key)
        said = [s for _, s, _ in vault.log_entries() if s.kind is StatementKind.DEVICE]
        assert [s.predicate["what"] for s in said] == ["device registered", "batch"]
        assert (said[1].subjects, said[1].inputs) == ((batch.digest,), (batch.sha256,))

    def test_a_folder_is_read_without_taking_batches_for_traces(self, van: Van) -> None:
        path = van.day(4)
        assert list(source_paths([path.parent, batch_path(path)])) == [path]

    @pytest.mark.parametrize("order", list(itertools.permutations((0, 1, 2))))
    def test_the_order_of_reading_does_not_matter(
        self, vault: Vault, van: Van, order: tuple[int, ...]
    ) -> None:
        add_device(vault, van.key, now_us=scene.NOON_US)
        paths = [van.day(n) for n in (4, 5, 6)]
        for place in order:
            read(vault, paths[place])
        assert (only(vault).chain, only(vault).files) == (Chain(3, (), (), ()), 3)

    def test_a_file_that_was_left_out_is_missed(self, vault: Vault, van: Van) -> None:
        add_device(vault, van.key, now_us=scene.NOON_US)
        first, second, third = (van.day(n) for n in (4, 5, 6))
        assert words(read(vault, first, third)) == [Word.KEPT, Word.MISSING]
        assert (only(vault).chain.missing, only(vault).files) == (((2, 2),), 1)
        assert words(read(vault, second, third)) == [Word.KEPT, Word.KNOWN]
        assert only(vault).chain.is_whole

    def test_a_restored_key_file_is_a_fork(self, vault: Vault, van: Van) -> None:
        add_device(vault, van.key, now_us=scene.NOON_US)
        first, before = van.day(4), van.file.read_bytes()
        second = van.day(5)
        van.file.write_bytes(before)
        other = van.day(6)
        assert words(read(vault, first, second, other)) == [Word.KEPT, Word.FORKED, Word.FORKED]
        assert (only(vault).chain.forked, only(vault).files) == ((2,), 1)

    def test_a_file_signed_under_two_counters_is_a_replay(self, vault: Vault, van: Van) -> None:
        add_device(vault, van.key, now_us=scene.NOON_US)
        first, second = van.day(4), van.day(5)
        read(vault, first, second)
        batch_path(first).unlink()
        sign_file(van.file, first)
        (said,) = read(vault, first)
        assert (said.word, said.counter) == (Word.REPLAYED, 3)

    def test_a_file_that_was_changed_after_signing_is_not_the_device_s(
        self, vault: Vault, van: Van
    ) -> None:
        add_device(vault, van.key, now_us=scene.NOON_US)
        path = van.day(4)
        path.write_bytes(path.read_bytes().replace(b"48.0", b"48.1", 1))
        assert words(read(vault, path)) == [Word.REFUSED]
        assert only(vault).batches == 0

    def test_a_batch_by_another_key_of_that_name_is_refused(
        self, vault: Vault, van: Van, tmp_path: Path
    ) -> None:
        add_device(vault, Van(tmp_path / "forged").key, now_us=scene.NOON_US)
        assert words(read(vault, van.day(4))) == [Word.REFUSED]

    @pytest.mark.parametrize("junk", [b"", b"junk", b"\xff\xfe", b"a" * 20_000])
    def test_a_batch_that_is_none_never_stops_the_file(
        self, vault: Vault, van: Van, junk: bytes
    ) -> None:
        path = van.day(4)
        batch_path(path).write_bytes(junk)
        assert words(read(vault, path)) == [Word.REFUSED]

    def test_a_stranger_s_batch_is_taken_once_the_device_is_registered(
        self, vault: Vault, van: Van
    ) -> None:
        path = van.day(4)
        assert words(read(vault, path)) == [Word.UNREGISTERED]
        add_device(vault, van.key, now_us=scene.NOON_US)
        assert words(read(vault, path)) == [Word.KEPT]

    def test_a_file_that_is_refused_takes_no_batch_along(self, vault: Vault, van: Van) -> None:
        add_device(vault, van.key, now_us=scene.NOON_US)
        path = van.folder / "notes.txt"
        path.write_text("no trace\n")
        sign_file(van.file, path)
        assert read(vault, path, van.day(4))[0].file != "notes.txt"


class TestRegister:
    """Promise: a device is known by its key, and the log says since when."""

    def test_the_same_key_again_changes_nothing(self, vault: Vault, van: Van) -> None:
        first = add_device(vault, van.key, now_us=1)
        assert add_device(vault, f" {van.key}\n", now_us=2) == first
        assert devices(vault) == (first,)

    def test_another_key_of_that_name_replaces_it(
        self, vault: Vault, van: Van, tmp_path: Path
    ) -> None:
        add_device(vault, van.key, now_us=1)
        other = Van(tmp_path / "other")
        add_device(vault, other.key, now_us=2)
        assert [one.key for one in devices(vault)] == [other.key]

    @pytest.mark.parametrize("text", ["", "van", "van+00000000+AAAA", "van\u00e9+1+2"])
    def test_what_is_no_key_is_refused(self, vault: Vault, text: str) -> None:
        with pytest.raises(BadDeviceKeyError):
            add_device(vault, text, now_us=1)

    def test_a_device_that_is_forgotten_leaves_what_it_signed(self, vault: Vault, van: Van) -> None:
        add_device(vault, van.key, now_us=1)
        read(vault, van.day(4))
        assert remove_device(vault, "van", now_us=2).name == "van-1"
        assert registered(vault) == ()
        add_device(vault, van.key, now_us=3)
        assert only(vault).batches == 1
        with pytest.raises(NotFoundError):
            remove_device(vault, "bus", now_us=4)
