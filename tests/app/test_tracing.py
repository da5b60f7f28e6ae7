from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from geowallet.app.desk.desk import Desk
from geowallet.app.locations import Locations
from geowallet.app.sharing import export, preparing, tracing
from geowallet.app.sharing.receipts import Receipt
from geowallet.crypto.canonical import sha256_hex
from geowallet.model.errors import NotFoundError
from geowallet.model.mobility import Trip
from geowallet.model.provenance import Statement, StatementKind
from geowallet.vault.pages import decode_page, encode_page
from geowallet.vault.store import Vault
from tests.app import scene
from tests.app.evidence.seen import at, seen


@pytest.fixture
def receipt(vault: Vault, employer: Desk, tmp_path: Path) -> Receipt:
    contract = scene.agree(vault, employer, scene.mileage(employer), tmp_path)
    shown = preparing.prepare(vault, contract.terms, scene.MONTH)
    return export.export(
        vault,
        contract,
        shown,
        now_us=scene.NOON_US,
        target=tmp_path,
        words=scene.words,
    ).receipt


def put(vault: Vault, kind: str, name: str, body: bytes) -> None:
    """Write over a record as a thief with the keys would: without the use case."""
    with vault.transaction(now_us=scene.NOON_US) as tx:
        tx.put(kind, name, body)
        tx.log(Statement(StatementKind.SETTING, (), (), {}))


def broken(vault: Vault, receipt: Receipt) -> list[int]:
    return [n for n, link in enumerate(tracing.trace(vault, receipt)) if not link.holds]


class TestTrace:
    """Promise: `evidence trace` walks from a figure to the digest of the source bytes."""

    def test_every_link_holds_down_to_the_files(self, vault: Vault, receipt: Receipt) -> None:
        links = tracing.trace(vault, receipt)
        assert all(link.holds for link in links)
        files = {link.digest for link in links[6:]}
        bodies = [scene.car_day(day) for day in scene.days_of_may(4, 5)]
        assert files == {sha256_hex(body) for body in bodies}

    def test_it_holds_after_more_files_came(
        self, vault: Vault, receipt: Receipt, here: Locations, tmp_path: Path
    ) -> None:
        scene.ingest_files(here, scene.write_days(tmp_path / "more", scene.days_of_may(6)))
        assert broken(vault, receipt) == []

    def test_a_longer_trip_on_a_page_is_found(self, vault: Vault, receipt: Receipt) -> None:
        ((month, body),) = vault.items("trips")
        trips, stops = decode_page(body)
        put(vault, "trips", month, encode_page([longer(trip) for trip in trips], stops))
        assert broken(vault, receipt) == [3, 4]

    def test_a_page_that_vanished_is_found(self, vault: Vault, receipt: Receipt) -> None:
        ((month, _),) = vault.items("trips")
        put(vault, "trips", month, encode_page([], []))
        assert 2 in broken(vault, receipt)

    def test_another_contract_of_the_same_name_is_found(
        self, vault: Vault, receipt: Receipt, employer: Desk, tmp_path: Path
    ) -> None:
        other = scene.agree(vault, employer, scene.mileage(employer, name="other"), tmp_path)
        body = vault.get("contract", other.terms.name)
        assert body is not None
        put(vault, "contract", receipt.contract, body)
        assert broken(vault, receipt) == [1]

    def test_a_receipt_that_the_log_does_not_know_is_found(
        self, vault: Vault, receipt: Receipt
    ) -> None:
        (trip_id, metres), *rest = receipt.used
        used = ((trip_id, metres - 1), *rest)
        forged = msgspec.structs.replace(receipt, used=used)
        assert broken(vault, forged) == [0]

    def test_metres_that_no_trip_has_are_found(self, vault: Vault, receipt: Receipt) -> None:
        (trip_id, metres), *rest = receipt.used
        used = ((trip_id, metres + 1_000), *rest)
        forged = msgspec.structs.replace(receipt, used=used)
        assert broken(vault, forged) == [0, 2]

    def test_other_fixes_in_a_stored_piece_are_found(self, vault: Vault, receipt: Receipt) -> None:
        (name, body), (_, other) = sorted(vault.items("fixes"))
        assert body != other
        put(vault, "fixes", name, other)
        assert {3, 6, 7} & set(broken(vault, receipt))

    def test_what_others_saw_is_a_link_and_breaks_where_the_log_is_another(
        self, vault: Vault, receipt: Receipt
    ) -> None:
        true = seen(vault, at(4, 20))
        links = tracing.trace(vault, receipt)
        (link,) = [one for one in links if "seen by others" in str(one.subject)]
        assert str(link.subject) == f"2 of 4 trips seen by others within a day: {true.name}"
        assert link.holds
        forged = msgspec.structs.replace(true, root=bytes(32), by="w+0+x")
        put(vault, "witness", "forged", msgspec.msgpack.encode(forged))
        assert len(broken(vault, receipt)) == 1


class TestFind:
    def test_receipts_are_found_by_short_and_by_full_id(
        self, vault: Vault, receipt: Receipt
    ) -> None:
        for typed in (receipt.id, receipt.id[:3], receipt.jti, receipt.jti[:20]):
            assert tracing.find_receipt(vault, typed) == receipt

    @pytest.mark.parametrize("typed", ["", "zzzz", "-"])
    def test_an_unknown_one_is_not_found(self, vault: Vault, receipt: Receipt, typed: str) -> None:
        assert receipt.id != typed
        with pytest.raises(NotFoundError):
            tracing.find_receipt(vault, typed)


def longer(trip: Trip) -> Trip:
    first, *rest = trip.legs
    return replace(trip, legs=(replace(first, distance_m=first.distance_m * 2), *rest))
