from __future__ import annotations

import gc
import hashlib
import os
import tomllib
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.tracing import is_traced, untraced

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "samples"

settings.register_profile("default", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("default")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="sweep everything, not a part of it")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that hold slow tests, so that none is left alone at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def pytest_collection_finish() -> None:
    """Let the collector of garbage, and every child that is forked, pass over what stays."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Run what repeats without the tracer of coverage; see `tests.tracing`."""
    if is_traced(item):
        return (yield)
    with untraced():
        return (yield)


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
