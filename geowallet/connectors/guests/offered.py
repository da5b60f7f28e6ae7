"""What a confined connector may import: loaded before it is shut in, as nothing can be after."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ALWAYS: tuple[str, ...] = (
    "_strptime",
    "encodings.ascii",
    "encodings.cp1252",
    "encodings.cp437",
    "encodings.iso8859_15",
    "encodings.latin_1",
    "encodings.utf_16",
    "encodings.utf_16_be",
    "encodings.utf_16_le",
    "encodings.utf_8_sig",
)
"""What the standard library imports by itself, late."""

LIBRARY: frozenset[str] = frozenset(
    (
        *("__future__", "abc", "array", "ast", "base64", "binascii", "bisect", "builtins", "bz2"),
        *("calendar", "cmath", "codecs", "collections", "colorsys", "configparser", "contextlib"),
        *("copy", "csv", "dataclasses", "datetime", "decimal", "difflib", "email", "encodings"),
        *("enum", "errno", "fractions", "functools", "gzip", "hashlib", "heapq", "html", "io"),
        *("itertools", "json", "keyword", "locale", "logging", "lzma", "math", "numbers"),
        *("operator", "os", "pathlib", "pkgutil", "plistlib", "pprint", "quopri", "random", "re"),
        *("reprlib", "statistics", "string", "stringprep", "struct", "sys", "tarfile"),
        *("textwrap", "time", "traceback", "types", "typing", "unicodedata", "urllib", "uuid"),
        *("warnings", "weakref", "xml", "zipfile", "zlib", "zoneinfo"),
    )
)
"""Modules of the standard library that compute, and do nothing by being imported."""

OURS: tuple[str, ...] = ("geowallet.connectors", "geowallet.model")
"""What geowallet offers to connectors; its other rooms are not there."""


def imports_of(sources: Iterable[bytes]) -> frozenset[str]:
    """Return every module that Python files name in an import, however deep; nothing is run.

    ``from a import b`` counts as ``a`` and as ``a.b``, which may be a module.
    A file that is no Python counts as empty.
    """
    return frozenset(name for source in sources for name in _imports(source))


def _imports(source: bytes) -> Iterator[str]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_offered(name: str) -> bool:
    """Say whether a confined connector may import ``name``."""
    first = name.partition(".")[0]
    ours = any(name == room or name.startswith(f"{room}.") for room in OURS)
    return ours or first in LIBRARY or first == "numpy" or name in {"geowallet", *ALWAYS}


def lacking(names: Iterable[str], own: Iterable[str]) -> tuple[str, ...]:
    """Return what is imported and will not be there, by first word, or whole if it is ours.

    Args:
        names: Of `imports_of`.
        own: First words of what the package carries itself.
    """
    known = set(own)
    found = {name for name in names if not is_offered(name)}
    shown = (n if n.startswith("geowallet.") else n.partition(".")[0] for n in found)
    return tuple(sorted(name for name in set(shown) if name not in known))


def is_taken(name: str) -> bool:
    """Say whether a package of this name would stand in for one that is there already."""
    return name in sys.stdlib_module_names or name in {"geowallet", "numpy", "msgspec"}
