"""Many processes, one wallet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.faults.writers import write_together


def test_nothing_is_lost_between_writers_a_check_and_a_backup(tmp_path: Path) -> None:
    """By command: 8 writers of 500 entries (``python -m tests.faults.writers``)."""
    outcome = write_together(tmp_path, 4, 5)
    assert outcome.is_whole, str(outcome)
    assert set(outcome.statuses) == {0}
    assert len(outcome.statuses) == 6
    assert outcome.backups > 0
    assert outcome.checks > 0
    for fault in ({"lost": 1}, {"problems": 1}, {"statuses": (0, 1)}):
        assert not replace(outcome, **fault).is_whole
