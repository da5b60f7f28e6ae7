"""docs/reference/export-format.md names what the code knows."""

from __future__ import annotations

import re
from pathlib import Path

from geowallet.proofs.claims import named_claims
from geowallet.proofs.summary import CSV_HEADER
from geowallet.verify.standalone import STATUS
from geowallet.verify.verifier import ASKED
from tests.proofs.parties import TERMS

PAGE = Path(__file__).parent.parent.parent / "docs" / "reference" / "export-format.md"
TEXT = PAGE.read_text(encoding="utf-8")


def first_cells(section: str) -> list[str]:
    body = TEXT.split(f"## {section}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `(\w+)` \|", body, flags=re.MULTILINE)


def test_every_check_is_documented_in_its_order() -> None:
    assert first_cells("What a verifier checks") == list(ASKED)


def test_every_claim_of_an_export_is_documented() -> None:
    assert named_claims(TERMS)[1] <= set(first_cells("The signed part"))


def test_every_documented_claim_is_one_that_the_verifier_knows() -> None:
    rooms = PAGE.parent.parent.parent / "geowallet" / "verify"
    code = (rooms / "content.py").read_text("utf-8") + (rooms / "standalone.py").read_text("utf-8")
    assert [name for name in first_cells("The signed part") if f'"{name}"' not in code] == []


def test_every_status_is_documented_with_its_exit_status() -> None:
    body = TEXT.split("## Status\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \|.*\| (\d+) \|$", body, flags=re.MULTILINE)
    assert {name: int(status) for name, status in rows} == STATUS


def test_the_columns_of_the_table_are_documented() -> None:
    assert f"`{','.join(CSV_HEADER)}`" in TEXT
