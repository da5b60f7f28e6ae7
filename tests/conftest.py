from __future__ import annotations

import hashlib
import os
import tomllib
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "samples"

settings.register_profile("default", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("default")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that hold slow tests, so that none is left alone at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def samples() -> Path:
    """The samples folder, after checking every file against its recorded hash."""
    sources = tomllib.loads((SAMPLES / "SOURCES.toml").read_text(encoding="utf-8"))
    for name, entry in sources.items():
        digest = hashlib.sha256((SAMPLES / name).read_bytes()).hexdigest()
        assert digest == entry["sha256"], f"{name} changed: update SOURCES.toml"
    return SAMPLES


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Large reference data kept beside the project; a user's clone does not have it."""
    data = ROOT.parent / "shared" / "data"
    if not data.is_dir():
        pytest.skip("the reference corpus is not beside this checkout")
    return data
