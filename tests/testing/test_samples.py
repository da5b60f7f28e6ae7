from __future__ import annotations

import gzip
import tomllib
from pathlib import Path
from typing import Any

import pytest

CLEAN = {"Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "CC-BY-4.0", "EUPL-1.2"}
"""Licences under which a sample may be shipped with the program."""


@pytest.fixture
def sources(samples: Path) -> dict[str, Any]:
    return tomllib.loads((samples / "SOURCES.toml").read_text(encoding="utf-8"))


def test_every_sample_names_its_source(samples: Path, sources: dict[str, Any]) -> None:
    files = {p.relative_to(samples).as_posix() for p in samples.rglob("*") if p.is_file()}
    package = {name for name in files if name.startswith("connector/")}  # is a program, no data
    assert package
    assert files - package - {"module/README.md"} - {"SOURCES.toml"} == set(sources)


def test_every_source_has_an_origin_and_a_clean_licence(sources: dict[str, Any]) -> None:
    for entry in sources.values():
        assert set(entry) == {"origin", "licence", "sha256", "what"}
        assert entry["licence"] in CLEAN


def test_what_is_simulated_says_so_in_its_source_and_in_itself(
    samples: Path, sources: dict[str, Any]
) -> None:
    for name, entry in sources.items():
        raw = (samples / name).read_bytes()
        content = gzip.decompress(raw) if name.endswith(".gz") else raw
        simulated = name.startswith("simulated-month/")
        assert entry["origin"].startswith("simulated by") == simulated
        assert (b"simulated by geowallet.testing.simulate" in content) == simulated


def test_no_sample_is_large(samples: Path) -> None:
    sizes = [path.stat().st_size for path in samples.rglob("*") if path.is_file()]
    assert max(sizes) <= 500_000
    assert sum(sizes) < 3_000_000
