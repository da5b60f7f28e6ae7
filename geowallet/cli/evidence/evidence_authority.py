"""``evidence authority``: the time-stamping authorities that you chose."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geowallet.cli.terminal.language import _
from geowallet.cli.terminal.secrets import open_wallet
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import group, verb

if TYPE_CHECKING:
    from geowallet.app.evidence.authorities import ChosenAuthority

app = group(_("Time-stamping authorities: who says when they saw your log."))


def add(
    shell: Shell,
    name: Annotated[str, typer.Argument(help=_("Your short name for it."))],
    url: Annotated[str, typer.Argument(help=_("Where it takes requests (RFC 3161)."))],
    *,
    certificate: Annotated[
        Path,
        typer.Option(help=_("PEM file: the certificate that signs time stamps, and its root.")),
    ],
    policy: Annotated[
        str, typer.Option(help=_("Object identifier of the policy it must stamp under."))
    ] = "",
) -> None:
    """Keep an authority; nothing is sent."""
    from geowallet.app.evidence import authorities
    from geowallet.app.wallet import now_us

    pinned = authorities.read_authority(certificate, policy)
    chosen = authorities.ChosenAuthority(name, url, pinned.certificates, policy, now_us())
    with open_wallet(shell) as vault:
        authorities.add_authority(vault, chosen)
    shell.say(_("Authority {name}: {url}.", name=name, url=url))
    shell.say(_("Its certificate {fingerprint} is pinned.", fingerprint=pinned.fingerprint[:16]))
    shell.emit(_record(chosen))
    shell.next("geowallet evidence stamp")


def list_(shell: Shell) -> None:
    """Show the authorities."""
    from geowallet.app.evidence import authorities, stamps

    with open_wallet(shell) as vault:
        known = authorities.authorities(vault)
        waiting = {wish.authority for wish in stamps.wanted(vault)}
    for chosen in known:
        shell.emit(_record(chosen) | {"wanted": chosen.name in waiting})
    if not known:
        shell.say(_("No time-stamping authority."))
        shell.next("geowallet evidence authority add NAME URL --certificate FILE")
        return
    columns = [Column(_("NAME")), Column("URL"), Column(_("CERTIFICATE")), Column(_("POLICY"))]
    columns.append(Column(""))
    rows = [
        [
            chosen.name,
            chosen.url,
            chosen.pinned.fingerprint[:16],
            chosen.policy or _("any"),
            _("wanted") if chosen.name in waiting else "",
        ]
        for chosen in known
    ]
    shell.table(columns, rows)


def remove(
    shell: Shell, name: Annotated[str, typer.Argument(help=_("Its name, from the list."))]
) -> None:
    """Forget an authority."""
    from geowallet.app.evidence import authorities
    from geowallet.app.wallet import now_us

    with open_wallet(shell) as vault:
        gone = authorities.remove_authority(vault, name, now_us=now_us())
    shell.say(_("Authority {name} is forgotten; the stamps that it gave stay.", name=gone.name))
    shell.emit(_record(gone))


verb(
    app,
    "add",
    _("Set an authority: its address, and the certificate that its stamps must carry."),
    example="geowallet evidence authority add tsa https://tsa.example/tsr --certificate tsa.pem",
)(add)
verb(app, "list", _("List the authorities."))(list_)
verb(app, "remove", _("Forget an authority."))(remove)


def _record(chosen: ChosenAuthority) -> dict[str, Any]:
    return {
        "authority": chosen.name,
        "url": chosen.url,
        "certificate_sha256": chosen.pinned.fingerprint,
        "policy": chosen.policy,
    }
