"""A new key that signs exports, as both sides type it, and as a stranger's program sees it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Terminal

EXPORT = ("export", "km", "--period", "2026-05", "--confirm", "km")


@pytest.fixture
def rotated(lived: Terminal) -> Terminal:
    """An export was made, then the key was changed, then another export."""
    assert lived(*EXPORT, "--out", "before").status == 0
    done = lived("key", "rotate-identity", "--out", "notice", "--yes")
    assert done.status == 0, done.err
    assert "1 contract is signed anew" in done.out
    assert len(done.out.split("in words: ")[1].splitlines()[0].split()) == 8
    assert lived(*EXPORT, "--out", "after").status == 0
    return lived


def stranger(lived: Terminal, export: str, contract: Path) -> dict[str, object]:
    """What the verifier that leaves the house says of a file."""
    words = [sys.executable, "v.py", export, "reader.json", str(contract)]
    done = subprocess.run(words, cwd=lived.folder, capture_output=True, text=True, check=False)
    found: dict[str, object] = json.loads(done.stdout)
    return found


class TestRotateIdentity:
    def test_both_exports_pass_here_and_at_a_stranger_each_by_its_key(
        self, rotated: Terminal
    ) -> None:
        early = rotated("verify", "after/km-2026-05.jwe")
        assert (early.status, "[verify.no_contract]" in early.err) == (25, True)
        assert (rotated.folder / "after" / "km.rotation").exists()
        done = rotated("desk", "open", "notice/km.rotation")
        assert (done.status, "the old key said so" in done.out) == (0, True)
        assert len(done.out.split("in words: ")[1].split()) == 8
        for folder, followed in (("before", False), ("after", True)):
            done = rotated("verify", f"{folder}/km-2026-05.jwe")
            assert (done.status, "the key before it signed" in done.out) == (0, followed)
        assert rotated("verify", "--write-verifier", "v.py").status == 0
        assert rotated("desk", "reader-key", "--out", "reader.json", "--yes").status == 0
        filed = sorted((rotated.folder / "desk" / "contracts").iterdir())
        assert len(filed) == 2
        said = {
            folder: sorted(
                str(stranger(rotated, f"{folder}/km-2026-05.jwe", path)["status"]) for path in filed
            )
            for folder in ("before", "after")
        }
        assert said == {key: ["accepted", "unknown_holder"] for key in ("before", "after")}

    def test_the_inbox_takes_all_of_it_in_any_order(self, rotated: Terminal) -> None:
        for path in (rotated.folder / "before").iterdir():
            path.rename(rotated.folder / "after" / f"a-{path.name}")
        done = rotated("desk", "inbox", "after", "--json")
        assert done.status == 0, done.err
        states = {one["file"].split("/")[-1]: one["state"] for one in done.records}
        assert states["a-km-2026-05.jwe"] == "replaced"
        assert states["km-2026-05.jwe"] == "counts"
        answers = rotated("desk", "list", "--answers", "--json").records
        assert [one["contract"] for one in answers] == ["km"]

    def test_a_notice_can_be_written_again(self, rotated: Terminal) -> None:
        done = rotated("key", "rotation-notice", "km", "--out", "again", "--json")
        assert done.records[0]["files"] == ["again/km.rotation"]
        assert rotated("desk", "open", "again/km.rotation").status == 0

    def test_without_the_old_key_it_is_somebody_new(self, lived: Terminal) -> None:
        done = lived("key", "rotate-identity", "--unlinked", "--out", "new", "--yes")
        assert "to them you are somebody new" in done.out
        opened = lived("desk", "open", "new/km.contract")
        assert "has signed with another key before" in opened.out

    def test_it_asks_first_and_says_where_there_is_nothing(self, lived: Terminal) -> None:
        done = lived("key", "rotate-identity")
        assert (done.status, "--yes" in done.err) == (2, True)
        done = lived("key", "rotation-notice")
        assert (done.status, "[key.not_rotated]" in done.err) == (4, True)

    def test_a_wallet_without_contracts_has_nobody_to_tell(self, terminal: Terminal) -> None:
        terminal("init", "--recovery-file", "recovery")
        done = terminal("key", "rotate-identity", "--yes", "--json")
        assert (done.status, done.records[0]["files"]) == (0, [])
