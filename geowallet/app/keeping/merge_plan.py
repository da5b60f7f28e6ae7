"""What taking in another copy of the wallet would do, found without writing anything."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from geowallet.app.intake.sources import Source
from geowallet.app.keeping.comparing import Relation, compare
from geowallet.app.keeping.differing import Side, Word, differences, file_differences
from geowallet.app.keeping.disclosed import disclosed
from geowallet.app.keeping.matters import ALL, Matter
from geowallet.app.keeping.own_settings import RULES
from geowallet.app.keeping.settled import settled_pages
from geowallet.crypto.merkle import root
from geowallet.vault.branches import PREFIX, Branch, branches, is_state_of
from geowallet.vault.still import held_still

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from geowallet.app.keeping.comparing import Comparison, Other
    from geowallet.app.keeping.disclosed import Disclosed
    from geowallet.app.travel.trips import Page
    from geowallet.vault.highwater import Mark
    from geowallet.vault.store import Vault


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
        settled_pages: Pages of trips with those that only the other copy has, and no
            positions of any more.
        left_trips: Such trips that stay there.
        other_rules: Whether the other copy has other rules of retention; they stay there.
        taken_in_there: Whether the other copy took in all of this wallet as it is.
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
    settled_pages: Mapping[str, Page]
    left_trips: int
    other_rules: bool
    taken_in_there: bool

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
    def taken_pages(self) -> Mapping[str, Page]:
        """Pages of trips that are written before any analysis."""
        return self.settled_pages if Matter.SOURCES in self.take else {}

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
        taken = (self.taken_files, self.taken_words, self.taken_pages)
        return any(map(bool, (*taken, self.disclosed.records, self.kin))) or not known

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
        pages, left = settled_pages(vault, other.vault)
        mark = vault.mark()
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
            mark=mark,
            settled_pages=pages,
            left_trips=left,
            other_rules=vault.get(*RULES) != other.vault.get(*RULES),
            taken_in_there=_is_taken_in(branches(other.vault).values(), there, mark),
        )


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


def _is_taken_in(known: Iterable[Branch], there: list[bytes], mark: Mark) -> bool:
    """Say whether a state is that of a branch of which every matter was looked at."""
    every = {str(matter) for matter in Matter}
    return any(
        branch.size == mark.size
        and {name for name, (size, _) in branch.looked.items() if size == mark.size} == every
        and is_state_of(branch.hashes(there), mark)
        for branch in known
    )


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


def _common(one: list[bytes], other: list[bytes]) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _name(hashes: list[bytes]) -> str:
    return f"{PREFIX}{root(hashes).hex()}"
