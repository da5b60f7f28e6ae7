"""The recipe of docs/reference/export-format.md makes a statement that the wallet reads."""

from __future__ import annotations

import subprocess
from pathlib import Path

from geowallet.app.vehicles.statements import statement_in

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "export-format.md"
KEY = "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem"


def test_a_workshop_with_openssl_signs_a_reading(tmp_path: Path) -> None:
    """Three times: a signature may begin with zeros, and then has fewer digits."""
    page = PAGE.read_text(encoding="utf-8")
    _, _, rest = page.partition("<!-- recipe: an odometer reading -->\n")
    recipe = "\n".join(line for line in rest.partition("\nIn an export")[0].splitlines())
    assert KEY in page
    script = f"set -eu\n{KEY}\n{recipe}\n"
    for _ in range(3):
        subprocess.run(["/bin/sh", "-c", script], cwd=tmp_path, check=True, capture_output=True)
        found = statement_in(tmp_path / "reading")
        assert (found.vehicle, found.km, str(found.day)) == ("AB123CD", 48_210, "2026-10-31")
