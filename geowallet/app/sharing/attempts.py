"""Every attempt to export is on record, those that failed too: by their code, without figures."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from geowallet.contracts.life.offer import terms_digest
from geowallet.model.calendar import Period
from geowallet.model.errors import BadPeriodError, GeowalletError
from geowallet.model.provenance import Statement, StatementKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from geowallet.contracts.terms.syntax import Terms
    from geowallet.vault.store import Vault

INTERRUPTED = "interrupted"
"""Stands for the code where nothing failed, and the owner stopped."""


@contextmanager
def attempted(
    vault: Vault, terms: Terms, period: str, *, clock: Callable[[], int]
) -> Iterator[None]:
    """Enter what ends the block early into the log, and let it go on.

    An export that succeeds has an entry of its own. A failure of the log itself is
    silent here: the one that is told is the one that came first.

    Args:
        vault: The open wallet.
        terms: What was to be exported under.
        period: As it was typed; only what reads as a period is kept.
        clock: Gives UTC microseconds.
    """
    try:
        yield
    except (GeowalletError, KeyboardInterrupt) as error:
        code = error.code if isinstance(error, GeowalletError) else INTERRUPTED
        with suppress(GeowalletError), vault.transaction(now_us=clock()) as tx:
            tx.log(_statement(terms, _readable(period), code))
        raise


def _statement(terms: Terms, period: str, code: str) -> Statement:
    predicate = {"contract": terms.name, "period": period, "code": code}
    return Statement(StatementKind.ATTEMPT, (), (terms_digest(terms),), predicate)


def _readable(period: str) -> str:
    try:
        return str(Period.parse(period))
    except BadPeriodError:
        return ""
