"""Use case: take in another copy of this wallet, by its log and by what its owner says.

A copy that only went on takes this one's place, row by row. Of one that went on separately
the owner says what is taken over: it is entered anew, after an entry of the log that
names the other head. Nothing of it is silent, and doing it twice changes nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from geowallet.app.intake.sources import Source
from geowallet.app.keeping.comparing import Relation, compare
from geowallet.app.keeping.copies import note_erased
from geowallet.app.keeping.differing import Side, Word, differences, file_differences
from geowallet.app.keeping.disclosed import disclosed
from geowallet.app.keeping.matters import ALL, Matter
from geowallet.app.keeping.merge_log import statements_of
from geowallet.app.travel.derive import derive
from geowallet.app.travel.waiting import add_pending
from geowallet.crypto.merkle import root
from geowallet.model.errors import VaultBusyError, VaultDamagedError
from geowallet.vault.advance import advance
from geowallet.vault.branches import KIND, PREFIX, Branch, branches
from geowallet.vault.records import KINDS
from geowallet.vault.still import held_still

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from geowallet.app.keeping.comparing import Comparison, Other
    from geowallet.app.keeping.disclosed import Disclosed
    from geowallet.app.travel.derive import Derived
    from geowallet.vault.highwater import Mark
    from geowallet.vault.store import Vault
    from geowallet.vault.transaction import Transaction


class Prefer(StrEnum):
    """Whose word counts where both copies said something since they parted."""

    OURS = "ours"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a merge would do; nothing was written.

    Attributes:
        comparison: How the two logs stand to each other.
        take: Matters that are taken over.
        prefer: Whose word counts where both said something, or None while that is open.
        files: Sources that only the other copy has, or that this one lost pieces of.
        words: Other records that only the other copy wrote or removed since.
        disputed: Records that both wrote since, or that the other copy alone erased from.
        disclosed: What the other copy gave away.
        before: The other log as it was when it was merged before, by names of records.
        kin: Logs that were merged into the other copy, and are not known here.
        mark: State of this wallet.
    """

    comparison: Comparison
    take: frozenset[Matter]
    prefer: Prefer | None
    files: tuple[Source, ...]
    words: tuple[Word, ...]
    disputed: tuple[Word, ...]
    disclosed: Disclosed
    before: Mapping[str, Branch]
    kin: Mapping[str, Branch]
    mark: Mark

    @property
    def fork(self) -> str:
        """Hash (hex) of the first entry that only the other log has: the branch's name."""
        own = self.comparison.there.own
        return own[0].leaf_hash.hex() if own else ""

    @property
    def taken_files(self) -> tuple[Source, ...]:
        """Sources that come over, those that theirs win among them."""
        agreed = self.files if Matter.SOURCES in self.take else ()
        won = (word.body or b"" for word in self._won() if word.kind == "source")
        return (*agreed, *(msgspec.msgpack.decode(body, type=Source) for body in won))

    @property
    def taken_words(self) -> tuple[Word, ...]:
        """Other records that are written or removed."""
        agreed = (word for word in self.words if word.matter in self.take)
        return (*agreed, *(word for word in self._won() if word.kind != "source"))

    @property
    def open(self) -> tuple[Word, ...]:
        """What stays as it is here until the owner says whose word counts."""
        if self.prefer is not None:
            return ()
        return tuple(word for word in self.disputed if word.matter in self.take)

    @property
    def only_there(self) -> dict[Matter, int]:
        """How many files, or records of another matter, only the other copy wrote since."""
        found = Counter(word.matter for word in self.words)
        found[Matter.SOURCES] = len(self.files)
        return {matter: found[matter] for matter in Matter}

    @property
    def settled(self) -> frozenset[Matter]:
        """Matters that need not be looked at again before the other copy says more."""
        return self.take - {word.matter for word in self.open}

    @property
    def changes(self) -> bool:
        """Whether anything would be written."""
        relation = self.comparison.relation
        if relation is not Relation.FORKED:
            return relation is Relation.NEWER
        size = self.comparison.there_size
        known = any(
            branch.size == size
            and all(branch.looked.get(m, (0, 0))[0] == size for m in self.settled)
            for branch in self.before.values()
        )
        taken = self.taken_files or self.taken_words or self.disclosed.records or self.kin
        return bool(taken) or not known

    def _won(self) -> Iterator[Word]:
        theirs = self.prefer is Prefer.THEIRS
        return (word for word in self.disputed if theirs and word.matter in self.take)


def plan(
    vault: Vault, other: Other, *, take: frozenset[Matter] = ALL, prefer: Prefer | None = None
) -> Plan:
    """Return what taking in the other copy would do.

    Args:
        vault: This wallet.
        other: The other copy; the whole of it is checked.
        take: Matters to take over.
        prefer: Whose word counts where both said something since.

    Raises:
        VaultDamagedError: The other copy, or a record of this one, is not what was written.
        EvidenceError: A log contradicts its head.
    """
    for _part, error in other.still.report().problems:
        raise error
    with held_still(vault) as still:
        found = compare(vault, other.vault)
        here, there = vault.leaf_hashes(), other.vault.leaf_hashes()
        before = {
            name: branch
            for name, branch in branches(vault).items()
            if branch.hashes(here) == there[: branch.size]
        }
        since_here, since_there = _since(before, found.common)
        words, disputed = differences(
            Side.of(still, found.here.own, since_here),
            Side.of(other.still, found.there.own, since_there),
        )
        files, otherwise = file_differences(vault, other, since=since_there[Matter.SOURCES])
        merged = max((branch.size for branch in before.values()), default=found.common)
        fork = there[found.common].hex() if found.there.own else ""
        return Plan(
            comparison=found,
            take=take,
            prefer=prefer,
            files=files,
            words=words,
            disputed=(*otherwise, *disputed),
            disclosed=disclosed(vault, other, branch=fork, since=merged),
            before=before,
            kin=_kin(vault, other, here, there),
            mark=vault.mark(),
        )


def merge(vault: Vault, other: Other, planned: Plan, *, now_us: int) -> Derived:
    """Do what was planned, then find the trips of what came over; return what became of them.

    All that comes over is one transaction; a process killed after it leaves the analysis
    to the next merge or import.

    Raises:
        VaultBusyError: Something was written to this wallet since the plan was made.
        DiskFullError: The disk refuses; nothing was changed.
    """
    if planned.comparison.relation is Relation.NEWER:
        advance(vault, other.still, seen=planned.mark)
    elif planned.changes:
        with vault.transaction(now_us=now_us) as tx:
            if vault.mark() != planned.mark:
                raise VaultBusyError
            for source in planned.taken_files:
                _take_file(vault, tx, other, source, planned.mark)
            for word in planned.taken_words:
                _take_word(tx, word)
            for record in planned.disclosed.records:
                tx.put(*record)
            statements = statements_of(planned, other.vault.checkpoint())
            _keep_branches(tx, planned, size=planned.mark.size + len(statements))
            for statement in statements:
                tx.log(statement)
    return derive(vault, now_us=now_us)


def _since(
    before: Mapping[str, Branch], common: int
) -> tuple[dict[Matter, int], dict[Matter, int]]:
    """Return up to which entry each matter was looked at, here and there."""
    looked = dict.fromkeys(Matter, (common, common))
    for branch in before.values():
        for name, sizes in branch.looked.items():
            looked[Matter(name)] = max(looked[Matter(name)], sizes)
    return {m: sizes[1] for m, sizes in looked.items()}, {
        m: sizes[0] for m, sizes in looked.items()
    }


def _kin(vault: Vault, other: Other, here: list[bytes], there: list[bytes]) -> dict[str, Branch]:
    """Return the logs that were merged into the other copy, as seen from this wallet."""
    known = {tuple(branch.hashes(here)) for branch in branches(vault).values()}
    found = {}
    for branch in branches(other.vault).values():
        hashes = branch.hashes(there)
        common = _common(here, hashes)
        if common < len(hashes) and tuple(hashes) not in known:
            found[_name(hashes)] = Branch(common, b"".join(hashes[common:]), {})
    return found


def _keep_branches(tx: Transaction, planned: Plan, *, size: int) -> None:
    """Write the other log by its hashes, in the place of what was kept of it before."""
    looked: dict[str, tuple[int, int]] = {}
    for name, branch in planned.before.items():
        tx.delete(KIND, name)
        looked |= branch.looked
    found = planned.comparison
    looked |= {str(matter): (found.there_size, size) for matter in planned.settled}
    own = b"".join(leaf.leaf_hash for leaf in found.there.own)
    kept = {f"{PREFIX}{found.there.root}": Branch(found.common, own, looked)} | dict(planned.kin)
    for name, branch in kept.items():
        tx.put(KIND, name, msgspec.msgpack.encode(branch))


def _take_file(vault: Vault, tx: Transaction, other: Other, source: Source, mark: Mark) -> None:
    stored = vault.get("source", source.sha256)
    before = msgspec.msgpack.decode(stored, type=Source) if stored else None
    names = [blob.name for trace in source.traces for blob in trace.blobs]
    for name in names:
        body = other.vault.get("fixes", name)
        if body is None:
            raise VaultDamagedError(what=KINDS["fixes"])
        tx.put("fixes", name, body)
    tx.put("source", source.sha256, msgspec.msgpack.encode(source))
    runs = source.runs()
    if before is not None:
        gone = {blob.name for trace in before.traces for blob in trace.blobs}.difference(names)
        for name in sorted(gone):
            tx.delete("fixes", name)
        runs += before.runs()
        if source.erased > before.erased:
            note_erased(tx, entries=mark.size)
    if runs:
        add_pending(tx, runs)


def _take_word(tx: Transaction, word: Word) -> None:
    if word.body is None:
        tx.delete(word.kind, word.name)
    else:
        tx.put(word.kind, word.name, word.body)
    for name in word.instead_of:
        tx.delete(word.kind, name)


def _common(one: list[bytes], other: list[bytes]) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _name(hashes: list[bytes]) -> str:
    return f"{PREFIX}{root(hashes).hex()}"
