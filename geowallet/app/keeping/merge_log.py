"""What the log says of a merge: the other head, and every word and file that came over.

An entry that tells of something from the other copy names the place it has in that log, so
that what an export made there already held is no change to it. What a device signed is
entered as ever.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

import msgspec

from geowallet.app.evidence.devices import KeptBatch
from geowallet.app.intake.storing import import_statement
from geowallet.app.keeping.matters import Matter
from geowallet.app.travel.shapes import Merge, Split
from geowallet.app.travel.shapes import digest as shape_digest
from geowallet.crypto.canonical import sha256_hex
from geowallet.model.provenance import Statement, StatementKind
from geowallet.proofs.device_runs import batch_statement
from geowallet.vault.pages import encode_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from geowallet.app.keeping.differing import Word
    from geowallet.app.keeping.merge_plan import Plan

TRANSPORT = "merge"


def statements_of(planned: Plan, checkpoint: str) -> list[Statement]:
    """Return the entries for what was planned, the one that names the other head first.

    Args:
        planned: Of two logs that forked.
        checkpoint: Signed state of the other log.
    """
    words = sorted(planned.taken_words, key=lambda word: (word.entry, word.kind, word.name))
    said = [word for word in words if word.matter is Matter.CORRECTIONS]
    batches = [word for word in words if word.kind == "device" and word.matter is Matter.SOURCES]
    return [
        _merge(planned, checkpoint),
        *_imports(planned),
        *(_batch(word.body) for word in batches if word.body is not None),
        *_corrections(planned, said),
    ]


def _merge(planned: Plan, checkpoint: str) -> Statement:
    found, left = planned.comparison, planned.disclosed
    bodies = [word.body for word in planned.taken_words if word.body is not None]
    bodies += [body for _, _, body in left.records]
    bodies += [encode_page(*page) for page in planned.taken_pages.values()]
    exports = {
        leaf.statement.predicate["jti"]: leaf.index
        for leaf in found.there.own
        if leaf.statement.kind is StatementKind.EXPORT
    }
    facts: dict[str, Any] = {
        "branch": planned.fork,
        "common": found.common,
        "size": found.there_size,
        "root": found.there.root,
        "checkpoint": checkpoint,
        "matters": sorted(planned.take),
        "files": [source.sha256 for source in planned.taken_files],
        "removed": sum(word.body is None for word in planned.taken_words),
        "disputed": len(planned.disputed),
        "whose": str(planned.prefer or "open"),
        "disclosed": [
            {
                "contract": one.contract,
                "period": one.period,
                "jti": one.jti,
                "sealed_sha256": one.sealed_sha256,
                "entry": exports.get(one.jti, found.common),
            }
            for one in left.exports
        ],
    }
    subjects = tuple(sorted(sha256_hex(body) for body in bodies))
    return Statement(StatementKind.MERGE, subjects, (found.there.root,), facts)


def _imports(planned: Plan) -> Iterator[Statement]:
    entries = {
        leaf.statement.inputs[0]: leaf.index
        for leaf in planned.comparison.there.own
        if leaf.statement.kind is StatementKind.IMPORT
    }
    for source in planned.taken_files:
        entry = entries.get(source.sha256, planned.comparison.common)
        yield _from(planned, entry, import_statement(source, transport=TRANSPORT))


def _corrections(planned: Plan, words: Sequence[Word]) -> Iterator[Statement]:
    """Yield one entry for each of the other log, and one for each rule, as it stands there."""
    for entry, together in groupby(words, key=lambda word: word.entry):
        found = list(together)
        said = [word for word in found if word.body is not None and word.kind != "rule"]
        if said:
            digests = tuple(_digest(word) for word in said)
            facts = {"count": len(said)}
            yield _from(planned, entry, Statement(StatementKind.CORRECT, digests, (), facts))
        for word in found:
            if word.kind == "rule":
                yield _from(planned, entry, _rule(word))
        gone = _withdrawn(found)
        if gone:
            facts = {"withdrawn": gone}
            yield _from(planned, entry, Statement(StatementKind.CORRECT, (), (), facts))


def _withdrawn(words: Iterable[Word]) -> int:
    """Return how many words go, but rules: removed there, or contradicted by one from there."""
    return sum((word.body is None) + len(word.instead_of) for word in words if word.kind != "rule")


def _rule(word: Word) -> Statement:
    if word.body is None:
        return Statement(StatementKind.CORRECT, (), (), {"rule": word.name, "withdrawn": 1})
    return Statement(StatementKind.CORRECT, (sha256_hex(word.body),), (), {"rule": word.name})


def _digest(word: Word) -> str:
    """Return the digest by which the log knows a word."""
    body = word.body or b""
    if word.kind != "shape":
        return sha256_hex(body)
    if word.name.startswith("split/"):
        return shape_digest(msgspec.msgpack.decode(body, type=Split))
    return shape_digest(msgspec.msgpack.decode(body, type=Merge))


def _batch(body: bytes) -> Statement:
    """Return the entry of a batch, as a reader of an export writes it again: nothing more."""
    return batch_statement(msgspec.msgpack.decode(body, type=KeptBatch).batch)


def _from(planned: Plan, entry: int, statement: Statement) -> Statement:
    """Return an entry with where it stands in the other log."""
    where = {"branch": planned.fork, "entry": entry}
    return replace(statement, predicate=statement.predicate | where)
