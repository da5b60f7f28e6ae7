"""Faults: the disk is full, another process writes, the process is killed."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from geowallet.model.errors import DiskFullError, VaultBusyError
from geowallet.vault.check import check_vault
from geowallet.vault.faults import disk_faults
from geowallet.vault.slots import master_from_passphrase
from geowallet.vault.store import Vault, open_vault
from tests.vault.conftest import NOW_US, PASSPHRASE, Made, statement

ROOT = Path(__file__).parent.parent.parent
CANARY = b"48.8566006,2.3522219"
NAME_CANARY = "Chez Mamie Odette"


def _write(vault: Vault) -> None:
    with vault.transaction(now_us=NOW_US) as tx:
        tx.put("place", "home", b"third home")
        tx.delete("fixes", "b")
        tx.put("trips", "2026-10", b"trips " * 5000)
        tx.log(statement())
        tx.log(statement())


def _in_a_child(path: Path, made: Made, prepare: Callable[[Vault], object]) -> int:
    """Run the write in a child that ``prepare`` has armed; return how it ended."""
    child = os.fork()
    if child == 0:
        vault = open_vault(path, made.master, random=os.urandom)
        prepare(vault)
        _write(vault)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _state(path: Path, made: Made) -> str:
    with open_vault(path, made.master, random=os.urandom) as vault:
        report = check_vault(vault)
        assert report.problems == ()
        home, fixes = vault.get("place", "home"), vault.get("fixes", "b")
        trips = vault.get("trips", "2026-10")
    if (home, fixes, trips, report.entries) == (b"second home", b"other fixes", None, 4):
        return "old"
    assert (home, fixes, trips, report.entries) == (b"third home", None, b"trips " * 5000, 6)
    return "new"


class TestKilled:
    """Promise: a killed process leaves the old state or the new one, never between."""

    def test_at_every_statement(self, path: Path, made: Made) -> None:
        outcomes = []
        for left in range(100):
            path.write_bytes(made.new)

            def arm(vault: Vault, left: int = left) -> None:
                remaining = iter(range(left))

                def die(_: str) -> None:
                    if next(remaining, None) is None:
                        os._exit(9)  # no rollback, no finally, no atexit

                vault._db.set_trace_callback(die)

            status = _in_a_child(path, made, arm)
            outcomes.append((status, _state(path, made)))
            if status == 0:
                break
        assert len(outcomes) > 20
        assert outcomes == [(9, "old")] * (len(outcomes) - 1) + [(0, "new")]

    def test_inside_the_write_that_would_pass_any_size(self, path: Path, made: Made) -> None:
        """The kernel kills the writer in the middle of a write to the file or its journal."""
        outcomes = []
        for limit in range(512, 3 * len(made.new), 6000):
            path.write_bytes(made.new)

            def arm(_: Vault, limit: int = limit) -> None:
                signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
                resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

            outcomes.append((_in_a_child(path, made, arm), _state(path, made)))
        assert set(outcomes) == {(-signal.SIGXFSZ, "old"), (0, "new")}

    def test_by_surprise(self, path: Path, made: Made) -> None:
        """Kill -9 while it commits again and again: what it said is there, is there."""
        code = (
            "import os, sys\nfrom pathlib import Path\n"
            "from geowallet.vault.store import open_vault\n"
            "from tests.vault.conftest import statement\n"
            "vault = open_vault(Path(sys.argv[1]), bytes.fromhex(sys.argv[2]), random=os.urandom)\n"
            "for n in range(10**6):\n"
            "    with vault.transaction(now_us=n) as tx:\n"
            "        tx.put('setting', str(n), b'x' * 9000)\n"
            "        tx.log(statement(n=n))\n"
            "    print(n, flush=True)\n"
        )
        command = [sys.executable, "-c", code, str(path), made.master.hex()]
        for acknowledged in (1, 7, 30):
            path.write_bytes(made.new)
            with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as child:
                assert child.stdout is not None
                for _ in range(acknowledged):
                    last = int(child.stdout.readline())
                child.kill()
            with open_vault(path, made.master, random=os.urandom) as vault:
                assert check_vault(vault).problems == ()
                names = {int(name) for name, _ in vault.items("setting")}
            assert names >= set(range(last + 1))
            assert names == set(range(len(names)))


class TestFullDisk:
    """Promise: "DiskFullError: The disk is full or refuses"; nothing was changed."""

    def test_a_full_disk(self, vault: Vault, path: Path, made: Made) -> None:
        pages = vault._db.execute("PRAGMA page_count").fetchone()[0]
        vault._db.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(DiskFullError, match="no space left"):
            _write(vault)
        assert _state(path, made) == "old"

    def test_a_disk_that_fails_in_the_middle(self, path: Path, made: Made) -> None:
        def arm(vault: Vault) -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (len(made.new), len(made.new)))
            try:
                _write(vault)
            except DiskFullError as error:
                os._exit(7 if "does not answer" in str(error) else 8)

        assert _in_a_child(path, made, arm) == 7
        assert _state(path, made) == "old"

    def test_after_it_the_same_vault_goes_on(self, vault: Vault, path: Path, made: Made) -> None:
        pages = vault._db.execute("PRAGMA page_count").fetchone()[0]
        vault._db.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(DiskFullError):
            _write(vault)
        vault._db.execute("PRAGMA max_page_count = 1000000")
        _write(vault)
        assert _state(path, made) == "new"

    def test_a_file_that_may_not_be_written(self, path: Path, made: Made) -> None:
        uri = f"file:{path}?mode=ro"
        with (
            open_vault(path, made.master, random=os.urandom) as vault,
            closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as db,
        ):
            db.text_factory = bytes
            with pytest.raises(DiskFullError, match="access is denied"):
                _write(Vault(db, vault._keys, os.urandom))


class TestTwoProcesses:
    """Promise: the second waits, then goes on or says that the wallet is busy."""

    def test_busy_is_said(self, vault: Vault, path: Path, made: Made) -> None:
        with (
            open_vault(path, made.master, random=os.urandom) as first,
            first.transaction(now_us=NOW_US) as tx,
        ):
            with pytest.raises(VaultBusyError):
                _write(vault)
            tx.log(statement())
        _write(vault)
        assert len(vault.leaf_hashes()) == 7

    def test_a_reader_in_the_way_of_a_commit(self, vault: Vault, path: Path, made: Made) -> None:
        with (
            open_vault(path, made.master, random=os.urandom) as reader,
            reader.snapshot() as (db, _),
        ):
            db.execute("SELECT * FROM log").fetchone()
            with pytest.raises(VaultBusyError):
                _write(vault)
        assert _state(path, made) == "old"

    def test_a_reader_sees_head_and_log_of_one_moment(self, path: Path, made: Made) -> None:
        """A commit of another process, just between the two reads, is not seen by halves."""
        with (
            open_vault(path, made.master, random=os.urandom) as reader,
            open_vault(path, made.master, random=os.urandom, busy_s=0.0) as writer,
        ):
            tried = []

            def commit(sql: str) -> None:
                if sql.startswith("SELECT max(position)"):
                    tried.append(sql)
                    with pytest.raises(VaultBusyError):
                        _write(writer)

            reader._db.set_trace_callback(commit)
            assert reader.mark().size == 4
            assert tried

    def test_no_append_is_lost(self, path: Path, made: Made) -> None:
        code = (
            "import os, sys\nfrom pathlib import Path\n"
            "from geowallet.vault.store import open_vault\n"
            "from tests.vault.conftest import statement\n"
            "vault = open_vault(Path(sys.argv[1]), bytes.fromhex(sys.argv[2]),\n"
            "    random=os.urandom, busy_s=60)\n"
            "for n in range(25):\n"
            "    with vault.transaction(now_us=n) as tx:\n"
            "        count = int(vault.get('setting', 'count') or 0)\n"
            "        tx.put('setting', 'count', str(count + 1).encode())\n"
            "        tx.log(statement(n=n))\n"
        )
        command = [sys.executable, "-c", code, str(path), made.master.hex()]
        children = [subprocess.Popen(command, cwd=ROOT) for _ in range(2)]
        assert [child.wait() for child in children] == [0, 0]
        with open_vault(path, made.master, random=os.urandom) as vault:
            assert vault.get("setting", "count") == b"50"
            assert check_vault(vault).entries == 54
            assert check_vault(vault).problems == ()


def test_no_plaintext_reaches_the_file_or_its_journal(path: Path, made: Made) -> None:
    """The journal holds what the pages were before: write twice, look while it is open."""
    with open_vault(path, made.master, random=os.urandom) as vault:
        vault._db.execute("PRAGMA cache_size = 1")
        for _ in range(2):
            with vault.transaction(now_us=NOW_US) as tx:
                for n in range(30):
                    tx.put("place", f"{NAME_CANARY} {n}", CANARY * 200)
                tx.log(statement(place=NAME_CANARY, where=CANARY.decode()))
                written = [file.read_bytes() for file in path.parent.iterdir()]
    assert len(written) == 2
    for data in (*written, path.read_bytes()):
        assert len(data) > 10_000
        for secret in (CANARY, NAME_CANARY.encode(), PASSPHRASE, made.master, b"place"):
            assert secret not in data


def test_an_operating_system_error_without_a_number_is_still_named() -> None:
    with pytest.raises(DiskFullError, match="does not answer"), disk_faults():
        raise OSError


def test_the_passphrase_still_opens_after_all_this(path: Path, made: Made) -> None:
    assert _in_a_child(path, made, lambda _: None) == 0
    assert master_from_passphrase(path, PASSPHRASE) == made.master
