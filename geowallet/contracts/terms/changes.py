"""What a later version of a contract says otherwise: in words, and member by member."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.contracts.terms.syntax import terms_as_json
from geowallet.contracts.words.explain import explain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geowallet.contracts.terms.syntax import Terms
    from geowallet.model.words import Phrase

ALWAYS = ("version", "supersedes", "issued")
"""Members that differ between any two versions, and mean nothing by it."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One member of the terms that differs.

    Attributes:
        member: Where it stands, such as ``measures[0].step``.
        before: Its JSON value, or None where it was not there.
        after: The same in the later version.
    """

    member: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Reworded:
    """One section of the explanation: clauses that went, and clauses that came."""

    label: Phrase
    gone: tuple[Phrase, ...]
    come: tuple[Phrase, ...]


def changed_members(old: Terms, new: Terms) -> tuple[Changed, ...]:
    """Return every member that differs, in the order of the terms; complete by construction."""
    before, after = (dict(_leaves(terms_as_json(terms), "")) for terms in (old, new))
    names = list(dict.fromkeys([*before, *after]))
    return tuple(
        Changed(name, before.get(name), after.get(name))
        for name in names
        if name not in ALWAYS and _differ(name, before, after)
    )


def reworded(old: Terms, new: Terms) -> tuple[Reworded, ...]:
    """Return the sections whose words differ; `explain` leaves some members unsaid."""
    found = []
    for (label, before), (_, after) in zip(explain(old), explain(new), strict=True):
        gone = tuple(clause for clause in before if clause not in after)
        come = tuple(clause for clause in after if clause not in before)
        if gone or come:
            found.append(Reworded(label, gone, come))
    return tuple(found)


def _differ(name: str, before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Say whether a member differs; one that is null is not one that is missing."""
    return name not in before or name not in after or before[name] != after[name]


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield path and value of everything that holds no object."""
    if isinstance(value, dict) and value:
        for name, item in value.items():
            yield from _leaves(item, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for index, item in enumerate(value):
            yield from _leaves(item, f"{path}[{index}]")
    else:
        yield path, value
