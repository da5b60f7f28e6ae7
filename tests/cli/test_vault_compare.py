"""``vault compare``: how another copy of the wallet stands to it."""

from __future__ import annotations

import shutil

from tests.cli.conftest import Terminal


def test_a_copy_is_told_as_same_and_as_older_and_as_forked(terminal: Terminal) -> None:
    assert terminal("init", "--recovery-file", "recovery").status == 0
    shutil.copy(terminal.folder / "wallet.gwv", terminal.folder / "copy.gwv")
    shutil.copy(terminal.folder / "wallet.gwv", terminal.folder / "third.gwv")
    assert "Both are the same" in terminal("vault", "compare", "copy.gwv").out
    assert terminal("vehicle", "add", "clio", "--power", "5").status == 0
    done = terminal("vault", "compare", "copy.gwv")
    assert (done.status, "copy is older" in done.out) == (0, True)
    (record,) = terminal("vault", "compare", "copy.gwv", "--json").records
    assert (record["relation"], record["there"]["entries"]) == ("older", 0)
    done = terminal("vault", "compare", "nothing.gwv")
    assert (done.status, "[vault.none]" in done.err) == (4, True)
