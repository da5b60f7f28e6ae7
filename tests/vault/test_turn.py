from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from geowallet.vault.turn import ASK_AGAIN_S, begin_writing


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "any.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE t (a)")
    return path


@pytest.fixture
def both(file: Path) -> Iterator[tuple[sqlite3.Connection, sqlite3.Connection]]:
    with (
        closing(sqlite3.connect(file, isolation_level=None)) as one,
        closing(sqlite3.connect(file, isolation_level=None)) as other,
    ):
        yield one, other


def timeout_ms(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA busy_timeout").fetchone()[0])


class TestBeginWriting:
    """Promise: "everybody asks equally often"."""

    def test_nobody_else_writes(self, both: tuple[sqlite3.Connection, ...]) -> None:
        begin_writing(both[0], busy_s=0.0)
        assert both[0].in_transaction
        assert timeout_ms(both[0]) == 0

    def test_it_asks_every_two_milliseconds_until_the_other_is_done(
        self, both: tuple[sqlite3.Connection, ...]
    ) -> None:
        one, other = both
        other.execute("BEGIN IMMEDIATE")
        rests = []

        def rest(seconds: float) -> None:
            rests.append(seconds)
            if len(rests) == 50:
                other.execute("COMMIT")

        begin_writing(one, busy_s=7.5, clock=lambda: 0.0, rest=rest)
        assert one.in_transaction
        assert rests == [ASK_AGAIN_S] * 50
        assert timeout_ms(one) == 7500

    def test_it_gives_up_in_time(self, both: tuple[sqlite3.Connection, ...]) -> None:
        one, other = both
        other.execute("BEGIN IMMEDIATE")
        times = iter([100.0, 101.0, 104.9, 105.0])
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            begin_writing(one, busy_s=5.0, clock=lambda: next(times), rest=lambda _: None)
        assert next(times, None) is None
        assert timeout_ms(one) == 5000

    def test_another_failure_is_not_waited_for(self, file: Path) -> None:
        file.write_bytes(b"SQLite format 3\0" + bytes(4000))
        with (
            closing(sqlite3.connect(file, isolation_level=None)) as db,
            pytest.raises(sqlite3.DatabaseError),
        ):
            begin_writing(db, busy_s=5.0, rest=lambda _: pytest.fail("waited"))
