"""Use cases of a recipient: which offers went out, and which version a new one is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from geowallet.app.files import read_small
from geowallet.contracts.life.offer import MAX_FILE_BYTES, read_offer, terms_digest
from geowallet.model.errors import NotFoundError, OfferExistsError

if TYPE_CHECKING:
    from geowallet.app.desk.desk import Desk
    from geowallet.contracts.life.offer import Offer
    from geowallet.contracts.terms.syntax import Terms


def offers(desk: Desk) -> tuple[Offer, ...]:
    """Return what this desk handed out, by name and version."""
    folder = desk.folder / "offers"
    files = sorted(folder.glob("*.offer")) if folder.is_dir() else []
    found = [read_offer(read_small(path, MAX_FILE_BYTES)) for path in files]
    return tuple(sorted(found, key=lambda offer: (offer.terms.name, offer.terms.version)))


def following(desk: Desk, terms: Terms, *, supersede: bool) -> Terms:
    """Return ``terms`` as the first version of their name, or as the one after the last.

    Args:
        desk: Who offers.
        terms: What is to be offered.
        supersede: Whether they take the place of the offer of that name.

    Raises:
        OfferExistsError: There is one of that name, and they do not.
        NotFoundError: There is none, and they do.
    """
    before = [offer for offer in offers(desk) if offer.terms.name == terms.name]
    if not before and not supersede:
        return terms
    if not before:
        raise NotFoundError(what="offer", name=terms.name)
    if not supersede:
        raise OfferExistsError(name=terms.name)
    last = before[-1].terms
    return replace(terms, version=last.version + 1, supersedes=terms_digest(last))
