"""Collect every sentence of the code into the message catalogues, keeping translations.

With ``--check`` nothing is written; the exit status is 1 if anything is missing or stale.
"""

from __future__ import annotations

import ast
import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
LOCALE = ROOT / "geowallet" / "locale"
MARKERS = {"_": 1, "N_": 1, "plural": 2, "refuse": 1}
"""Functions that take a sentence, and how many forms of it."""
UNSTABLE = (b'"POT-Creation', b'"PO-Revision', b'"Last-Tr', b'"Language-Team', b'"Report', b'"Gen')
"""Header lines that change with every run, or say nothing."""


def template() -> Catalog:
    """Return every message of the code, in a fixed order."""
    catalogue = Catalog(project="geowallet", charset="utf-8")
    for path in sorted((ROOT / "geowallet").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            message = marked(node)
            if message:
                catalogue.add(message if len(message) > 1 else message[0])
    return catalogue


def marked(node: ast.AST) -> tuple[str, ...]:
    """Return the sentence that a call marks, in all its forms; empty for any other node.

    Babel's own reader is not used: before Python 3.12 it does not look into f-strings.
    """
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return ()
    values = [getattr(a, "value", None) for a in node.args[: MARKERS.get(node.func.id, 0)]]
    return tuple(value for value in values if isinstance(value, str))


def updated(path: Path) -> tuple[bytes, Catalog]:
    """Return the catalogue at ``path`` brought up to date, as bytes and as messages."""
    with path.open("rb") as stream:
        catalogue = read_po(stream)
    catalogue.update(template(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    out = io.BytesIO()
    write_po(out, catalogue, width=100, sort_output=True, no_location=True)
    lines = out.getvalue().splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(UNSTABLE)), catalogue


def main() -> None:
    """Write or check all catalogues."""
    missing = 0
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        data, catalogue = updated(path)
        untranslated = [m.id for m in catalogue if m.id and not _complete(m.string)]
        missing += len(untranslated)
        for message in untranslated:
            print(f"{path.parent.parent.name}: not translated: {message}")
        if "--check" not in sys.argv:
            path.write_bytes(data)
        elif data != path.read_bytes():
            print(f"{path}: stale, run ./dev docs")
            missing += 1
    sys.exit(1 if missing else 0)


def _complete(text: str | tuple[str, ...] | list[str] | None) -> bool:
    forms = [text] if isinstance(text, str) else list(text or [""])
    return all(forms)


if __name__ == "__main__":
    main()
