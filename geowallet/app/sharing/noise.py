"""Use case: noise on the figures of a panel, drawn once by a library and kept in the wallet.

Whoever asks twice gets the same, so that asking often averages nothing away. A figure
that changed since is drawn anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from geowallet.app.sharing.identity import nullifier
from geowallet.app.wallet import now_us
from geowallet.contracts.evaluation.blur import blurred
from geowallet.contracts.evaluation.result import check_result
from geowallet.contracts.life.offer import terms_digest
from geowallet.model.errors import MissingExtraError
from geowallet.model.provenance import Statement, StatementKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from geowallet.contracts.evaluation.result import Result
    from geowallet.contracts.terms.syntax import Terms
    from geowallet.vault.store import Vault

PREFIX = "noise|"
"""Beginning of the names of settings that keep what was drawn."""

METHOD = "opendp discrete laplace"


def with_noise(vault: Vault, terms: Terms, result: Result) -> Result:
    """Return ``result`` with the noise of the terms; as it is where they ask for none.

    New draws are written to the wallet before anybody sees them.

    Raises:
        MissingExtraError: The library is not installed.
        DiskFullError: A draw could not be kept.
    """
    if not terms.epsilon_milli:
        return result
    name = f"{PREFIX}{nullifier(vault, terms_digest(terms), str(result.period))}"
    stored = vault.get("setting", name)
    kept = msgspec.msgpack.decode(stored, type=dict[str, int]) if stored else {}
    before = len(kept)
    around = _laplace(terms.epsilon_milli)

    def draw(place: str, steps: int) -> int:
        key = f"{place}|{steps}"
        if key not in kept:
            kept[key] = around(steps)
        return kept[key]

    drawn = check_result(terms, result.period, blurred(terms, result, draw).as_json())
    if len(kept) > before:
        predicate = {"contract": terms.name, "method": METHOD, "draws": len(kept) - before}
        with vault.transaction(now_us=now_us()) as tx:
            tx.put("setting", name, msgspec.msgpack.encode(kept))
            tx.log(Statement(StatementKind.SETTING, (), (terms_digest(terms),), predicate))
    return drawn


def _laplace(epsilon_milli: int) -> Callable[[int], int]:
    """Return the discrete Laplace mechanism of scale 1/epsilon, seeded by the library."""
    try:
        import opendp.prelude as dp  # noqa: PLC0415  an extra that only panels need
    except ImportError as error:
        raise MissingExtraError(extra="panel") from error
    dp.enable_features("contrib")
    mechanism = dp.m.make_laplace(
        dp.atom_domain(T=int), dp.absolute_distance(T=int), scale=1_000 / epsilon_milli
    )
    return lambda steps: int(mechanism(steps))
