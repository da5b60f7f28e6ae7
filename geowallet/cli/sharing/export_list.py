"""``export list`` and ``show``: what left, what was tried, and the figures once more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from geowallet.cli.reports.hand_over import Csv, Html, Pdf, Xlsx, forms, hand_over
from geowallet.cli.sharing.contract_life import happened_in_words
from geowallet.cli.terminal.language import _
from geowallet.cli.terminal.numbers import moment
from geowallet.cli.terminal.secrets import open_wallet
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.app.sharing.life import Event


def add_to(app: typer.Typer) -> None:
    """Register the verbs with the noun ``export``."""
    verb(app, "list", _("List the exports that were made, and those that were not."))(list_)
    verb(
        app,
        "show",
        _("Show once more what an export said, also on paper."),
        example="geowallet export show e41c-77b0",
    )(show)


def list_(shell: Shell) -> None:
    """Show every attempt to export, and what the recipients said of the exports."""
    from geowallet.app.sharing.life import Happened, history
    from geowallet.app.travel.trips import own_zone

    with open_wallet(shell) as vault:
        events = history(vault)
        here = own_zone(vault)
    words = happened_in_words()
    tried = [one for one in events if one.what in {Happened.EXPORTED, Happened.FAILED}]
    rows = []
    for event in tried:
        said = _said(event, events)
        shell.emit(
            {
                "at_us": event.at_us,
                "what": str(event.what),
                "contract": event.contract,
                "period": event.period or None,
                "receipt": _short(event.jti) or None,
                "code": event.code or None,
                "said": said,
            }
        )
        what = f"{words[event.what]} [{event.code}]" if event.code else words[event.what]
        rows.append(
            [
                moment(event.at_us, here),
                event.contract,
                event.period,
                _short(event.jti),
                ", ".join([what, *(words[one] for one in said)]),
            ]
        )
    if not tried:
        shell.say(_("No exports yet."))
        return
    headings = (_("WHEN"), _("CONTRACT"), _("PERIOD"), _("RECEIPT"), _("WHAT"))
    shell.table([Column(heading) for heading in headings], rows)


def show(
    shell: Shell,
    receipt: Annotated[str, typer.Argument(help=_("The receipt of an export."))],
    *,
    pdf: Pdf = None,
    html: Html = None,
    xlsx: Xlsx = None,
    csv: Csv = None,
) -> None:
    """Open the owner's own copy of an export; nothing leaves, nothing is signed."""
    from geowallet.app.sharing.own_copies import own_copy
    from geowallet.cli.sharing.export_paper import export_paper
    from geowallet.proofs.summary import csv_text

    with open_wallet(shell) as vault:
        copy = own_copy(vault, receipt)
    figures = copy.figures
    shell.emit(
        {
            "receipt": figures.receipt,
            "jti": figures.jti,
            "contract": figures.contract_name,
            "sha256": copy.contract.sha256,
            "period": str(figures.result.period),
            "nullifier": figures.nullifier,
            "supersedes": figures.supersedes or None,
            "figures": figures.result.as_json(),
        }
    )
    rows = csv_text(figures).encode()
    hand_over(shell, export_paper(copy), forms(pdf, html, xlsx, csv), rows=rows)


def _said(event: Event, events: Sequence[Event]) -> list[str]:
    """Return what the recipient said of an export, oldest first."""
    words = {"received", "deleted"}
    return [str(one.what) for one in events if one.jti == event.jti != "" and one.what in words]


def _short(jti: str) -> str:
    return f"{jti[:4]}-{jti[4:8]}" if jti else ""
