"""``evidence list``, ``check`` and ``trace``."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from geowallet.cli.terminal.language import _, plural, say
from geowallet.cli.terminal.numbers import count, moment
from geowallet.cli.terminal.secrets import locations, open_wallet
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import group, verb
from geowallet.model.errors import EvidenceTraceError

app = group(_("The evidence log: what happened to your data, and the way back from a figure."))

_SHOWN = 20


def list_(
    shell: Shell,
    *,
    everything: Annotated[bool, typer.Option("--all", help=_("From the first entry."))] = False,
) -> None:
    """Show the newest entries of the log."""
    from geowallet.app.travel import trips

    with open_wallet(shell) as vault:
        leaves = list(vault.leaves())
        here = trips.own_zone(vault)
    shown = leaves if everything or shell.as_json else leaves[-_SHOWN:]
    words = kinds()
    for leaf in shown:
        shell.emit(
            {
                "entry": leaf.index,
                "at_us": leaf.at_us,
                "kind": str(leaf.statement.kind),
                "subjects": list(leaf.statement.subjects),
                "leaf_hash": leaf.leaf_hash.hex(),
            }
        )
    columns = [Column(_("ENTRY"), numeric=True), Column(_("WHEN")), Column(_("WHAT"))]
    columns.append(Column(_("HASH")))
    rows = [
        [
            str(leaf.index),
            moment(leaf.at_us, here),
            words[leaf.statement.kind] + _receipt(leaf.statement.predicate),
            leaf.leaf_hash.hex()[:16],
        ]
        for leaf in shown
    ]
    shell.table(columns, rows)


def check(shell: Shell) -> None:
    """Check every entry against the ones before it, the signed head, and our memory."""
    from geowallet.app.evidence.stamps import confirmed
    from geowallet.vault.highwater import remembered

    with open_wallet(shell) as vault:
        entries = sum(1 for __ in vault.leaves())
        seen = confirmed(vault)
        mark = vault.mark()
        memory = remembered(locations(shell).highwater(vault.id))
        origin = vault.origin
    shell.say(_("{count} entries, unbroken, signed by this wallet.", count=count(entries)))
    if memory:
        shell.say(_("It continues what this computer remembers."))
    if seen:
        shell.say(
            plural(
                "{count} state of it that others saw is in it.",
                "{count} states of it that others saw are in it.",
                seen,
            )
        )
    shell.say(_("Root {root}", root=mark.root.hex()))
    shell.emit(
        {
            "entries": entries,
            "root": mark.root.hex(),
            "origin": origin,
            "seen": seen,
            "unbroken": True,
        }
    )


def trace(
    shell: Shell,
    receipt: Annotated[str, typer.Argument(help=_("The receipt of an export."))],
) -> None:
    """Walk from a figure that left to the bytes it came from."""
    from geowallet.app.sharing.tracing import find_receipt
    from geowallet.app.sharing.tracing import trace as walk

    with open_wallet(shell) as vault:
        links = walk(vault, find_receipt(vault, receipt))
    rows = []
    for number, link in enumerate(links):
        held = _("holds") if link.holds else _("BROKEN")
        subject = say(link.subject)
        rows.append([str(number), subject, say(link.how), link.digest[:16] or "-", held])
        shell.emit(
            {
                "link": number,
                "subject": str(link.subject),
                "how": str(link.how),
                "sha256": link.digest,
                "holds": link.holds,
            }
        )
    columns = [
        Column("", numeric=True),
        Column(_("WHAT")),
        Column(_("HOW")),
        Column("SHA-256"),
        Column(""),
    ]
    shell.table(columns, rows)
    broken = next((number for number, link in enumerate(links) if not link.holds), None)
    if broken is not None:
        raise EvidenceTraceError(link=broken)
    shell.say(
        _(
            "All {count} links hold. Where the chain stops: who was travelling.",
            count=len(links),
        )
    )


verb(app, "list", _("List what happened to your data."))(list_)
verb(app, "check", _("Check that nothing was changed, dropped or added afterwards."))(check)
verb(
    app,
    "trace",
    _("Walk from an exported figure to the bytes of its files."),
    example="geowallet evidence trace e41c-77b0",
)(trace)


def _receipt(predicate: dict[str, Any]) -> str:
    from geowallet.proofs.claims import receipt_id

    jti = predicate.get("jti", "")
    return f" ({receipt_id(jti)})" if jti else ""


def kinds() -> dict[str, str]:
    """Return what each kind of entry is to people."""
    return {
        "create": _("wallet created"),
        "import": _("file read"),
        "clean": _("positions checked"),
        "segment": _("cut into stops and legs"),
        "classify": _("modes recognised"),
        "correct": _("corrected by you"),
        "setting": _("setting changed"),
        "offer": _("offer not accepted"),
        "consent": _("contract accepted"),
        "decline": _("offer declined"),
        "withdraw": _("contract withdrawn"),
        "export": _("figures exported"),
        "attempt": _("export not made"),
        "acknowledge": _("word of a recipient taken in"),
        "recompute": _("all trips computed again"),
        "erase": _("erased"),
        "merge": _("another copy taken in"),
        "stamp": _("time-stamped"),
        "witness": _("signed by a witness"),
        "device": _("device"),
        "audit": _("question of a recipient answered"),
    }
