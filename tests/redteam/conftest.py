from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.app.conftest import employer, empty, here, lived_in, no_keyring, vault
from tests.redteam.catalogue import CATALOGUE

__all__ = ["employer", "empty", "here", "lived_in", "no_keyring", "vault"]

Ends = Callable[[str], None]


@pytest.fixture
def ends(request: pytest.FixtureRequest) -> Ends:
    """Compare what was observed with what the table says of this attempt."""
    (attempt,) = (one for one in CATALOGUE if one.test == request.node.nodeid)

    def observed(found: str) -> None:
        request.node.user_properties.append(("ends", found))
        assert found == attempt.ends, f"{attempt.id}: {attempt.does}"

    return observed
