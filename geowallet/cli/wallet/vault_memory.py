"""``vault memory``: where else the newest state of the wallet is remembered."""

from __future__ import annotations

from typing import Annotated

import typer

from geowallet.cli.terminal.language import _
from geowallet.cli.terminal.numbers import count
from geowallet.cli.terminal.secrets import locations, open_wallet
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import group, verb
from geowallet.model.errors import BadOptionError

app = group(_("Where the newest state of the wallet is remembered, so that an old copy shows."))

_Place = Annotated[
    str, typer.Argument(help=_("A file, best on another medium, or the word keyring."))
]


def add(shell: Shell, place: _Place) -> None:
    """Let a place remember size and root of the log, signed; it is compared at each opening."""
    from geowallet.app.keeping import memories
    from geowallet.app.wallet import now_us

    with open_wallet(shell, keep=False) as vault:
        name = memories.add_memory(vault, place, now_us=now_us())
    shell.say(_("Remembered at {place}. It holds no secret.", place=name))
    shell.emit({"place": name, "added": True})


def remove(shell: Shell, place: _Place) -> None:
    """Compare with a place no longer; what it holds stays there."""
    from geowallet.app.keeping import memories
    from geowallet.app.wallet import now_us

    with open_wallet(shell, keep=False) as vault:
        known = memories.remove_memory(vault, place, now_us=now_us())
    if not known:
        raise BadOptionError(option="PLACE", reason=_("not one of 'geowallet vault memory list'"))
    shell.say(_("No longer compared: {place}", place=place))
    shell.emit({"place": place, "removed": True})


def list_(shell: Shell) -> None:
    """Show every memory and how it stands to the wallet."""
    from geowallet.app.keeping.memories import memories
    from geowallet.vault.highwater import remembered

    with open_wallet(shell, keep=False) as vault:
        own = vault.mark()
        state = locations(shell).highwater(vault.id)
        found = memories(vault)
        first = remembered(state)
    words = _standings()
    rows = [
        [str(state), count(first.size) if first else "", words["older" if first else "unreachable"]]
    ]
    if first == own:
        rows[0][2] = words["same"]
    for one in found:
        rows.append([one.place, count(one.mark.size) if one.mark else "", words[one.standing]])
        shell.emit(
            {
                "place": one.place,
                "entries": one.mark.size if one.mark else None,
                "standing": str(one.standing),
            }
        )
    columns = [Column(_("MEMORY")), Column(_("ENTRIES"), numeric=True), Column(_("HOW IT STANDS"))]
    shell.table(columns, rows)


def _standings() -> dict[str, str]:
    return {
        "same": _("the wallet as it is"),
        "older": _("an earlier state of it"),
        "newer": _("a later state: this wallet is older"),
        "forked": _("another log: two copies went on separately"),
        "unreachable": _("not reachable"),
        "unreadable": _("nothing that this wallet signed"),
    }


verb(
    app,
    "add",
    _("Add a memory: a file on a stick, or the system's keyring."),
    example="geowallet vault memory add /media/stick/wallet.head",
)(add)
verb(app, "list", _("Show the memories and how they stand."))(list_)
verb(app, "remove", _("Remove a memory."))(remove)
