"""Scoring modules and the comparison of offers, as both sides type them."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from geowallet.cli.main import run
from geowallet.cli.terminal import numbers
from geowallet.crypto.keys import KdfCost
from tests.cli.conftest import Terminal
from tests.cli.conftest import _settle as settle
from tests.evaluator.modules import module, wasm

GENTLE = Path(__file__).parents[3] / "samples" / "module" / "gentle.wasm"
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


FREE = BOREAL | {"base_cents": 0, "bands": [{"up_to_km": None, "cents_per_100km": 0}]}


@pytest.fixture(scope="module")
def offered_in(tmp_path_factory: pytest.TempPathFactory, lived_in: Path) -> Path:
    """The wallet of the simulated month, with offers of tariffs and of a module beside it."""
    folder = tmp_path_factory.mktemp("offered") / "here"
    shutil.copytree(lived_in, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(KdfCost, "MODERATE", KdfCost.LEAST)
        settle(folder, patch)
        for name, value in {"aurore": AURORE, "boreal": BOREAL, "scored": FREE}.items():
            path = folder / f"{name}.json"
            path.write_text(json.dumps(value))
            more = SCORED if name == "scored" else ()
            words = [*OFFER, name, "--tariff", path, *more]
            assert run([str(word) for word in words]) == 0, name
    return folder


@pytest.fixture
def offered(
    offered_in: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Terminal:
    """A terminal with a copy of that folder."""
    folder = tmp_path / "offered"
    shutil.copytree(offered_in, folder)
    settle(folder, monkeypatch)
    return Terminal(folder, capsys)


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
    def test_the_offer_and_its_module_are_written_together(self, offered: Terminal) -> None:
        assert (offered.folder / "scored.wasm").read_bytes() == GENTLE.read_bytes()
        done = offered("contract", "show", "scored.offer")
        said = " ".join(done.out.split())
        assert "score, a whole number from 0 to 100 that their module computes" in said

    def test_what_the_module_says_is_previewed_exported_and_verified(
        self, offered: Terminal
    ) -> None:
        assert offered("contract", "accept", "scored.offer", "--yes").status == 0
        (offered.folder / "scored.wasm").unlink()  # kept in the wallet
        assert offered("desk", "open", "scored.contract").status == 0
        words = ("--period", "2026-05", "--json")
        (preview,) = offered("contract", "preview", "scored", *words).records
        assert set(preview["leaves"]["totals"]) == {"distance_m", "score", "premium_cents"}
        shown = offered("contract", "preview", "scored", "--period", "2026-05").out
        assert "SCORE" in shown.upper()
        done = offered("export", "scored", "--confirm", "scored", *words)
        assert done.status == 0, done.err
        assert done.records[0]["leaves"] == preview["leaves"]
        done = offered("desk", "open", "scored-2026-05.jwe")
        assert (done.status, done.err) == (0, "")

    def test_an_offer_is_previewed_with_its_module(self, offered: Terminal) -> None:
        done = offered("contract", "preview", "scored.offer", "--period", "2026-05", "--json")
        assert done.records[0]["leaves"]["totals"]["score"] == 100

    @pytest.mark.parametrize("verb", ["accept", "preview"])
    def test_without_its_module_nothing_happens(self, offered: Terminal, verb: str) -> None:
        (offered.folder / "scored.wasm").unlink()
        words = ["--yes"] if verb == "accept" else ["--period", "2026-05"]
        done = offered("contract", verb, "scored.offer", *words)
        assert (done.status, "[module.missing]" in done.err) == (4, True)
        assert not (offered.folder / "scored.contract").exists()

    def test_another_module_is_refused(self, offered: Terminal) -> None:
        (offered.folder / "scored.wasm").write_bytes(module())
        done = offered("contract", "accept", "scored.offer", "--yes")
        assert (done.status, "[module.digest]" in done.err) == (6, True)

    def test_an_output_without_a_range_is_not_offered(self, lived: Terminal) -> None:
        done = lived(*OFFER, "scored", "--module", GENTLE, "--output", "score")
        assert (done.status, "--output" in done.err) == (2, True)
        assert not (lived.folder / "scored.offer").exists()


class TestSimulate:
    def test_offers_stand_beside_each_other(self, offered: Terminal) -> None:
        done = offered("contract", "simulate", "aurore.offer", "boreal.offer", "km.offer")
        assert done.status == 0, done.err
        lines = done.out.splitlines()
        heading = next(line for line in lines if "PERIOD" in line)
        assert heading.split() == ["PERIOD", "aurore", "boreal", "km"]
        # 463 km of business by day: 9.90 + 15.00 + 4.89; 25.00 + 4.63.
        month = next(line for line in lines if "May 2026" in line)
        assert month.split()[2:] == ["€29.79", "€29.63", "-"]
        assert "km: this offer names no tariff." in done.out
        assert "Nothing was written, nothing leaves." in done.out

    def test_in_json_every_line_can_be_added_up(self, offered: Terminal) -> None:
        month, total = offered("contract", "simulate", "aurore.offer", "--json").records
        cost = month["cost"]
        assert (month["period"], cost["base"], cost["total"]) == ("2026-05", "9.90", "29.79")
        assert (total["months"], total["total"], total["monthly"]) == (1, "29.79", "29.79")

    def test_in_french(self, offered: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(numbers, "language", "fr")
        done = offered("contract", "simulate", "aurore.offer")
        assert "29,79\N{NO-BREAK SPACE}€" in done.out
        assert "mai 2026" in done.out

    def test_nothing_is_written(self, offered: Terminal) -> None:
        before = {p: p.read_bytes() for p in offered.folder.rglob("*") if p.is_file()}
        assert offered("contract", "simulate", "aurore.offer").status == 0
        assert {p: p.read_bytes() for p in offered.folder.rglob("*") if p.is_file()} == before

    def test_a_module_is_run_for_each_month(self, offered: Terminal) -> None:
        done = offered("contract", "simulate", "scored.offer")
        assert "€23.78; score 100" in done.out  # 9.90, and 462.8 km at 3 cents
        assert "confined on this machine" in done.out

    def test_a_wallet_without_trips_compares_nothing(
        self, terminal: Terminal, lived_in: Path
    ) -> None:
        terminal("init", "--recovery-file", "recovery")
        done = terminal("contract", "simulate", lived_in / "km.offer")
        assert (done.status, "[simulate.no_months]" in done.err) == (4, True)

    def test_a_tariff_that_is_none_is_refused(self, lived: Terminal) -> None:
        (lived.folder / "bad.json").write_text('{"currency": "EUR"}')
        done = lived(*OFFER, "bad", "--tariff", "bad.json")
        assert (done.status, "[contract.malformed]" in done.err) == (3, True)
