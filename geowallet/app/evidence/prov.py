"""Use case: the log as W3C PROV-JSON, for tools that follow where data came from.

It names what was done, when, with which digests, and no content: no position, no
place, no file name, no words of the owner.

Source:
    W3C Member Submission "The PROV-JSON Serialization" (24 April 2013); W3C
    Recommendation PROV-DM (30 April 2013).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import geowallet
from geowallet.model.provenance import StatementKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geowallet.model.provenance import Statement
    from geowallet.vault.log import Leaf
    from geowallet.vault.store import Vault

NAMESPACE = "urn:geowallet:ns#"
DIGESTS = "urn:sha256:"

_OWNER, _SOFTWARE = "gw:owner", "gw:software"

_BY_OWNER = frozenset(
    {
        StatementKind.CORRECT,
        StatementKind.SETTING,
        StatementKind.CONSENT,
        StatementKind.DECLINE,
        StatementKind.WITHDRAW,
        StatementKind.EXPORT,
        StatementKind.ERASE,
    }
)
"""Done on the owner's word; the rest follows by itself."""

_DERIVING = frozenset(
    {
        StatementKind.IMPORT,
        StatementKind.CLEAN,
        StatementKind.SEGMENT,
        StatementKind.CLASSIFY,
        StatementKind.RECOMPUTE,
        StatementKind.EXPORT,
        StatementKind.STAMP,
        StatementKind.WITNESS,
    }
)
"""Where what came out was made from what went in."""


def prov_of(vault: Vault) -> dict[str, Any]:
    """Return the whole log as a PROV-JSON document.

    Raises:
        EvidenceError: The log contradicts itself.
    """
    return prov_document(vault.leaves())


def prov_document(leaves: Iterable[Leaf]) -> dict[str, Any]:
    """Return entries as a PROV-JSON document: one activity each, one entity a digest."""
    document = _Document()
    for leaf in leaves:
        document.add(leaf)
    return document.as_json()


@dataclass(slots=True)
class _Document:
    entities: dict[str, dict[str, Any]] = field(default_factory=dict)
    activities: dict[str, dict[str, Any]] = field(default_factory=dict)
    relations: dict[str, dict[tuple[str, ...], dict[str, str]]] = field(default_factory=dict)

    def add(self, leaf: Leaf) -> None:
        statement = leaf.statement
        activity = f"gw:entry-{leaf.index}"
        at = _moment(leaf.at_us)
        self.activities[activity] = {
            "prov:startTime": at,
            "prov:endTime": at,
            "prov:type": _name(f"gw:{statement.kind}"),
            "gw:leafHash": leaf.leaf_hash.hex(),
        } | _method(statement)
        inputs = [self._entity(digest) for digest in statement.inputs]
        subjects = [self._entity(digest) for digest in statement.subjects]
        for entity in inputs:
            self._relate("used", activity=activity, entity=entity)
        for entity in subjects:
            self._relate("wasGeneratedBy", entity=entity, activity=activity)
        if statement.kind is StatementKind.IMPORT:
            for entity in inputs:
                self.entities[entity] = {"prov:type": _name("gw:sourceFile")}
        if statement.kind in _DERIVING:
            for made in subjects:
                for source in inputs:
                    self._relate(
                        "wasDerivedFrom",
                        generatedEntity=made,
                        usedEntity=source,
                        activity=activity,
                    )
        agent = _OWNER if statement.kind in _BY_OWNER else _SOFTWARE
        self._relate("wasAssociatedWith", activity=activity, agent=agent)

    def as_json(self) -> dict[str, Any]:
        relations = {
            name: {f"_:{name}{n}": found for n, found in enumerate(members.values())}
            for name, members in sorted(self.relations.items())
        }
        software = {
            "prov:type": _name("prov:SoftwareAgent"),
            "gw:version": geowallet.__version__,
        }
        return {
            "prefix": {"gw": NAMESPACE, "sha256": DIGESTS},
            "entity": self.entities,
            "activity": self.activities,
            "agent": {_OWNER: {"prov:type": _name("prov:Person")}, _SOFTWARE: software},
            **relations,
        }

    def _entity(self, digest: str) -> str:
        name = f"sha256:{digest}"
        self.entities.setdefault(name, {})
        return name

    def _relate(self, relation: str, **ends: str) -> None:
        found = {f"prov:{name}": value for name, value in ends.items()}
        self.relations.setdefault(relation, {})[tuple(found.values())] = found


def _method(statement: Statement) -> dict[str, str]:
    """Return the methods that the statement names, each with its version."""
    methods = statement.predicate.get("algorithms", ())
    if "algorithm" in statement.predicate:
        methods = (statement.predicate["algorithm"],)
    texts = sorted(f"{one['name']} {one['version']}" for one in methods)
    return {"gw:method": ", ".join(texts)} if texts else {}


def _name(qualified: str) -> dict[str, str]:
    return {"$": qualified, "type": "prov:QUALIFIED_NAME"}


def _moment(time_us: int) -> str:
    utc = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=time_us)
    return utc.isoformat()
