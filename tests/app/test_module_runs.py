"""Modules tried by whoever wrote them, and by whoever doubts them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from geowallet.app.desk.desk import Desk
from geowallet.app.scoring import module_runs
from geowallet.app.scoring.module_runs import rows_from, try_module, try_under
from geowallet.contracts.evaluation.module_rows import ROW_BYTES
from geowallet.evaluator.module import Scored
from geowallet.model.errors import (
    EvaluationFailedError,
    ModuleDigestError,
    SourceMissingError,
    UnreadableSourceError,
)
from geowallet.vault.store import Vault
from tests.app import scene
from tests.app.scoring import GENTLE, scored_by_gentle
from tests.evaluator.modules import module

DRIVE = "mode,metres,night_m\n6,100000,25000\n"


def rows_of(folder: Path, text: str) -> tuple[bytes, ...]:
    path = folder / "rows.csv"
    path.write_text(text)
    return rows_from(path)


def test_a_module_is_run_on_rows_from_a_file(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, DRIVE)
    trial = try_module(GENTLE, rows)
    # A quarter by night: 75 points; 9.90 + 100 km x 3.75 cents.
    assert trial.outputs == {"score": 75, "premium_cents": 1_365}
    assert trial.rows == 1
    assert trial.rows_sha256 == hashlib.sha256(rows[0]).hexdigest()
    assert 0 < trial.fuel < trial.most_fuel


def test_no_rows_are_scored_too() -> None:
    assert try_module(GENTLE, ()).outputs == {"premium_cents": 990, "score": 100}


def test_a_run_that_differs_from_the_first_is_no_result(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = iter([Scored(((1, 2),), 5), Scored(((1, 3),), 5)])
    monkeypatch.setattr(module_runs, "run_module", lambda *_, **__: next(runs))
    with pytest.raises(EvaluationFailedError):
        try_module(GENTLE, ())


class TestUnderTerms:
    def test_it_sees_what_the_contract_selects(self, vault: Vault, employer: Desk) -> None:
        terms = scored_by_gentle(scene.mileage(employer))
        trial = try_under(vault, terms, scene.MONTH, GENTLE)
        assert trial.rows == 4
        assert trial.outputs["score"] == 100
        assert trial.most_fuel == 1_000_000

    def test_without_one_in_the_terms_any_may_be_tried(self, vault: Vault, employer: Desk) -> None:
        counts = module("(i64.extend_i32_u (local.get $count))")
        trial = try_under(vault, scene.mileage(employer), scene.MONTH, counts)
        assert trial.outputs == {"score": 4}

    def test_terms_that_name_one_take_no_other(self, vault: Vault, employer: Desk) -> None:
        terms = scored_by_gentle(replace(scene.mileage(employer)))
        with pytest.raises(ModuleDigestError):
            try_under(vault, terms, scene.MONTH, module())


class TestRows:
    def test_missing_columns_are_zero(self, tmp_path: Path) -> None:
        (row,) = rows_of(tmp_path, "day,metres\n20731,9500\n")
        assert len(row) == ROW_BYTES
        assert int.from_bytes(row[:4], "little") == 20_731
        assert int.from_bytes(row[20:24], "little") == 9_500
        assert sum(row[4:20]) + sum(row[24:]) == 0

    def test_headings_alone_are_no_rows(self, tmp_path: Path) -> None:
        assert rows_of(tmp_path, "metres\n") == ()

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "latitude\n48\n",
            "metres\n-1\n",
            "metres\n1.5\n",
            "metres\n\u0663\n",
            "metres\n4294967296\n",
            "metres\n1,2\n",
            "metres,night_m\n1\n",
            'metres\n"1\n',
        ],
    )
    def test_what_is_no_row_is_refused_without_its_value(self, tmp_path: Path, text: str) -> None:
        with pytest.raises(UnreadableSourceError) as caught:
            rows_of(tmp_path, text)
        assert "48" not in str(caught.value)

    def test_bytes_that_are_no_text_are_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "rows.csv"
        path.write_bytes(b"metres\n\xff\n")
        with pytest.raises(UnreadableSourceError):
            rows_from(path)

    def test_there_must_be_a_file(self, tmp_path: Path) -> None:
        with pytest.raises(SourceMissingError):
            rows_from(tmp_path / "none.csv")
