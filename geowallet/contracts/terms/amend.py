"""Terms of a template with some members written by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geowallet.contracts.terms.members import Members
from geowallet.contracts.terms.syntax import terms_as_json, terms_from_json

if TYPE_CHECKING:
    from geowallet.contracts.terms.syntax import Terms

FIXED = ("schema", "name", "recipient", "issued", "version", "supersedes")
"""Members that an offer gets from the desk, not from a file."""


def amended(terms: Terms, change: Any) -> Terms:
    """Return ``terms`` with the members of ``change`` in their place.

    An object is amended member by member, at any depth; anything else, a list too, is
    replaced as a whole. The template stays named, so that its reader is told what is
    more than usual.

    Raises:
        BadContractError: Not an object, a member that the desk gives, or terms that no
            reader would accept.
    """
    members = Members(change, "terms")
    for name in FIXED:
        if name in members:
            raise members.refusal("given by the desk", name)
    return terms_from_json(_merged(terms_as_json(terms), change))


def _merged(value: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    both = dict(value)
    for name, new in change.items():
        old = both.get(name)
        if isinstance(old, dict) and isinstance(new, dict):
            both[name] = _merged(old, new)
        else:
            both[name] = new
    return both
