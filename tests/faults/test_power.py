"""A power cut leaves the old state or the new one, whatever the disk had not kept yet."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults import power
from tests.faults.disk import Disk, File, Loss
from tests.faults.recorded import Call, calls, needs_strace


def draws() -> random.Random:
    return random.Random(7)  # noqa: S311  the same cuts every time


def made(name: str, *arguments: str | bytes, result: int = 0) -> Call:
    return Call(name, arguments, result)


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    """A disk with one file of 1,024 bytes, open as 3, and its folder, open as 4."""
    origin = tmp_path / "origin"
    origin.mkdir()
    (origin / "old").write_bytes(b"a" * 1024)
    disk = Disk(Path("/r"), origin)
    disk.do(made("openat", "AT_FDCWD", b"/r/old", "O_RDWR", result=3))
    disk.do(made("openat", "AT_FDCWD", b"/r", "O_RDONLY", result=4))
    return disk


class TestDisk:
    """Promise: bytes last when the file is flushed, names when the folder is."""

    def test_bytes_that_were_not_flushed_may_be_lost(self, disk: Disk) -> None:
        disk.do(made("pwrite64", "3", b"b" * 1024, "1024", "0", result=1024))
        assert disk.after(Loss.ALL, draws()) == {"old": b"a" * 1024}
        torn = {disk.after(Loss.TORN, draw)["old"] for draw in map(random.Random, range(40))}
        halves = {b"a" * 512, b"b" * 512}
        assert torn == {one + other for one in halves for other in halves}
        disk.do(made("fdatasync", "3"))
        assert disk.after(Loss.ALL, draws()) == {"old": b"b" * 1024}

    def test_a_name_lasts_when_the_folder_is_flushed(self, disk: Disk) -> None:
        disk.do(made("openat", "AT_FDCWD", b"/r/new", "O_RDWR|O_CREAT", result=5))
        disk.do(made("write", "5", b"x", "1", result=1))
        disk.do(made("fsync", "5"))
        found = {tuple(disk.after(Loss.ALL, draw)) for draw in map(random.Random, range(40))}
        assert found == {("old",), ("new", "old")}
        disk.do(made("fsync", "4"))
        assert disk.after(Loss.ALL, draws())["new"] == b"x"

    def test_a_file_keeps_its_bytes_under_another_name(self, disk: Disk) -> None:
        disk.do(made("rename", b"/r/old", b"/r/moved"))
        disk.do(made("fsync", "4"))
        assert disk.after(Loss.ALL, draws()) == {"moved": b"a" * 1024}
        disk.do(made("unlink", b"/r/moved"))
        found = {tuple(disk.after(Loss.ALL, draw)) for draw in map(random.Random, range(40))}
        assert found == {(), ("moved",)}

    def test_a_disk_that_lies_flushes_nothing(self, tmp_path: Path, disk: Disk) -> None:
        lying = Disk(Path("/r"), tmp_path / "origin", lies=("old",))
        lying.do(made("openat", "AT_FDCWD", b"/r/old", "O_RDWR", result=3))
        lying.do(made("pwrite64", "3", b"b", "1", "0", result=1))
        lying.do(made("fsync", "3"))
        assert lying.after(Loss.ALL, draws()) == {"old": b"a" * 1024}

    def test_a_file_that_is_cut_and_lengthened(self) -> None:
        file = File(b"abcdef", [(2, None), (4, b"x")])
        assert file.after(Loss.NONE, draws()) == b"ab\0\0x"

    def test_a_call_that_it_does_not_know_ends_the_run(self, disk: Disk) -> None:
        with pytest.raises(NotImplementedError, match="sendfile"):
            disk.do(made("sendfile"))
        with pytest.raises(NotImplementedError, match="pwritev"):
            list(calls(iter(["pwritev(3, [], 0, 0) = 4\n"])))

    def test_a_line_of_the_recorder(self) -> None:
        lines = [r'pwrite64(3, "\x00\x41", 2, 512)       = 2', "close(3) = -1 EBADF (Bad)"]
        assert list(calls(iter(lines))) == [made("pwrite64", "3", b"\0A", "2", "512", result=2)]


@pytest.fixture(scope="module")
def stage(
    tmp_path_factory: pytest.TempPathFactory, no_keyring_at_all: None
) -> tuple[Path, Path, list[Path]]:
    folder = tmp_path_factory.mktemp("stage")
    origin, files = power.prepared(folder)
    return origin, folder, files


@needs_strace
class TestCuts:
    """Promise: "0 lost with honest fsync, a lying disk detected"; by command 10,000 of each."""

    def test_a_correction(self, stage: tuple[Path, Path, list[Path]], tmp_path: Path) -> None:
        origin, folder, files = stage
        done = power.recording("correct", origin, folder, files)
        image = tmp_path / "image"
        tally = power.cut(done, 60, draws(), lying=False, at=image)
        assert tally.found == {"whole": 60}, tally
        lied_to = power.cut(done, 60, draws(), lying=True, at=image)
        assert set(lied_to.found) == {"whole", "detected"}, lied_to
        never = replace(done, calls=tuple(c for c in done.calls if "sync" not in c.name))
        unflushed = power.cut(never, 60, draws(), lying=False, at=image)
        assert unflushed.found["whole"] < 60, "a program that flushes nothing must be seen"

    @pytest.mark.slow
    @pytest.mark.parametrize("operation", [o for o in power.OPERATIONS if o != "correct"])
    def test_every_operation(
        self, stage: tuple[Path, Path, list[Path]], operation: str, tmp_path: Path
    ) -> None:
        origin, folder, files = stage
        done = power.recording(operation, origin, folder, files)
        tally = power.cut(done, 60, draws(), lying=False, at=tmp_path / "image")
        assert tally.found == {"whole": 60}, tally
        lied_to = power.cut(done, 60, draws(), lying=True, at=tmp_path / "image")
        assert set(lied_to.found) <= {"whole", "detected", "unsaid", "copy"}, lied_to


def test_what_is_recorded_is_what_was_there(tmp_path: Path) -> None:
    """The disk without a cut holds what the real folder holds."""
    (tmp_path / "origin").mkdir()
    disk = Disk(Path("/r"), tmp_path / "origin")
    disk.do(made("mkdir", b"/r/a", "0700"))
    disk.do(made("openat", "AT_FDCWD", b"/r/a/b", "O_WRONLY|O_CREAT", result=9))
    disk.do(made("write", "9", b"12", "2", result=2))
    disk.do(made("write", "9", b"34", "2", result=2))
    disk.do(made("link", b"/r/a/b", b"/r/a/c"))
    disk.do(made("write", "1", b"done 3\n", "7", result=7))
    for number, path in ((5, b"/r"), (6, b"/r/a")):
        disk.do(made("openat", "AT_FDCWD", path, "O_RDONLY", result=number))
        disk.do(made("fsync", str(number)))
    left = {"a": None, "a/b": b"1234", "a/c": b"1234"}
    assert disk.after(Loss.NONE, random.Random(1)) == left  # noqa: S311  any seed
    assert disk.said == ["done 3"]
