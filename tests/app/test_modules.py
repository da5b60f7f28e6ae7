"""A scoring module from its offer into the wallet and out in an export."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from geowallet.app.desk import desk
from geowallet.app.desk.desk import Desk
from geowallet.app.scoring import modules
from geowallet.app.scoring.modules import kept_module, module_beside, module_from
from geowallet.app.sharing import agreements, preparing
from geowallet.app.sharing.export import export
from geowallet.app.sharing.offering import with_module, with_tariff, write_module
from geowallet.app.sharing.resending import resent
from geowallet.app.travel.trips import described_trips
from geowallet.contracts.life.grant import Contract
from geowallet.contracts.terms.module_terms import Module, ModuleOutput
from geowallet.contracts.terms.syntax import Terms, terms_as_json, terms_from_json
from geowallet.evaluator.module_code import MAX_MODULE_BYTES
from geowallet.model.errors import (
    BadContractError,
    BadModuleError,
    BadOptionError,
    ModuleDigestError,
    ModuleFuelError,
    ModuleInterfaceError,
    ModuleMissingError,
    ModuleOutputError,
    SourceMissingError,
)
from geowallet.proofs.claims import read_figures
from geowallet.vault.store import Vault
from geowallet.verify.open import open_sealed_export
from tests.app import scene
from tests.app.scoring import FLAT, GENTLE, scored_by_gentle
from tests.evaluator.modules import module

OTHER = module("(i64.const 7)")


def scoring(employer: Desk, *, name: str = "scored") -> Terms:
    return scored_by_gentle(scene.mileage(employer, name=name, step_m=1))


@pytest.fixture
def offered(employer: Desk, tmp_path: Path) -> Path:
    """An offer with its module beside it."""
    path = desk.make_offer(employer, scoring(employer), tmp_path)
    write_module(employer, path, GENTLE)
    return path


def accept(vault: Vault, path: Path, *, data: bytes) -> Contract:
    offer = agreements.offer_from(path)
    contract, _ = agreements.accept_offer(
        vault, offer, today=scene.TODAY, now_us=scene.NOON_US, target=path.parent, module=data
    )
    return contract


class TestBesideTheOffer:
    def test_the_module_lies_beside_its_offer(self, offered: Path, employer: Desk) -> None:
        assert offered.with_suffix(".wasm").read_bytes() == GENTLE
        assert module_beside(offered, scoring(employer)) == GENTLE
        assert (employer.folder / "offers" / "scored.wasm").read_bytes() == GENTLE

    def test_terms_without_a_module_need_none(self, offered: Path, employer: Desk) -> None:
        assert module_beside(offered, scene.mileage(employer)) == b""

    def test_an_offer_alone_is_not_enough(self, offered: Path, employer: Desk) -> None:
        offered.with_suffix(".wasm").unlink()
        with pytest.raises(ModuleMissingError, match="'scored'") as caught:
            module_beside(offered, scoring(employer))
        assert caught.value.details["file"] == "scored.wasm"

    def test_another_module_is_not_taken_for_it(self, offered: Path, employer: Desk) -> None:
        offered.with_suffix(".wasm").write_bytes(OTHER)
        with pytest.raises(ModuleDigestError):
            module_beside(offered, scoring(employer))

    def test_a_large_file_is_not_read(self, tmp_path: Path) -> None:
        path = tmp_path / "large.wasm"
        path.write_bytes(bytes(MAX_MODULE_BYTES + 1))
        with pytest.raises(BadModuleError, match="256 KiB"):
            module_from(path)

    def test_there_must_be_a_file(self, tmp_path: Path) -> None:
        with pytest.raises(SourceMissingError):
            module_from(tmp_path / "none.wasm")


class TestKept:
    def test_accepting_keeps_it_with_the_contract(self, vault: Vault, offered: Path) -> None:
        contract = accept(vault, offered, data=GENTLE)
        offered.with_suffix(".wasm").unlink()
        assert kept_module(vault, contract.terms) == GENTLE

    def test_nothing_is_accepted_with_another_module(self, vault: Vault, offered: Path) -> None:
        for data, error in ((OTHER, ModuleDigestError), (b"", BadModuleError)):
            with pytest.raises(error):
                accept(vault, offered, data=data)
        assert agreements.accepted(vault) == ()

    def test_a_contract_without_one_keeps_none(self, vault: Vault, employer: Desk) -> None:
        assert kept_module(vault, scene.mileage(employer)) == b""

    def test_what_was_never_kept_is_missing(self, vault: Vault, employer: Desk) -> None:
        with pytest.raises(ModuleMissingError):
            kept_module(vault, scoring(employer))
        with pytest.raises(ModuleMissingError):
            modules.check_module(scene.mileage(employer), GENTLE)


class TestPrepare:
    def test_outputs_stand_beside_the_measures(self, vault: Vault, offered: Path) -> None:
        contract = accept(vault, offered, data=GENTLE)
        shown = preparing.prepare(vault, contract.terms, scene.MONTH)
        metres = shown.result.totals["distance_m"]
        assert isinstance(metres, int)
        # By day, at 15 s a fix: no event is measured, nothing is by night.
        expected = {"score": 100, "premium_cents": 990 + metres * 300 // 100_000}
        assert shown.result.totals == {"distance_m": metres} | expected
        (group,) = shown.result.groups
        assert group.values == shown.result.totals

    def test_again_gives_the_same(self, vault: Vault, offered: Path) -> None:
        contract = accept(vault, offered, data=GENTLE)
        first, again = (
            preparing.prepare(vault, contract.terms, scene.MONTH).result for _ in range(2)
        )
        assert first == again

    def test_an_offer_is_previewed_with_the_module_beside_it(
        self, vault: Vault, offered: Path, employer: Desk
    ) -> None:
        shown = preparing.prepare(vault, scoring(employer), scene.MONTH, module=GENTLE)
        assert shown.result.totals["score"] == 100

    def test_each_group_is_scored_and_the_total_once_more(
        self, vault: Vault, employer: Desk
    ) -> None:
        terms = replace(scoring(employer), group_by=("day",))
        shown = preparing.prepare(vault, terms, scene.MONTH, module=GENTLE)
        by_day = [g.values["premium_cents"] for g in shown.result.groups]
        assert len(by_day) == 31
        assert by_day.count(990) == 29
        total = shown.result.totals["premium_cents"]
        assert isinstance(total, int)
        assert 990 < total < 2 * 990

    def test_the_terms_without_groups_give_the_total_alone(
        self, vault: Vault, employer: Desk
    ) -> None:
        terms = replace(scoring(employer), group_by=())
        shown = preparing.prepare(vault, terms, scene.MONTH, module=GENTLE)
        assert shown.result.groups == ()
        assert shown.result.totals["score"] == 100

    def test_a_value_outside_its_range_is_no_result(self, vault: Vault, employer: Desk) -> None:
        narrow = ("score:0:99",)
        terms = scored_by_gentle(scene.mileage(employer), ranges=narrow)
        with pytest.raises(ModuleOutputError, match="'score'"):
            preparing.prepare(vault, terms, scene.MONTH, module=GENTLE)

    def test_too_little_fuel_is_no_result(self, vault: Vault, employer: Desk) -> None:
        terms = with_module(scene.mileage(employer), GENTLE, ["score:0:100"], fuel=30)
        with pytest.raises(ModuleFuelError, match="30 steps"):
            preparing.prepare(vault, terms, scene.MONTH, module=GENTLE)


def test_the_recipient_reads_what_the_preview_showed(
    vault: Vault, offered: Path, employer: Desk, tmp_path: Path
) -> None:
    contract = accept(vault, offered, data=GENTLE)
    shown = preparing.prepare(vault, contract.terms, scene.MONTH)
    sent = export(vault, contract, shown, now_us=scene.NOON_US, target=tmp_path, words=scene.words)
    opened = open_sealed_export(sent.files[0].read_bytes(), employer.sealing_jwk)
    assert read_figures(opened).result == shown.result


def test_what_was_sent_is_compared_with_what_the_module_says_now(
    vault: Vault, offered: Path, tmp_path: Path
) -> None:
    contract = accept(vault, offered, data=GENTLE)
    shown = preparing.prepare(vault, contract.terms, scene.MONTH)
    export(vault, contract, shown, now_us=scene.NOON_US, target=tmp_path, words=scene.words)
    trips = described_trips(vault)
    assert resent(vault, trips) == ()
    (changed,) = resent(vault, trips[:4])
    assert changed.now.totals["premium_cents"] != changed.sent.totals["premium_cents"]


class TestOffering:
    def test_the_terms_pin_what_the_module_is(self, employer: Desk) -> None:
        terms = scoring(employer)
        assert terms.module == Module(
            "50fe200cf8fcb7fe2cc5c4a0d5c6b550283dff4206c4e51e3b880e7220adfa90",
            1_000_000,
            16,
            (ModuleOutput("score", 0, 100), ModuleOutput("premium_cents", 0, 100_000)),
        )
        assert terms_from_json(terms_as_json(terms)) == terms

    @pytest.mark.parametrize(
        "ranges",
        [[], ["score"], ["score:0"], ["score:-1:5"], ["Score:0:1"], ["score:0:100", "x"]],
    )
    def test_an_output_is_written_with_its_range(self, employer: Desk, ranges: list[str]) -> None:
        with pytest.raises(BadOptionError, match="--output"):
            with_module(scene.mileage(employer), GENTLE, ranges, fuel=1_000)

    def test_an_output_that_the_module_lacks_is_not_offered(self, employer: Desk) -> None:
        with pytest.raises(ModuleInterfaceError, match="'risk'"):
            with_module(scene.mileage(employer), GENTLE, ["risk:0:1"], fuel=1_000)

    def test_a_tariff_is_read_as_it_stands_in_terms(self, employer: Desk, tmp_path: Path) -> None:
        path = tmp_path / "tariff.json"
        path.write_text(
            '{"currency": "EUR", "base_cents": 1000, "night_percent": 50,'
            ' "bands": [{"up_to_km": null, "cents_per_100km": 1000}]}'
        )
        assert with_tariff(scene.mileage(employer), path).tariff == FLAT

    @pytest.mark.parametrize("text", ["", "[]", "{}", '{"currency": "EUR"}', '{"a": 1, "a": 1}'])
    def test_what_is_no_tariff_is_refused(self, employer: Desk, tmp_path: Path, text: str) -> None:
        path = tmp_path / "tariff.json"
        path.write_text(text)
        with pytest.raises(BadContractError):
            with_tariff(scene.mileage(employer), path)
