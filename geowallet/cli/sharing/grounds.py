"""What the level of figures rests on, in preview, export and verification."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geowallet.cli.terminal.language import _, plural
from geowallet.cli.terminal.numbers import enumeration

if TYPE_CHECKING:
    from geowallet.app.sharing.preparing import Prepared
    from geowallet.cli.terminal.shell import Shell
    from geowallet.verify.evidence import Seen


def show_grounds(shell: Shell, prepared: Prepared, *, indent: int = 2) -> None:
    """Say what an export would carry for its levels above L0; nothing where there is none."""
    used = [prepared.grounds[t] for t, _m in prepared.selected.used if t in prepared.grounds]
    if not used:
        return
    stamps = len({stamp for one in used for stamp in one.stamps})
    files = len({leaf for one in used for leaf in one.leaves})
    said = _(
        "It carries {stamps} and {files}: when your log was seen, not what is in it.",
        stamps=plural("{count} time stamp", "{count} time stamps", stamps),
        files=plural("the hash of {count} import", "the hashes of {count} imports", files),
    )
    shell.say(" " * indent + said)


def seen_words(seen: Seen) -> str:
    """Return what a recipient is told of the stamps: how many, on how many days, by whom."""
    return _(
        "the log was seen {times} on {days} by {names}; that each trip was seen within a day of "
        "its end is the holder's word",
        times=plural("{count} time", "{count} times", len(seen.times_s)),
        days=plural("{count} day", "{count} days", seen.days),
        names=enumeration(seen.names),
    )
