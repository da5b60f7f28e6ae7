"""docs/reference/export-format.md names what the code knows."""

from __future__ import annotations

import re
from pathlib import Path

from geowallet.contracts.catalogue import MEASURES
from geowallet.proofs.claims import named_claims
from geowallet.proofs.summary import CSV_HEADER
from geowallet.verify.verifier import ASKED
from tests.proofs.parties import TERMS

PAGE = Path(__file__).parent.parent.parent / "docs" / "reference" / "export-format.md"
TEXT = PAGE.read_text(encoding="utf-8")


def first_cells(section: str) -> list[str]:
    body = TEXT.split(f"## {section}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `(\w+)` \|", body, flags=re.MULTILINE)


def test_every_check_is_documented_in_its_order() -> None:
    assert first_cells("What a verifier checks") == list(ASKED)


def test_every_claim_and_measure_is_documented_and_no_other() -> None:
    documented = first_cells("The signed part")
    assert sorted(documented) == sorted([*named_claims(TERMS)[1], *MEASURES])


def test_the_columns_of_the_table_are_documented() -> None:
    assert f"`{','.join(CSV_HEADER)}`" in TEXT
