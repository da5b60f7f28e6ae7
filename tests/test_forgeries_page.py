"""docs/forgeries.md names twenty forgeries, each with a test that is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROW = re.compile(r"^\| (\d+) \| .* \| `(test_\w+)` \|$", re.MULTILINE)


def test_every_forgery_is_tried_by_a_test() -> None:
    rows = ROW.findall((ROOT / "docs" / "forgeries.md").read_text(encoding="utf-8"))
    assert [int(number) for number, _ in rows] == list(range(1, 21))
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    assert [name for _, name in rows if f"def {name}(" not in code] == []
