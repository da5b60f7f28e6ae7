"""What somebody means by CONTRACT: the file of an offer, or the name of a contract."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geowallet.cli.terminal.language import _

if TYPE_CHECKING:
    from geowallet.contracts.terms.syntax import Terms
    from geowallet.vault.store import Vault

Name = Annotated[str, typer.Argument(help=_("An offer's file, or the name of a contract."))]


def is_file(text: str) -> bool:
    """Say whether an argument is the file of an offer, not the name of a contract."""
    return "/" in text or "\\" in text or "." in text or Path(text).is_file()


def offered(path: str) -> Terms:
    """Return the terms of an offer's file.

    Raises:
        BadContractError: Not an offer.
        ContractSignatureError: It was altered.
    """
    from geowallet.app.sharing.agreements import offer_from

    return offer_from(Path(path)).terms


def terms_named(vault: Vault, name: str) -> Terms:
    """Return the terms of the accepted contract whose name begins with ``name``.

    Raises:
        NoContractError: None or several.
    """
    from geowallet.app.sharing.agreements import find_contract

    return find_contract(vault, name).terms
