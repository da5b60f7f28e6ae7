from __future__ import annotations

import pytest

from geowallet.track.visits import is_named


@pytest.mark.parametrize(
    ("name", "text", "named"),
    [
        ("Dupont", "Client DUPONT, 12 rue Basse", True),
        ("Client Dupont SA", "rdv chez dupont", True),
        ("Hôpital Est", "Reunion hopital est", True),
        ("Hôpital Est", "hopital ouest", False),
        ("Dupont", "Dupontel", False),
        ("Client", "client", False),
        ("3M", "3M", False),
        ("EDF", "visite EDF", True),
    ],
)
def test_a_client_is_named_by_all_words_that_are_its_own(name: str, text: str, named: bool) -> None:
    assert is_named(name, text) is named
