from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.model.errors import BadExportError
from geowallet.proofs.claims import Figures, read_figures
from geowallet.proofs.sdjwt import pack, unpack
from geowallet.proofs.summary import CSV_HEADER, csv_rows, csv_text, safe_cell, summary_lines
from tests.proofs.parties import HOLDER, export_of, fixed_salts, mileage

FIGURES = read_figures(export_of(mileage(stamped_m=371_000)))


def test_the_lines_are_these() -> None:
    assert [str(line) for line in summary_lines(FIGURES)] == [
        "e41c-77b0  contract rhone-mileage, period 2026-10",
        "e41c-77b0  total: 412000 m",
        "e41c-77b0  total: 9 days with a trip",
        "e41c-77b0  2026-10 car: 400000 m",
        "e41c-77b0  2026-10 car: 8 days with a trip",
        "e41c-77b0  2026-10 bike: 12000 m",
        "e41c-77b0  2026-10 bike: 2 days with a trip",
        "e41c-77b0  assurance L0: 41000 m",
        "e41c-77b0  assurance L1: 371000 m",
        "e41c-77b0  assurance L0: 10 % of the metres",
        "e41c-77b0  assurance L1: 90 % of the metres",
        "e41c-77b0  signed on 2026-11-02, valid until 2029-11-22",
        "e41c-77b0  readable copy: only the sealed file can be verified",
    ]


def test_an_export_that_replaces_another_says_so() -> None:
    lines = summary_lines(read_figures(export_of(supersedes="0a1b2c3d" + "0" * 24)))
    assert "e41c-77b0  replaces receipt 0a1b-2c3d" in [str(line) for line in lines]


def test_noise_is_said_with_its_strength() -> None:
    lines = [str(line) for line in summary_lines(FIGURES, epsilon_milli=50)]
    noise = "e41c-77b0  every figure is blurred by noise (epsilon 0.05 per step)"
    assert [line for line in lines if "noise" in line] == [noise]


def test_the_table_is_this() -> None:
    assert csv_text(FIGURES).split("\r\n") == [
        "receipt,contract,period,group,measure,value,unit",
        "e41c-77b0,rhone-mileage,2026-10,total,distance_m,412000,m",
        "e41c-77b0,rhone-mileage,2026-10,total,days,9,",
        "e41c-77b0,rhone-mileage,2026-10,2026-10 car,distance_m,400000,m",
        "e41c-77b0,rhone-mileage,2026-10,2026-10 car,days,8,",
        "e41c-77b0,rhone-mileage,2026-10,2026-10 bike,distance_m,12000,m",
        "e41c-77b0,rhone-mileage,2026-10,2026-10 bike,days,2,",
        "e41c-77b0,rhone-mileage,2026-10,total,share_L0,41000,m",
        "e41c-77b0,rhone-mileage,2026-10,total,share_L1,371000,m",
        "e41c-77b0,rhone-mileage,2026-10,total,share_L2,0,m",
        "e41c-77b0,rhone-mileage,2026-10,total,share_L3,0,m",
        "e41c-77b0,rhone-mileage,2026-10,total,share_L0,10,%",
        "e41c-77b0,rhone-mileage,2026-10,total,share_L1,90,%",
        "e41c-77b0,rhone-mileage,2026-10,total,share_L2,0,%",
        "e41c-77b0,rhone-mileage,2026-10,total,share_L3,0,%",
        "",
    ]


class TestNothingMore:
    """Promise: "the same, and nothing more"."""

    def test_every_number_of_the_copies_is_in_the_signed_file(self) -> None:
        opened = unpack(export_of(mileage(stamped_m=371_000)))
        signed = set(re.findall(r"\d+", f"{opened.claims} {opened.rows}"))
        values = [row[5] for row in csv_rows(FIGURES)[1:]]
        assert set(values) <= signed

    def test_every_line_carries_the_receipt(self) -> None:
        assert all(str(line).startswith("e41c-77b0 ") for line in summary_lines(FIGURES))
        assert {row[0] for row in csv_rows(FIGURES)[1:]} == {"e41c-77b0"}


class TestSafeCell:
    """Promise: "no spreadsheet takes it for a formula"."""

    @given(st.text(max_size=12))
    def test_never_starts_like_a_formula_and_loses_nothing(self, text: str) -> None:
        cell = safe_cell(text)
        assert not re.match(r"[=+\-@\t\r\n]", cell)
        assert cell in (text, f"'{text}")

    @pytest.mark.parametrize("start", "=+-@\t\r\n")
    def test_each_start_of_a_formula_is_defused(self, start: str) -> None:
        assert safe_cell(f"{start}1") == f"'{start}1"

    def test_a_hostile_name_stays_text_in_the_file(self) -> None:
        figures = replace(FIGURES, contract_name='=HYPERLINK("x")')
        rows = list(csv.reader(io.StringIO(csv_text(figures))))
        assert tuple(rows[0]) == CSV_HEADER
        assert {row[1] for row in rows[1:]} == {'\'=HYPERLINK("x")'}


class TestReadFigures:
    """Promise: "what an export of one's own says"."""

    def test_gives_back_what_was_signed(self) -> None:
        assert FIGURES.result == mileage(stamped_m=371_000)
        assert isinstance(FIGURES, Figures)

    @pytest.mark.parametrize("lost", ["total", "log", "jti", "period", "share_percent"])
    def test_a_file_without_a_claim_is_no_export(self, lost: str) -> None:
        claims = unpack(export_of()).claims
        del claims[lost], claims["groups"]
        text = pack(claims, [], private_jwk=HOLDER, salts=fixed_salts())
        with pytest.raises(BadExportError, match="a claim"):
            read_figures(text)

    @pytest.mark.parametrize("period", ["October", 202610])
    def test_a_file_with_a_claim_of_another_kind_is_no_export(self, period: str | int) -> None:
        claims = unpack(export_of()).claims | {"period": period}
        del claims["groups"]
        text = pack(claims, [], private_jwk=HOLDER, salts=fixed_salts())
        with pytest.raises(BadExportError, match="a claim"):
            read_figures(text)
