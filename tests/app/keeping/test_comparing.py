"""Two copies of one wallet: the same, older, newer, or gone on separately."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from geowallet.app.keeping import comparing
from geowallet.app.keeping.comparing import Comparison, Relation, compare_with
from geowallet.crypto.keys import KdfCost
from geowallet.model.errors import EvidenceError, OtherWalletError, WrongPassphraseError
from geowallet.vault.create import create_vault
from geowallet.vault.slots import master_from_passphrase
from geowallet.vault.store import open_vault
from tests.vault.conftest import NOW_US, PASSPHRASE, RECOVERY, statement


@pytest.fixture
def here(tmp_path: Path) -> Path:
    return new_wallet(tmp_path / "here.gwv")


def new_wallet(path: Path) -> Path:
    create_vault(
        path,
        slots_secret=PASSPHRASE,
        recovery_secret=RECOVERY,
        cost=KdfCost.LEAST,
        now_us=NOW_US,
        random=os.urandom,
    ).close()
    return path


def go_on(path: Path, times: int) -> None:
    master = master_from_passphrase(path, PASSPHRASE)
    with open_vault(path, master, random=os.urandom) as vault:
        for _ in range(times):
            with vault.transaction(now_us=NOW_US) as tx:
                tx.log(statement())


def compared(here: Path, there: Path, passphrase: bytes = PASSPHRASE) -> Comparison:
    master = master_from_passphrase(here, PASSPHRASE)
    with open_vault(here, master, random=os.urandom) as vault:
        return compare_with(vault, there, lambda: passphrase)


@pytest.mark.parametrize(
    ("mine", "theirs", "relation"),
    [
        (0, 0, Relation.SAME),
        (2, 0, Relation.OLDER),
        (0, 3, Relation.NEWER),
        (2, 3, Relation.FORKED),
    ],
)
def test_copies_that_went_on_by_hand(
    here: Path, tmp_path: Path, mine: int, theirs: int, relation: Relation
) -> None:
    there = Path(shutil.copy(here, tmp_path / "there.gwv"))
    go_on(here, mine)
    go_on(there, theirs)
    before = here.read_bytes(), there.read_bytes()
    found = compared(here, there)
    assert (found.relation, found.common) == (relation, 1)
    assert (len(found.here.own), len(found.there.own)) == (mine, theirs)
    assert (found.here.root == found.there.root) is (relation is Relation.SAME)
    assert (here.read_bytes(), there.read_bytes()) == before


def test_the_wallet_of_somebody_else_is_refused(here: Path, tmp_path: Path) -> None:
    """Though the same passphrase opens it."""
    with pytest.raises(OtherWalletError):
        compared(here, new_wallet(tmp_path / "other.gwv"))


def test_a_wrong_passphrase_opens_no_copy(here: Path, tmp_path: Path) -> None:
    there = Path(shutil.copy(here, tmp_path / "there.gwv"))
    with pytest.raises(WrongPassphraseError):
        compared(here, there, b"another")


def test_a_log_that_is_not_its_heads_is_refused(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "root", lambda _: bytes(32))
    with pytest.raises(EvidenceError):
        compared(here, here)
