from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest

from geowallet.contracts.life.accreditation import (
    Listed,
    Register,
    check_register,
    plain_name,
    read_register,
    register_bytes,
    seeming_name,
)
from geowallet.crypto.signing import new_private_jwk, public_jwk, thumbprint
from geowallet.model.errors import (
    BadContractError,
    ContractSignatureError,
    RegisterExpiredError,
    RegisterRolledBackError,
)
from tests.contracts.parties import EMPLOYER, HOLDER_SIGNING

KEY = new_private_jwk("sig", b"r" * 32)
ISSUED, EXPIRES = dt.date(2026, 10, 1), dt.date(2026, 12, 31)
LINE = Listed("Exemple SAS", thumbprint(EMPLOYER.signing_jwk))


def body(*lines: Listed, version: int = 3, expires: dt.date = EXPIRES) -> bytes:
    return register_bytes(
        "Annuaire du Rhône",
        KEY,
        version=version,
        issued=ISSUED,
        expires=expires,
        recipients=lines,
    )


def register(*lines: Listed, version: int = 3, expires: dt.date = EXPIRES) -> Register:
    return read_register(body(*lines, version=version, expires=expires))


class TestReading:
    def test_a_register_names_who_vouches_for_whom_until_when(self) -> None:
        found = register(LINE)
        assert (found.organisation, found.version) == ("Annuaire du Rhône", 3)
        assert (found.issued, found.expires, found.recipients) == (ISSUED, EXPIRES, (LINE,))
        assert found.key == thumbprint(KEY)

    def test_name_and_key_must_stand_in_one_line(self) -> None:
        stranger = Listed("Autre SAS", thumbprint(HOLDER_SIGNING))
        assert register(stranger, LINE).lists(EMPLOYER)
        assert not register(stranger).lists(EMPLOYER)
        assert not register(replace(LINE, name="Autre SAS")).lists(EMPLOYER)
        assert not register(replace(LINE, thumbprint=stranger.thumbprint)).lists(EMPLOYER)

    @pytest.mark.parametrize(
        "change",
        [
            {"version": 4},
            {"expires": "2027-12-31"},
            {"organisation": "Another"},
            {"recipients": []},
            {"signing_jwk": public_jwk(HOLDER_SIGNING)},
        ],
    )
    def test_any_change_breaks_the_signature(self, change: dict[str, object]) -> None:
        with pytest.raises(ContractSignatureError):
            read_register(json.dumps(json.loads(body(LINE)) | change).encode())

    def test_the_same_line_twice_and_odd_members_are_refused(self) -> None:
        with pytest.raises(BadContractError):
            body(LINE, LINE)
        value = json.loads(body(LINE))
        value["recipients"][0]["note"] = "x"
        with pytest.raises(BadContractError):
            read_register(json.dumps(value).encode())
        with pytest.raises(BadContractError):
            read_register(json.dumps(json.loads(body(LINE)) | {"more": 1}).encode())

    def test_it_cannot_end_before_it_begins(self) -> None:
        with pytest.raises(BadContractError):
            body(LINE, expires=dt.date(2026, 9, 30))


class TestAge:
    """Promise: an owner is never shown a register older than the one they saw."""

    def test_the_first_and_a_newer_one_are_taken(self) -> None:
        check_register(register(), None, today=ISSUED)
        check_register(register(version=4), register(LINE), today=EXPIRES)
        check_register(register(), register(), today=EXPIRES)

    def test_an_older_one_is_refused(self) -> None:
        with pytest.raises(RegisterRolledBackError):
            check_register(register(version=2), register(), today=ISSUED)

    def test_another_text_under_the_same_version_is_refused(self) -> None:
        with pytest.raises(RegisterRolledBackError):
            check_register(register(LINE), register(), today=ISSUED)

    def test_one_that_has_ended_says_nothing(self) -> None:
        with pytest.raises(RegisterExpiredError):
            check_register(register(), None, today=EXPIRES + dt.timedelta(days=1))


@pytest.mark.parametrize(
    "other", ["Exemple SAS", "exemple  sas", " EXEMPLE SAS", "\uff25xemple SAS", "Exemple\u00a0SAS"]
)
def test_names_that_people_take_for_the_same_are_the_same(other: str) -> None:
    assert plain_name(other) == "exemple sas"


@pytest.mark.parametrize("other", ["\u0415x\u0435mple SAS", "EX\u0395MPLE S\u0410S"])
def test_names_that_look_the_same_seem_the_same_and_are_not(other: str) -> None:
    assert seeming_name(other) == seeming_name("Exemple SAS") == "exemple sas"
    assert plain_name(other) != "exemple sas"


def test_other_names_are_others() -> None:
    assert seeming_name("\u0415xemple SA") != seeming_name("Exemple SAS")
    assert plain_name("Exemple SA") != plain_name("Exemple SAS")
