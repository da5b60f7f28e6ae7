"""What the wallet keeps of a log that was merged into it."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from geowallet.vault import highwater
from geowallet.vault.branches import Branch, branches, is_merged, is_state_of
from geowallet.vault.highwater import Mark
from geowallet.vault.memories import Standing, recall
from geowallet.vault.store import Vault, open_vault
from tests.vault.conftest import NOW_US, Made, statement

COMMON = 2


@pytest.fixture
def fork(made: Made, tmp_path: Path) -> list[Mark]:
    """States of a copy that went on from the first two entries by itself, oldest first."""
    path = tmp_path / "fork.db"
    path.write_bytes(made.old)
    marks = []
    with open_vault(path, made.master, random=os.urandom) as vault:
        for _ in range(5):
            with vault.transaction(now_us=NOW_US) as tx:
                tx.log(statement())
            marks.append(vault.mark())
        (tmp_path / "fork.head").write_text(vault.checkpoint())
        (tmp_path / "own").write_bytes(b"".join(vault.leaf_hashes()[COMMON:]))
    return marks


def take_in(vault: Vault, own: bytes) -> None:
    branch = Branch(COMMON, own, {})
    with vault.transaction(now_us=NOW_US) as tx:
        tx.put("setting", "merged/a", msgspec.msgpack.encode(branch))
        tx.put("setting", "other", b"no branch")
        tx.log(statement())


class TestMerged:
    """Promise: a memory of a merged branch has seen "what this wallet has taken in"."""

    def test_every_state_of_the_branch_is_known_and_no_other(
        self, vault: Vault, fork: list[Mark], tmp_path: Path
    ) -> None:
        assert not any(is_merged(vault, mark) for mark in fork)
        take_in(vault, (tmp_path / "own").read_bytes()[: 4 * 32])
        assert [one.size for one in branches(vault).values()] == [6]
        assert [is_merged(vault, mark) for mark in fork] == [True] * 4 + [False]
        assert not is_merged(vault, Mark(4, bytes(32)))

    def test_a_state_beyond_a_log_is_none_of_it(self, fork: list[Mark]) -> None:
        assert not is_state_of([], fork[0])

    def test_a_memory_of_it_is_older_and_one_beyond_it_is_not(
        self, vault: Vault, fork: list[Mark], tmp_path: Path
    ) -> None:
        memory = str(tmp_path / "fork.head")
        assert recall(vault, memory).standing is Standing.NEWER
        take_in(vault, (tmp_path / "own").read_bytes())
        assert recall(vault, memory).standing is Standing.OLDER
        assert recall(vault, memory).mark == fork[-1]

    def test_the_machines_memory_gives_way_to_the_merged_log_only(
        self, vault: Vault, fork: list[Mark], tmp_path: Path
    ) -> None:
        path = tmp_path / "state"
        highwater.remember(path, fork[-1])
        mine = vault.mark()
        highwater.remember(path, mine, outlived=lambda known: is_merged(vault, known))
        assert highwater.remembered(path) == fork[-1]
        take_in(vault, (tmp_path / "own").read_bytes())
        mine = vault.mark()
        assert mine.size < fork[-1].size
        highwater.remember(path, mine, outlived=lambda known: is_merged(vault, known))
        assert highwater.remembered(path) == mine

    def test_a_branch_that_cannot_be_read_is_none(
        self, vault: Vault, fork: list[Mark], tmp_path: Path
    ) -> None:
        take_in(vault, (tmp_path / "own").read_bytes())
        row = vault.row_id("setting", "merged/a")
        vault._db.execute("UPDATE record SET sealed = x'00' WHERE id = ?", (row,))
        assert not is_merged(vault, fork[0])
