from __future__ import annotations

import pytest

from geowallet.testing import kit_inputs
from geowallet.testing.connectors import check_connector

MAX_CUTS = 300
MUTATIONS = 300


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Take the kit, which reads one sample a thousand times, without the tracer of coverage."""
    for item in items:
        if "passes_the_kit" in item.name:
            item.add_marker("untraced")


@pytest.fixture(autouse=True)
def _short_kit(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our fifty samples take the whole kit with ``--long``, and fewer of its copies without."""
    if request.config.getoption("long"):
        return
    monkeypatch.setattr(kit_inputs, "MAX_CUTS", MAX_CUTS)
    usual = check_connector.__kwdefaults__ or {}
    monkeypatch.setitem(usual, "mutations", MUTATIONS)
