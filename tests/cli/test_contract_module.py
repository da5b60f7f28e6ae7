"""Scoring modules and the comparison of offers, as both sides type them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from geowallet.cli import numbers
from tests.cli.conftest import Terminal
from tests.evaluator.modules import module, wasm

GENTLE = Path(__file__).parents[2] / "samples" / "module" / "gentle.wasm"
DIGEST = hashlib.sha256(GENTLE.read_bytes()).hexdigest()

AURORE = {
    "currency": "EUR",
    "base_cents": 990,
    "bands": [
        {"up_to_km": 300, "cents_per_100km": 500},
        {"up_to_km": None, "cents_per_100km": 300},
    ],
    "night_percent": 20,
}
BOREAL = {
    "currency": "EUR",
    "base_cents": 2_500,
    "bands": [{"up_to_km": None, "cents_per_100km": 100}],
    "night_percent": 0,
}
OFFER = ("desk", "offer", "work-hour-mileage", "--covers", "2026", "--name")
SCORED = ("--module", GENTLE, "--output", "score:0:100", "--output", "premium_cents:0:50000")


def tariff(here: Terminal, name: str, value: dict[str, object]) -> Path:
    path = here.folder / f"{name}.json"
    path.write_text(json.dumps(value))
    return path


class TestCheck:
    def test_it_says_what_the_module_is(self, terminal: Terminal) -> None:
        done = terminal("contract", "module", "check", GENTLE)
        assert done.status == 0
        for said in ("A scoring module that may run.", DIGEST, "602 bytes", "no network", "score"):
            assert said in done.out

    def test_it_says_so_in_json(self, terminal: Terminal) -> None:
        (record,) = terminal("contract", "module", "check", GENTLE, "--json").records
        assert (record["sha256"], record["imports"]) == (DIGEST, 0)
        assert record["outputs"] == {"premium_cents": 990, "score": 100}
        assert 0 < record["fuel"] < record["most_fuel"]

    @pytest.mark.parametrize(
        ("data", "status", "code"),
        [
            (b"(module)", 3, "module.malformed"),
            (wasm('(module (import "wasi" "clock" (func)))'), 6, "module.imports"),
            (module("(drop (f64.const nan)) (i64.const 0)"), 6, "module.feature"),
            (wasm('(module (memory (export "memory") 1 1))'), 6, "module.interface"),
            (wasm('(module (memory (export "memory") 1))'), 6, "module.memory"),
            (module("(loop $l (br $l)) (i64.const 0)"), 6, "module.fuel"),
            (module("(i64.load (i32.const -8))"), 6, "module.trap"),
            (module(reserve="(i32.const -8)"), 6, "module.memory"),
        ],
    )
    def test_each_hostile_module_has_its_code(
        self, terminal: Terminal, data: bytes, status: int, code: str
    ) -> None:
        path = terminal.folder / "hostile.wasm"
        path.write_bytes(data)
        done = terminal("contract", "module", "check", path)
        assert (done.status, done.out) == (status, "")
        assert f"[{code}]" in done.err

    def test_there_must_be_a_file(self, terminal: Terminal) -> None:
        assert terminal("contract", "module", "check", "none.wasm").status == 4


class TestRun:
    def test_rows_of_a_file_need_no_wallet(self, terminal: Terminal) -> None:
        rows = terminal.folder / "rows.csv"
        rows.write_text("mode,metres,night_m\n6,100000,25000\n")
        done = terminal("contract", "module", "run", GENTLE, "--rows", rows)
        assert done.status == 0
        assert "Run twice with the same result." in done.out
        (record,) = terminal("contract", "module", "run", GENTLE, "--rows", rows, "--json").records
        assert record["outputs"] == {"score": 75, "premium_cents": 1_365}

    def test_again_gives_the_same_bytes(self, lived: Terminal) -> None:
        words = ("--contract", "km", "--period", "2026-05", "--json")
        first, again = (lived("contract", "module", "run", GENTLE, *words) for _ in range(2))
        assert first.out == again.out
        assert first.records[0]["rows"] > 0

    def test_an_offer_selects_too(self, lived: Terminal) -> None:
        words = ("--contract", "bike.offer", "--period", "2026-05", "--json")
        (record,) = lived("contract", "module", "run", GENTLE, *words).records
        assert record["outputs"] == {"premium_cents": 990, "score": 100}  # no car

    @pytest.mark.parametrize(
        "words",
        [
            [],
            ["--contract", "km"],
            ["--period", "2026-05"],
            ["--contract", "km", "--period", "2026-05", "--rows", "rows.csv"],
        ],
    )
    def test_one_of_both_says_which_rows(self, lived: Terminal, words: list[str]) -> None:
        done = lived("contract", "module", "run", GENTLE, *words)
        assert (done.status, "[usage.option]" in done.err) == (2, True)


class TestScoredContract:
    @pytest.fixture
    def scored(self, lived: Terminal) -> Terminal:
        assert lived(*OFFER, "scored", *SCORED).status == 0
        return lived

    def test_the_offer_and_its_module_are_written_together(self, scored: Terminal) -> None:
        assert (scored.folder / "scored.wasm").read_bytes() == GENTLE.read_bytes()
        done = scored("contract", "show", "scored.offer")
        said = " ".join(done.out.split())
        assert "score, a whole number from 0 to 100 that their module computes" in said

    def test_what_the_module_says_is_previewed_exported_and_verified(
        self, scored: Terminal
    ) -> None:
        assert scored("contract", "accept", "scored.offer", "--yes").status == 0
        (scored.folder / "scored.wasm").unlink()  # kept in the wallet
        assert scored("desk", "open", "scored.contract").status == 0
        words = ("--period", "2026-05", "--json")
        (preview,) = scored("contract", "preview", "scored", *words).records
        assert set(preview["leaves"]["totals"]) == {"distance_m", "score", "premium_cents"}
        shown = scored("contract", "preview", "scored", "--period", "2026-05").out
        assert "SCORE" in shown.upper()
        done = scored("export", "scored", "--confirm", "scored", *words)
        assert done.status == 0, done.err
        assert done.records[0]["leaves"] == preview["leaves"]
        done = scored("desk", "open", "scored-2026-05.jwe")
        assert (done.status, done.err) == (0, "")

    def test_an_offer_is_previewed_with_its_module(self, scored: Terminal) -> None:
        done = scored("contract", "preview", "scored.offer", "--period", "2026-05", "--json")
        assert done.records[0]["leaves"]["totals"]["score"] == 100

    @pytest.mark.parametrize("verb", ["accept", "preview"])
    def test_without_its_module_nothing_happens(self, scored: Terminal, verb: str) -> None:
        (scored.folder / "scored.wasm").unlink()
        words = ["--yes"] if verb == "accept" else ["--period", "2026-05"]
        done = scored("contract", verb, "scored.offer", *words)
        assert (done.status, "[module.missing]" in done.err) == (4, True)
        assert not (scored.folder / "scored.contract").exists()

    def test_another_module_is_refused(self, scored: Terminal) -> None:
        (scored.folder / "scored.wasm").write_bytes(module())
        done = scored("contract", "accept", "scored.offer", "--yes")
        assert (done.status, "[module.digest]" in done.err) == (6, True)

    def test_an_output_without_a_range_is_not_offered(self, lived: Terminal) -> None:
        done = lived(*OFFER, "scored", "--module", GENTLE, "--output", "score")
        assert (done.status, "--output" in done.err) == (2, True)
        assert not (lived.folder / "scored.offer").exists()


class TestSimulate:
    @pytest.fixture
    def offers(self, lived: Terminal) -> Terminal:
        for name, value in (("aurore", AURORE), ("boreal", BOREAL)):
            path = tariff(lived, name, value)
            assert lived(*OFFER, name, "--tariff", path).status == 0
        return lived

    def test_offers_stand_beside_each_other(self, offers: Terminal) -> None:
        done = offers("contract", "simulate", "aurore.offer", "boreal.offer", "km.offer")
        assert done.status == 0, done.err
        lines = done.out.splitlines()
        heading = next(line for line in lines if "PERIOD" in line)
        assert heading.split() == ["PERIOD", "aurore", "boreal", "km"]
        # 463 km of business by day: 9.90 + 15.00 + 4.89; 25.00 + 4.63.
        month = next(line for line in lines if "May 2026" in line)
        assert month.split()[2:] == ["€29.79", "€29.63", "-"]
        assert "km: this offer names no tariff." in done.out
        assert "Nothing was written, nothing leaves." in done.out

    def test_in_json_every_line_can_be_added_up(self, offers: Terminal) -> None:
        month, total = offers("contract", "simulate", "aurore.offer", "--json").records
        cost = month["cost"]
        assert (month["period"], cost["base"], cost["total"]) == ("2026-05", "9.90", "29.79")
        assert (total["months"], total["total"], total["monthly"]) == (1, "29.79", "29.79")

    def test_in_french(self, offers: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(numbers, "language", "fr")
        done = offers("contract", "simulate", "aurore.offer")
        assert "29,79\N{NO-BREAK SPACE}€" in done.out
        assert "mai 2026" in done.out

    def test_nothing_is_written(self, offers: Terminal) -> None:
        before = {p: p.read_bytes() for p in offers.folder.rglob("*") if p.is_file()}
        assert offers("contract", "simulate", "aurore.offer").status == 0
        assert {p: p.read_bytes() for p in offers.folder.rglob("*") if p.is_file()} == before

    def test_a_module_is_run_for_each_month(self, lived: Terminal) -> None:
        free = BOREAL | {"base_cents": 0, "bands": [{"up_to_km": None, "cents_per_100km": 0}]}
        path = tariff(lived, "free", free)
        assert lived(*OFFER, "scored", *SCORED, "--tariff", path).status == 0
        done = lived("contract", "simulate", "scored.offer")
        assert "€23.78; score 100" in done.out  # 9.90, and 462.8 km at 3 cents
        assert "confined on this machine" in done.out

    def test_a_wallet_without_trips_compares_nothing(
        self, terminal: Terminal, lived_in: Path
    ) -> None:
        terminal("init", "--recovery-file", "recovery")
        done = terminal("contract", "simulate", lived_in / "km.offer")
        assert (done.status, "[simulate.no_months]" in done.err) == (4, True)

    def test_a_tariff_that_is_none_is_refused(self, lived: Terminal) -> None:
        path = tariff(lived, "bad", {"currency": "EUR"})
        done = lived(*OFFER, "bad", "--tariff", path)
        assert (done.status, "[contract.malformed]" in done.err) == (3, True)
