"""What another copy says that this wallet does not, word by word, since they parted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from geowallet.app.intake.sources import Source, sources
from geowallet.app.keeping.matters import (
    KINDS,
    Address,
    Matter,
    are_one_place,
    contradict,
    is_same,
    joined,
    matter_of,
    stretch_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from geowallet.app.keeping.comparing import Other
    from geowallet.vault.log import Leaf
    from geowallet.vault.still import Still
    from geowallet.vault.store import Vault


@dataclass(frozen=True, slots=True)
class Word:
    """One record to write as the other copy has it, or to remove as it did.

    Attributes:
        matter: What it belongs to.
        kind: Of the record.
        name: Of the record.
        body: As it is to be; None where it was removed there.
        entry: Position in the other log of the entry that wrote or removed it.
        instead_of: Names of records of the same kind here that contradict it.
    """

    matter: Matter
    kind: str
    name: str
    body: bytes | None
    entry: int
    instead_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """The words of one copy.

    Attributes:
        words: Payload and version by address.
        since: Entries that both had, or were looked at before, by matter.
        removed: Row ids of records that were removed since, with the last entry that says
            so; looked up for those alone that are not there.
        still: The copy.
    """

    words: dict[Address, tuple[bytes, int]]
    since: Mapping[Matter, int]
    removed: dict[bytes, int]
    still: Still

    @classmethod
    def of(cls, still: Still, leaves: Iterable[Leaf], since: Mapping[Matter, int]) -> Side:
        """Return the words of a copy, of which ``leaves`` are the entries that only it has.

        Raises:
            VaultDamagedError: A record is not what was written.
        """
        words = {
            (kind, name): (body, version)
            for kind in KINDS
            for name, body, version in still.versioned_items(kind)
            if matter_of((kind, name)) is not None
        }
        removed = {
            change.id: leaf.index
            for leaf in leaves
            for change in leaf.changes
            if change.sealed_sha256 is None
        }
        return cls(words, since, removed, still)

    def changed(self, address: Address, matter: Matter) -> bool:
        """Say whether a record was written since they parted."""
        return address in self.words and self.words[address][1] >= self.since[matter]

    def removed_at(self, address: Address, matter: Matter) -> int | None:
        """Return the entry that removed a record since they parted, or None."""
        entry = self.removed.get(self.still.row_id(*address))
        return entry if entry is not None and entry >= self.since[matter] else None


def differences(here: Side, there: Side) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
    """Return the words that only the other copy said since, and those on which both did.

    The second are for the owner to decide.
    """
    agreed: list[Word] = []
    disputed: list[Word] = []
    for address in sorted({*here.words, *there.words}):
        found = _one(here, there, address)
        if found is not None:
            word, open_ = found
            (disputed if open_ else agreed).append(word)
    against = {word: tuple(_contradicting(here, word)) for word in agreed}
    disputed += [replace(word, instead_of=names) for word, names in against.items() if names]
    return tuple(word for word in agreed if not against[word]), tuple(disputed)


def _one(here: Side, there: Side, address: Address) -> tuple[Word, bool] | None:
    """Return what to do about one record, and whether the owner is to decide."""
    matter = matter_of(address)
    if matter is None:
        return None
    if address not in there.words:
        entry = there.removed_at(address, matter)
        if entry is None:
            return None
        return Word(matter, *address, None, entry), here.changed(address, matter)
    if not there.changed(address, matter):
        return None
    word = Word(matter, *address, *there.words[address])
    if address not in here.words:
        return word, here.removed_at(address, matter) is not None
    return _beside(word, here.words[address][0], changed=here.changed(address, matter))


def _beside(word: Word, mine: bytes, *, changed: bool) -> tuple[Word, bool] | None:
    """Return what to do about a record that both have, changed there and maybe here."""
    address, theirs = (word.kind, word.name), word.body or b""
    if is_same(address, mine, theirs):
        return None
    both = joined(address, mine, theirs)
    if both is None:
        return word, changed
    return None if both == mine else (replace(word, body=both), False)


def _contradicting(here: Side, word: Word) -> Iterator[str]:
    """Yield the names of words said here since that a word from there contradicts."""
    said = stretch_of((word.kind, word.name), word.body) if word.body else None
    if not word.body or (said is None and word.kind != "place"):
        return
    for (kind, name), (body, _) in here.words.items():
        if kind == word.kind and name != word.name and here.changed((kind, name), word.matter):
            mine = stretch_of((kind, name), body)
            if said and mine:
                against = contradict(said, mine)
            else:
                against = kind == "place" and are_one_place(word.body, body)
            if against:
                yield name


def file_differences(
    vault: Vault, other: Other, *, since: int
) -> tuple[tuple[Source, ...], tuple[Word, ...]]:
    """Return the files that only the other copy has whole, and those it has otherwise since.

    What was erased here stays erased. What was erased there and is here is for the owner
    to decide, as is a file that was read otherwise.
    """
    mine = {source.sha256: source for source in sources(vault)}
    agreed: list[Source] = []
    disputed: list[Word] = []
    for _, body, version in other.still.versioned_items("source"):
        theirs = msgspec.msgpack.decode(body, type=Source)
        own = mine.get(theirs.sha256)
        if own is None or (own.lost and not theirs.lost):
            agreed.append(theirs)
        elif version >= since and theirs.erased >= own.erased and not _is_as_whole(own, theirs):
            disputed.append(Word(Matter.SOURCES, "source", theirs.sha256, body, version))
    return tuple(sorted(agreed, key=lambda one: one.sha256)), tuple(disputed)


def _is_as_whole(mine: Source, theirs: Source) -> bool:
    """Say whether two records of one file hold the same positions."""
    blobs = (
        [blob.sha256 for trace in one.traces for blob in trace.blobs] for one in (mine, theirs)
    )
    return next(blobs) == next(blobs)
