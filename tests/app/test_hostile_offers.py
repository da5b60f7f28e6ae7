"""Every kind of hostile offer has a code of its own; nothing is signed, nothing is lost."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from geowallet.app import settings
from geowallet.app.desk import desk
from geowallet.app.desk.desk import Desk
from geowallet.app.locations import Locations
from geowallet.app.sharing import agreements
from geowallet.contracts.life.grant import Contract
from geowallet.contracts.terms.measures import Measure
from geowallet.contracts.terms.syntax import Terms
from geowallet.contracts.words.warnings import warnings
from geowallet.crypto.signing import public_jwk
from geowallet.model.errors import GeowalletError
from geowallet.vault import session
from geowallet.vault.store import Vault
from tests.app import scene


@dataclass(frozen=True)
class Table:
    """A wallet with one contract (version 2), who asked for it, and a stranger."""

    vault: Vault
    employer: Desk
    stranger: Desk
    contract: Contract
    folder: Path
    other: Locations

    def offer(self, terms: Terms, by: Desk | None = None) -> bytes:
        path = desk.make_offer(by or self.employer, terms, self.folder / terms.name)
        return path.read_bytes()

    def good(self, **changes: Any) -> Terms:
        return replace(scene.mileage(self.employer, name="good"), **changes)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Table]:
    """One for all: what is refused changes nothing, and every test looks that it did not."""
    folder = tmp_path_factory.mktemp("table")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "_ring", lambda: None)
        here, other = (scene.new_wallet(folder / name) for name in ("own", "other"))
        employer = scene.new_desk(folder / "desk")
        stranger = scene.new_desk(folder / "stranger", "exemple  SAS")
        first = scene.mileage(employer)
        with scene.opened(here) as vault:
            settings.set_owner_name(vault, "Camille Martin", now_us=scene.NOON_US)
            made = scene.agree(vault, employer, first, folder)
            second = replace(first, version=2, supersedes=made.sha256)
            contract = scene.agree(vault, employer, second, folder / "second")
            yield Table(vault, employer, stranger, contract, folder, other)


def edited(change: Callable[[dict[str, Any]], object]) -> Callable[[Table], bytes]:
    def make(table: Table) -> bytes:
        value = json.loads(table.offer(table.good()))
        change(value)
        return json.dumps(value).encode()

    return make


def of_another_wallet(table: Table) -> bytes:
    with scene.opened(table.other) as other:
        settings.set_owner_name(other, "Dominique Petit", now_us=scene.NOON_US)
        offer = agreements.offer_from(table.folder / "mileage.offer")
        _, path = agreements.accept_offer(
            other, offer, today=scene.TODAY, now_us=scene.NOON_US, target=table.folder / "other"
        )
    return path.read_bytes()


def with_the_known_key_claimed(table: Table) -> bytes:
    """A stranger names the employer's key, and signs with their own."""
    value = json.loads(
        table.offer(replace(scene.mileage(table.stranger), name="bad"), table.stranger)
    )
    value["terms"]["recipient"]["signing_jwk"] = public_jwk(table.employer.signing_jwk)
    return json.dumps(value).encode()


LATE = {"issued": dt.date(2025, 1, 1), "expires": dt.date(2025, 12, 31)}
EARLY = {"issued": dt.date(2026, 12, 1)}

HOSTILE: dict[str, tuple[Callable[[Table], bytes], str]] = {
    "huge": (lambda _t: b" " * (agreements.MAX_CONTRACT_BYTES + 1), "source.too_large"),
    "deep": (lambda _t: b'{"a":' * 500 + b"1" + b"}" * 500, "contract.too_deep"),
    "no JSON": (lambda _t: b"<offer/>", "contract.not_json"),
    "a name twice": (lambda _t: b'{"schema": 1, "schema": 2}', "contract.not_json"),
    "a fraction": (edited(lambda v: v["terms"].update(version=1.5)), "contract.not_json"),
    "another kind": (
        edited(lambda v: v.update(schema="geowallet.decline/1")),
        "contract.other_file",
    ),
    "another version": (
        edited(lambda v: v.update(schema="geowallet.offer/2")),
        "contract.other_file",
    ),
    "wrong type": (edited(lambda v: v["terms"].update(measures="all")), "contract.malformed"),
    "a member missing": (edited(lambda v: v["terms"].pop("audit")), "contract.malformed"),
    "a hidden member": (edited(lambda v: v["terms"].update(track=1)), "contract.unknown_member"),
    "another direction of writing": (
        edited(lambda v: v["terms"].update(purpose="\u202egnihton")),
        "contract.malformed",
    ),
    "an edited figure": (
        edited(lambda v: v["terms"].update(retention_months=120)),
        "contract.signature",
    ),
    "a stranger's signature": (with_the_known_key_claimed, "contract.signature"),
    "expired": (lambda t: t.offer(t.good(**LATE)), "contract.expired"),
    "not yet": (lambda t: t.offer(t.good(**EARLY)), "contract.not_yet"),
    "for somebody else": (of_another_wallet, "contract.foreign"),
    "a known name, another key": (
        lambda t: t.offer(scene.mileage(t.stranger, name="bad"), t.stranger),
        "contract.key_changed",
    ),
    "an older version": (
        lambda t: (t.folder / "mileage.offer").read_bytes(),
        "contract.superseded",
    ),
    "the same name, other terms": (
        lambda t: t.offer(replace(t.contract.terms, retention_months=1)),
        "contract.conflict",
    ),
    "a later version of nothing known": (
        lambda t: t.offer(replace(t.contract.terms, version=3, supersedes="0f" * 32)),
        "contract.conflict",
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_each_is_refused_by_its_code_and_changes_nothing(table: Table, kind: str) -> None:
    make, code = HOSTILE[kind]
    path = table.folder / "hostile.offer"
    path.write_bytes(make(table))
    before = table.vault.mark()
    with pytest.raises(GeowalletError) as caught:
        agreements.accept_offer(
            table.vault,
            agreements.asked_of(table.vault, path),
            today=scene.TODAY,
            now_us=scene.NOON_US,
            target=table.folder / "out",
        )
    assert caught.value.code == code
    assert table.vault.mark() == before
    assert agreements.accepted(table.vault) == (table.contract,)
    assert not (table.folder / "out").exists()


def test_the_codes_tell_the_kinds_apart() -> None:
    assert len({code for _, code in HOSTILE.values()}) >= 12


def test_ranges_that_leak_are_lawful_and_warned_of(table: Table) -> None:
    fine = tuple(Measure(id_, 1, 1_000_000_000) for id_ in ("distance_m", "trips", "days"))
    terms = table.good(measures=fine, group_by=("day", "mode"))
    path = table.folder / "leaky.offer"
    path.write_bytes(table.offer(terms))
    read = agreements.asked_of(table.vault, path)
    found = {one.code for one in warnings(read.terms)}
    assert found >= {"fine_days", "single_trips", "many_bits", "wide_range"}


def test_no_refusal_repeats_what_the_file_says(table: Table) -> None:
    secret = "48.85661,2.35222"  # noqa: S105  a position that must not be repeated
    for change in (
        lambda v: v["terms"].update(purpose=f"{secret}\n"),
        lambda v: v["terms"].update({secret: 1}),
        lambda v: v.update(schema=secret),
        lambda v: v["terms"].update(expires=secret),
    ):
        path = table.folder / "hostile.offer"
        path.write_bytes(edited(change)(table))
        with pytest.raises(GeowalletError) as caught:
            agreements.asked_of(table.vault, path)
        assert "48.85" not in f"{caught.value}{caught.value.details}"
