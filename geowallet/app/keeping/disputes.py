"""What both copies wrote since they parted, as their owner can decide on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from geowallet.app.intake.sources import Source
from geowallet.app.keeping.matters import Stretch, stretch_of
from geowallet.model.words import N_, Phrase, phrase

if TYPE_CHECKING:
    from geowallet.app.keeping.differing import Word
    from geowallet.app.keeping.matters import Matter
    from geowallet.vault.store import Vault

_MATTERS = {
    "mode": N_("mode of travel"),
    "purpose": N_("purpose"),
    "vehicle": N_("vehicle"),
    "errand": N_("reason of a trip"),
    "place": N_("place"),
    "shape": N_("split or merge of trips"),
    "rule": N_("rule on trips"),
    "correction": N_("correction"),
    "work": N_("work week or calendar"),
    "device": N_("device"),
    "recipient": N_("recipient"),
    "setting": N_("setting"),
}


@dataclass(frozen=True, slots=True)
class Dispute:
    """One record on which two copies differ.

    Attributes:
        matter: What it belongs to.
        what: What it is, in words.
        name: Of a place, a vehicle or a file; "" where it has none to show.
        start_us: First instant that it speaks of, or None.
        here: What this wallet says; "" where that takes more than a word.
        there: What the other copy says.
    """

    matter: Matter
    what: Phrase
    name: str = ""
    start_us: int | None = None
    here: str = ""
    there: str = ""


def dispute_of(vault: Vault, word: Word) -> Dispute:
    """Return what the owner needs to know of one disputed record."""
    if word.kind == "source":
        return _of_file(vault, word)
    name = (word.instead_of or (word.name,))[0]
    mine, theirs = vault.get(word.kind, name), word.body
    here = stretch_of((word.kind, name), mine) if mine else None
    there = stretch_of((word.kind, word.name), theirs) if theirs else None
    found = there or here
    if word.kind == "place" and word.instead_of:
        here_too = ", ".join(word.instead_of)
        return Dispute(word.matter, phrase(_MATTERS["place"]), here=here_too, there=word.name)
    if found is None:
        shown = word.name.rpartition("/")[2] if word.kind in {"place", "vehicle"} else ""
        return Dispute(word.matter, phrase(_MATTERS[word.kind]), shown)
    return Dispute(
        word.matter,
        phrase(_MATTERS[found.matter]),
        start_us=found.start_us,
        here=_said(here),
        there=_said(there),
    )


def _of_file(vault: Vault, word: Word) -> Dispute:
    theirs = msgspec.msgpack.decode(word.body or b"", type=Source)
    stored = vault.get("source", word.name)
    mine = msgspec.msgpack.decode(stored, type=Source) if stored else theirs
    gone = theirs.erased - mine.erased
    what = phrase(N_("file of which {count} positions were erased there"), count=gone)
    if not gone:
        what = phrase(N_("file that was read otherwise there"))
    return Dispute(word.matter, what, mine.name)


def _said(stretch: Stretch | None) -> str:
    return "" if stretch is None else str(stretch.said).strip().replace("\n", ", ")
