"""The program around the checks; what the checks find is in test_vectors."""

from __future__ import annotations

import json
import re
import runpy
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from geowallet.contracts.terms.catalogue import MEASURES
from geowallet.crypto.curve import ORDER, scalar_bytes
from geowallet.crypto.pedersen import SECOND_BASE, commit, opening_at
from geowallet.verify import content, jose, points, standalone
from geowallet.verify.standalone import CHECKS, LATER, Export, judge, main, periods
from geowallet.verify.verifier import ASKED
from tests.crypto import slow_curve
from tests.verify.vectors import VECTORS, Vector


def named(name: str) -> Vector:
    return next(one for one in VECTORS if one.name == name)


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """The three files of an export that is accepted."""
    vector = named("as it should be")
    (tmp_path / "export").write_bytes(vector.sealed)
    (tmp_path / "reader").write_text(json.dumps(vector.reader))
    (tmp_path / "contract").write_text(json.dumps(vector.contract))
    return [str(tmp_path / name) for name in ("export", "reader", "contract")]


def said(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(capsys.readouterr().out)
    return value


class TestMain:
    """Promise: "the figures if every check passes, else the first that fails, and why"."""

    def test_an_accepted_export_is_printed(
        self, files: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(files) == 0
        assert said(capsys)["claims"]["total"] == {"days": 9, "distance_m": 412_000}

    def test_another_period_is_refused(
        self, files: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main([*files, "2026-11"]) == 25
        assert said(capsys) == {
            "status": "contract_mismatch",
            "check": "period",
            "reason": "the file speaks of another period",
        }

    def test_what_it_does_not_look_at_is_named_as_geowallet_verify_names_it(
        self,
        files: list[str],
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        assert {*CHECKS, *LATER.values()} == set(ASKED) - {"format"}

        def carrying(*args: Any) -> Export:
            export = judge(*args)
            total = export.claims["total"] | {"amount_cents": 1}
            return replace(export, claims=export.claims | {"total": total, "evidence": {}})

        monkeypatch.setattr(standalone, "judge", carrying)
        assert main(files) == 0
        assert said(capsys)["not_checked"] == ["amount", "stamps"]

    def test_a_key_that_is_no_json_is_a_status_too(
        self, files: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        Path(files[1]).write_text("not a key")
        assert main(files) == 3
        assert said(capsys)["status"] == "contract_malformed"

    @pytest.mark.parametrize("names", [[], ["no-such-file"], ["a", "b"]])
    def test_files_that_are_not_there_end_in_how_to_use_it(
        self, names: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(names) == 2
        assert "python verifier.py EXPORT READER CONTRACT" in capsys.readouterr().err

    def test_it_runs_as_a_program(
        self,
        files: list[str],
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(sys, "argv", ["verifier.py", *files])
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(standalone.__file__, run_name="__main__")
        assert (ended.value.code, said(capsys)["status"]) == (0, "accepted")


def test_a_text_past_the_limit_is_not_even_split() -> None:
    contract = named("as it should be").contract
    with pytest.raises(jose.RefusedError, match="too long") as found:
        standalone.judge("~" * (jose.MAX_BYTES + 1), contract, 0)
    assert (found.value.status, found.value.check) == ("malformed", "format")


class TestPeriods:
    """Promise: "every period that an export may speak of, by the one way to write it"."""

    @pytest.mark.parametrize(
        ("cadence", "first", "last", "expected"),
        [
            ("month", "2026-10-01", "2026-12-31", ["2026-10", "2026-11", "2026-12"]),
            ("month", "2026-10-15", "2026-11-03", ["2026-10-15..2026-10", "2026-11..2026-11-03"]),
            ("month", "2026-10-15", "2026-10-15", ["2026-10-15"]),
            ("month", "2024-02-01", "2024-02-29", ["2024-02"]),
            ("year", "2025-12-31", "2027-01-31", ["2025-12-31", "2026", "2027-01"]),
            ("year", "2026-04-01", "2026-12-31", ["2026-04..2026-12"]),
            ("once", "2026-04-06", "2027-04-05", ["2026-04-06..2027-04-05"]),
            ("once", "2026-01-01", "2027-12-31", ["2026-01..2027-12"]),
        ],
    )
    def test_periods_worked_out_by_hand(
        self, cadence: str, first: str, last: str, expected: list[str]
    ) -> None:
        terms = {"cadence": cadence, "covers": {"first": first, "last": last}}
        assert list(periods(terms)) == expected


class TestPoints:
    """Promise: "points of the group, none of them zero, add up to total * B + opening * H"."""

    METRES = (12_345, 0, 999_999)
    OPENINGS = tuple(opening_at(b"s" * 32, day) for day in range(3))

    def test_what_libsodium_committed_to_adds_up_here(self) -> None:
        found = [commit(*pair) for pair in zip(self.METRES, self.OPENINGS, strict=True)]
        opening = scalar_bytes(sum(self.OPENINGS))
        assert points.add_up(found, sum(self.METRES), opening)
        assert slow_curve.check_sum(found, sum(self.METRES), sum(self.OPENINGS) % ORDER)
        assert not points.add_up(found, sum(self.METRES) + 1, opening)
        assert not points.add_up(found, sum(self.METRES), scalar_bytes(7))

    def test_a_point_with_a_part_of_small_order_is_refused(self) -> None:
        small = slow_curve.decode(bytes.fromhex("ec" + "ff" * 30 + "7f"))
        mixed = slow_curve.encode(slow_curve.add(slow_curve.decode(commit(5, 7)), small))
        assert not points.add_up([mixed], 5, scalar_bytes(7))

    def test_no_days_add_up_to_nothing(self) -> None:
        assert points.add_up([], 0, bytes(32))

    def test_a_short_opening_is_refused(self) -> None:
        assert not points.add_up([], 0, bytes(31))

    def test_the_second_base_is_that_of_the_wallet(self) -> None:
        x, y, _, _ = points._SECOND_BASE
        assert slow_curve.encode((x, y)) == SECOND_BASE


class TestTables:
    """Promise: "what is allowed follows from the terms"; the little that does not, from this."""

    def test_how_measures_add_up_is_what_the_catalogue_says(self) -> None:
        overlaps = {name: kind.overlaps for name, kind in MEASURES.items() if kind.grouped}
        ours = {name: set(kinds) for name, kinds in overlaps.items() if kinds is not None}
        assert ours == content.OVERLAP

    def test_what_may_lack_and_what_has_no_groups_too(self) -> None:
        assert {name for name, kind in MEASURES.items() if kind.may_lack} == content.MAY_LACK
        assert {name for name, kind in MEASURES.items() if not kind.grouped} == content.TOTAL_ONLY

    def test_the_page_knows_the_same(self) -> None:
        page = Path(content.__file__).with_name("page") / "verifier.js"
        text = page.read_text("utf-8")
        for name in (*content.OVERLAP, *content.MAY_LACK, *content.TOTAL_ONLY, *content.ALWAYS):
            assert re.search(rf"\b{name}\b", text), name
