"""Use case: write the verifier as one file that runs without geowallet, or as one page."""

from __future__ import annotations

import ast
import base64
import json
import re
from gettext import translation
from hashlib import sha256
from importlib import resources
from typing import TYPE_CHECKING

from geowallet.app.files import write_new
from geowallet.contracts.terms.catalogue import MEASURES
from geowallet.verify.page.words import WORDS

if TYPE_CHECKING:
    from pathlib import Path

PARTS = ("jose", "points", "content", "standalone")
"""Of `geowallet.verify`, in the order in which they need one another."""

OURS, LIBRARY = "geowallet.", "cryptography"


def write_verifier(path: Path) -> Path:
    """Write the verifier, a page if ``path`` ends in ``.html`` and else one program.

    Nothing is overwritten: where the name is taken, a number is added.

    Returns:
        Where it was written.

    Raises:
        DiskFullError: It could not be written.
    """
    text = page() if path.suffix.lower() in {".html", ".htm"} else joined()
    return write_new(path, text.encode())


def page() -> str:
    """Return the page that verifies dropped files in a browser, offline.

    It allows itself exactly its own script and style, by their digests, and no
    address at all. The French is that of the catalogue.
    """
    folder = resources.files("geowallet.verify.page")
    french = translation("geowallet", str(resources.files("geowallet") / "locale"), ["fr"])
    names = {name: _label(kind.reveals, kind.unit) for name, kind in MEASURES.items()}
    words = {word: french.gettext(word) for word in WORDS}
    words |= {
        _label(kind.reveals, kind.unit): _label(french.gettext(kind.reveals), kind.unit)
        for kind in MEASURES.values()
    }
    scripts = [(folder / name).read_text("utf-8") for name in ("verifier.js", "page.js")]
    tables = f"const FRENCH = {_in_html(words)};\nconst NAMES = {_in_html(names)};\n"
    script = '"use strict";\n' + tables + "\n".join(scripts)
    style = (folder / "style.css").read_text("utf-8")
    policy = f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'"
    policy += "; base-uri 'none'; form-action 'none'"
    frame = (folder / "frame.html").read_text("utf-8")
    parts = {"{policy}": policy, "{style}": style, "{script}": script}
    return re.sub(r"\{(policy|style|script)\}", lambda found: parts[found[0]], frame)


def joined() -> str:
    """Return the parts of the verifier as the text of one program.

    The docstring is that of `standalone`; imports are put together, those of
    the parts themselves left out. All other lines stay as they are.
    """
    sources = [(resources.files("geowallet.verify") / f"{name}.py").read_text() for name in PARTS]
    imports = {line for source in sources for line in _imports(source)}
    bodies = [_body(source).strip("\n") for source in sources]
    head = ast.get_docstring(ast.parse(sources[-1]), clean=False)
    future = "from __future__ import annotations"
    plain = sorted(line for line in imports if line.startswith("import "))
    theirs = sorted(line for line in imports if line.startswith(f"from {LIBRARY}"))
    named = sorted(imports - {*plain, *theirs, future})
    top = "\n".join([future, "", *plain, *named, "", *theirs])
    return "\n\n\n".join([f'"""{head}"""\n\n{top}', *bodies]) + "\n"


def _imports(source: str) -> list[str]:
    """Return the import statements of a module, those of geowallet and of types left out."""
    nodes = [
        node for node in ast.parse(source).body if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    statements = [ast.unparse(node) for node in nodes if not _is_ours(node)]
    return [line.replace("TYPE_CHECKING, ", "") for line in statements]


def _is_ours(node: ast.Import | ast.ImportFrom) -> bool:
    return isinstance(node, ast.ImportFrom) and str(node.module).startswith(OURS)


def _body(source: str) -> str:
    """Return everything of a module that follows its imports."""
    nodes = ast.parse(source).body
    after = [n for n in nodes[1:] if not isinstance(n, ast.Import | ast.ImportFrom | ast.If)]
    main = [n for n in nodes if isinstance(n, ast.If) and "__main__" in ast.unparse(n)]
    first = min(node.lineno for node in after)
    last = max(node.end_lineno or 0 for node in (*after, *main))
    return "\n".join(source.splitlines()[first - 1 : last])


def _label(text: str, unit: str) -> str:
    return text if unit == "count" else f"{text} ({unit})"


def _in_html(table: dict[str, str]) -> str:
    """Return JSON that no HTML reader can take for the end of a script."""
    return json.dumps(table, ensure_ascii=False).replace("<", "\\u003c")


def _digest(text: str) -> str:
    """Return how a Content-Security-Policy names an inline script or style."""
    return "sha256-" + base64.b64encode(sha256(text.encode()).digest()).decode("ascii")
