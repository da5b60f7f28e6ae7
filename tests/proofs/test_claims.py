from __future__ import annotations

from dataclasses import replace

import pytest

from geowallet.contracts.evaluation.result import Group, Result
from geowallet.contracts.terms.protection import Audit
from geowallet.crypto.signing import public_jwk, thumbprint
from geowallet.proofs.claims import (
    ALWAYS,
    Figures,
    LogReference,
    group_of,
    issuer_of,
    named_claims,
    shown_claims,
)
from geowallet.proofs.summary import csv_rows, summary_lines
from tests.proofs.parties import (
    COMMUTE,
    HOLDER,
    JTI,
    NULLIFIER,
    OCTOBER,
    TERMS,
    commute_days,
    export_of,
    mileage,
)

NO_SHARE = {"L0": 0, "L1": 0, "L2": 0, "L3": 0}


def test_claims_follow_from_the_terms() -> None:
    must, may = named_claims(TERMS)
    assert must == {*ALWAYS, "groups", "_sd_alg", "share_m"}
    assert may - must == {"supersedes", "changes_after_close"}
    bare = replace(COMMUTE, group_by=())
    assert named_claims(bare)[0] == set(ALWAYS)


@pytest.mark.parametrize(
    ("commitments", "spot_checks", "more"),
    [
        ("day", 0, {"commitments", "opening"}),
        ("day_proved", 0, {"commitments", "opening", "range_proofs"}),
        ("none", 2, {"track"}),
    ],
)
def test_looks_behind_bring_claims_of_their_own(
    commitments: str, spot_checks: int, more: set[str]
) -> None:
    terms = replace(TERMS, commitments=commitments, audit=Audit(0, spot_checks))
    assert named_claims(terms)[0] - named_claims(TERMS)[0] == more


def test_evidence_may_stand_where_a_level_is_asked() -> None:
    assert "evidence" in named_claims(replace(TERMS, min_assurance="L1"))[1]


def test_what_is_shown_raw_are_the_figures_and_for_whom() -> None:
    shown = shown_claims(TERMS, mileage())
    assert shown["aud"] == thumbprint(TERMS.recipient.signing_jwk)
    assert [(row["mode"], row["distance_m"]) for row in shown["groups"]] == [
        ("car", 400_000),
        ("bike", 12_000),
    ]
    assert set(shown) <= named_claims(TERMS)[1]
    assert "groups" not in shown_claims(replace(COMMUTE, group_by=()), commute_days())


def test_an_export_names_its_signer_before_anything_is_verified() -> None:
    assert issuer_of(export_of()) == thumbprint(public_jwk(HOLDER))


def test_a_row_of_a_module_keeps_its_outputs_after_the_measures() -> None:
    row = {"zeal": 1, "trips": 2, "month": "2026-10", "distance_m": 3, "calm": 4}
    group = group_of(row)
    assert group.key == {"month": "2026-10"}
    assert list(group.values) == ["distance_m", "trips", "calm", "zeal"]


ODD = Figures(
    "odd",
    Result(
        "ab" * 32,
        OCTOBER,
        {"distance_m": None, "driving_score": "insufficient_data", "calm": 7},
        (
            Group({"mode": "car"}, {"distance_m": None, "driving_score": 81, "calm": 7}),
            Group({"mode": "bike"}, {"distance_m": 5, "driving_score": "insufficient_data"}),
        ),
        dict.fromkeys(NO_SHARE),
        NO_SHARE,
    ),
    JTI,
    0,
    0,
    LogReference("geowallet/" + "0" * 32, 1, "A" * 43 + "="),
    NULLIFIER,
)


def test_what_is_no_number_is_said_in_words() -> None:
    said = [str(line).partition("  ")[2] for line in summary_lines(ODD)]
    assert said[1:10] == [
        "total: distance_m is kept back, too few trips stand behind it",
        "total: driving_score cannot be told, the data do not suffice",
        "total: calm = 7",
        "car: distance_m is kept back, too few trips stand behind it",
        "car: driving score 81 of 100",
        "car: calm = 7",
        "bike: 5 m",
        "bike: driving_score cannot be told, the data do not suffice",
        "signed on 1970-01-01, valid until 1970-01-01",
    ]


def test_a_spreadsheet_has_an_empty_cell_for_what_is_kept_back() -> None:
    cells = {(row[3], row[4]): row[5:] for row in csv_rows(ODD)[1:]}
    assert cells["total", "distance_m"] == ("", "m")
    assert cells["total", "driving_score"] == ("insufficient_data", "")
    assert cells["car", "calm"] == ("7", "")
    assert cells["total", "share_L0"] in (("", "m"), ("0", "%"))
