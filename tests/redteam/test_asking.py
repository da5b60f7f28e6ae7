"""The recipient asks for more than the contract, or more than it seems to ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from geowallet.app.desk import desk as desks
from geowallet.app.desk import desk_answers, ledger
from geowallet.app.desk.desk import Desk
from geowallet.app.sharing import agreements, export, life, preparing
from geowallet.app.sharing.inferring import inferred
from geowallet.contracts.terms.syntax import Terms
from geowallet.contracts.words.warnings import warnings
from geowallet.model.calendar import Period
from geowallet.vault.store import Vault
from tests.app import scene
from tests.app.test_hostile_offers import HOSTILE, Table, table
from tests.redteam.conftest import Ends
from tests.redteam.play import claimed, code_of

__all__ = ["table"]


def accept(vault: Vault, employer: Desk, terms: Terms, folder: Path) -> None:
    offer = agreements.offer_from(desks.make_offer(employer, terms, folder))
    agreements.accept_offer(vault, offer, today=scene.TODAY, now_us=scene.NOON_US, target=folder)


def preview_of(vault: Vault, terms: Terms, period: Period = scene.MONTH) -> Callable[[], object]:
    return lambda: preparing.prepare(vault, terms, period)


def test_a_month_less_a_day(vault: Vault, employer: Desk, ends: Ends) -> None:
    """Its difference to the month would be the figure of a day."""
    shorter = Period.parse("2026-05-01..2026-05-30")
    ends(code_of(preview_of(vault, scene.mileage(employer), shorter)))


def test_a_month_that_has_not_ended(
    vault: Vault, employer: Desk, tmp_path: Path, ends: Ends
) -> None:
    contract = scene.agree(vault, employer, scene.mileage(employer), tmp_path)
    shown = preparing.prepare(vault, contract.terms, Period.parse("2026-06"))

    def send() -> object:
        return export.export(
            vault, contract, shown, now_us=scene.NOON_US, target=tmp_path, words=scene.words
        )

    ends(code_of(send))


def less_a_day(terms: Terms) -> Terms:
    """A second contract of another name over all days but the 5th and what follows."""
    return replace(terms, name="second", covers=Period.parse("2026-01-01..2026-05-04"))


def test_a_second_contract_that_ends_a_day_earlier(
    vault: Vault, employer: Desk, tmp_path: Path, ends: Ends
) -> None:
    terms = scene.mileage(employer)
    claimed(vault, employer, terms, tmp_path / "first")
    period = Period.parse("2026-05-01..2026-05-04")
    shown = preparing.prepare(vault, less_a_day(terms), period)
    told = [str(one.text) for one in inferred(vault, shown)]
    ends("shown" if any("receipt" in one for one in told) else "accepted")


def test_such_a_second_contract_by_a_friend(
    vault: Vault, employer: Desk, tmp_path: Path, ends: Ends
) -> None:
    friend = scene.new_desk(tmp_path / "friend", "Autre SAS")
    claimed(vault, employer, scene.mileage(employer), tmp_path / "first")
    period = Period.parse("2026-05-01..2026-05-04")
    shown = preparing.prepare(vault, less_a_day(scene.mileage(friend)), period)
    told = [str(one.text) for one in inferred(vault, shown)]
    ends("shown" if any("receipt" in one for one in told) else "accepted")


def test_a_name_in_letters_that_look_the_same(
    vault: Vault, employer: Desk, tmp_path: Path, ends: Ends
) -> None:
    accept(vault, employer, scene.mileage(employer), tmp_path / "first")
    alike = scene.new_desk(tmp_path / "alike", "\u0415xemple SAS")
    code = code_of(lambda: accept(vault, alike, scene.mileage(alike, name="b"), tmp_path / "b"))
    ends(code)


def test_the_same_name_spelled_as_it_is(table: Table, ends: Ends) -> None:
    ends(hostile(table, "a known name, another key"))


def hostile(table: Table, kind: str) -> str:
    path = table.folder / "tried.offer"
    path.write_bytes(HOSTILE[kind][0](table))

    def read() -> object:
        offer = agreements.asked_of(table.vault, path)
        return agreements.accept_offer(
            table.vault,
            offer,
            today=scene.TODAY,
            now_us=scene.NOON_US,
            target=table.folder / "tried",
        )

    return code_of(read)


def test_another_key_put_into_the_offer(table: Table, ends: Ends) -> None:
    ends(hostile(table, "a stranger's signature"))


def test_a_member_that_is_not_explained(table: Table, ends: Ends) -> None:
    ends(hostile(table, "a hidden member"))


def test_a_purpose_written_backwards(table: Table, ends: Ends) -> None:
    ends(hostile(table, "another direction of writing"))


def test_terms_edited_after_they_were_signed(table: Table, ends: Ends) -> None:
    ends(hostile(table, "an edited figure"))


def test_wider_terms_under_the_same_name(table: Table, ends: Ends) -> None:
    ends(hostile(table, "the same name, other terms"))


def test_the_offer_of_somebody_else(table: Table, ends: Ends) -> None:
    ends(hostile(table, "for somebody else"))


def test_a_contract_that_has_ended(table: Table, ends: Ends) -> None:
    ends(hostile(table, "expired"))


def test_steps_of_a_metre_for_every_day(vault: Vault, employer: Desk, ends: Ends) -> None:
    terms = replace(scene.mileage(employer, step_m=1), group_by=("day", "mode"))
    found = {one.code for one in warnings(terms)}
    ends("warned of" if {"fine_days", "single_trips"} <= found else "accepted")


def test_an_export_after_a_withdrawal(
    vault: Vault, employer: Desk, tmp_path: Path, ends: Ends
) -> None:
    contract = scene.agree(vault, employer, scene.mileage(employer), tmp_path)
    life.withdraw(vault, contract, today=scene.TODAY, now_us=scene.NOON_US, target=tmp_path)
    shown = preparing.prepare(vault, contract.terms, scene.MONTH)
    ends(
        code_of(
            lambda: export.export(
                vault, contract, shown, now_us=scene.NOON_US, target=tmp_path, words=scene.words
            )
        )
    )


def test_a_deletion_that_is_only_said(
    vault: Vault, employer: Desk, tmp_path: Path, ends: Ends
) -> None:
    """The desk keeps a copy and signs that all is deleted."""
    claimed(vault, employer, scene.mileage(employer), tmp_path)
    (sealed,) = tmp_path.glob("*.jwe")
    (entry,) = ledger.received(employer)
    _, word = desk_answers.acknowledge(
        employer, entry.jti[:9], act="deleted", today=scene.TODAY, target=tmp_path
    )
    code = code_of(
        lambda: life.take_acknowledgement(vault, word.read_bytes(), now_us=scene.NOON_US)
    )
    assert sealed.exists()
    ends(code)
