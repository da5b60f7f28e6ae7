"""A wallet as of one moment."""

from __future__ import annotations

from geowallet.vault.still import held_still
from geowallet.vault.store import Vault


def test_versions_are_the_entries_that_wrote_last(vault: Vault) -> None:
    with held_still(vault) as still:
        assert list(still.versioned_items("place")) == [("home", b"second home", 2)]
        assert still.row_id("place", "home") == vault.row_id("place", "home")
        assert vault.get("place", "home") == b"second home"
        assert still.report().problems == ()
