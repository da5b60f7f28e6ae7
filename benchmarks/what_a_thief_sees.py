"""What the wallet's file shows to whoever has it and no key: counts, sizes, order.

Run with ``python -m benchmarks.what_a_thief_sees WALLET [EARLIER_COPY]``; it asks for
nothing. With an earlier copy it also shows what two copies give away together.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks.timing import say

TABLES = ("slot", "record", "record_key", "log")


@dataclass(frozen=True, slots=True)
class Seen:
    """What one copy shows.

    Attributes:
        file_bytes: Its size.
        rows: Rows of each table.
        slots: Kinds of the ways in, as their headers say.
        groups: For each kind of record (its name is a keyed hash): how many there are,
            and how many bytes they have together; most first.
        sizes: How many distinct sizes all records have.
        transactions: Distinct versions of records: when each was written, by log entry.
        log_sizes: How many distinct sizes log entries have.
    """

    file_bytes: int
    rows: dict[str, int]
    slots: tuple[str, ...]
    groups: tuple[tuple[int, int], ...]
    sizes: int
    transactions: int
    log_sizes: int


def look(path: Path) -> Seen:
    """Return what the file at ``path`` shows without any key."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
        rows = {
            table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608  ours
            for table in TABLES
        }
        groups = db.execute("SELECT count(*), sum(length(sealed)) FROM record GROUP BY kind")
        found = tuple(sorted(groups.fetchall(), reverse=True))
        headers = [json.loads(text) for (text,) in db.execute("SELECT header FROM slot")]
        return Seen(
            file_bytes=path.stat().st_size,
            rows=rows,
            slots=tuple(str(header["kind"]) for header in headers),
            groups=found,
            sizes=_count(db, "SELECT count(DISTINCT length(sealed)) FROM record"),
            transactions=_count(db, "SELECT count(DISTINCT version) FROM record"),
            log_sizes=_count(db, "SELECT count(DISTINCT length(sealed)) FROM log"),
        )


def changed(before: Path, after: Path) -> Counter[str]:
    """Return how many records two copies of one wallet show as new, gone or written anew."""
    old, new = _records(before), _records(after)
    found = Counter({"new": len(new.keys() - old.keys()), "gone": len(old.keys() - new.keys())})
    found["written anew"] = sum(old[row] != new[row] for row in old.keys() & new.keys())
    return found


def main(arguments: list[str]) -> None:
    """Print what a wallet, and an earlier copy of it, show."""
    path = Path(arguments[0])
    seen = look(path)
    say(f"file      {seen.file_bytes:,} bytes; its last change is the last use that wrote")
    say(f"ways in   {', '.join(seen.slots)}")
    say(f"log       {seen.rows['log']} entries in {seen.log_sizes} sizes")
    say(f"records   {seen.rows['record']} in {seen.sizes} sizes, of {seen.transactions} writes")
    for count, total in seen.groups:
        say(f"  a kind  {count:6} records, {total:12,} bytes")
    for earlier in arguments[1:]:
        found = changed(Path(earlier), path)
        say("between   " + ", ".join(f"{count} {what}" for what, count in found.items()))


def _count(db: sqlite3.Connection, query: str) -> int:
    return int(db.execute(query).fetchone()[0])


def _records(path: Path) -> dict[bytes, int]:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
        return dict(db.execute("SELECT id, version FROM record").fetchall())


if __name__ == "__main__":
    main(sys.argv[1:])
