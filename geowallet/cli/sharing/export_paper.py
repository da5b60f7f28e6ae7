"""An export on paper: the same figures and ids as in the sealed file."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from geowallet.cli.sharing.results import cell as figure
from geowallet.cli.sharing.results import heading, key
from geowallet.cli.terminal.language import _, language, word
from geowallet.cli.terminal.numbers import day, period_words
from geowallet.contracts.terms.columns import columns
from geowallet.crypto.fingerprint import fingerprint
from geowallet.crypto.signing import thumbprint
from geowallet.paper.document import Block, Cell, Column, Document, Facts, Note, Table, words
from geowallet.proofs.claims import receipt_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geowallet.app.sharing.own_copies import OwnCopy
    from geowallet.contracts.evaluation.figures import Value
    from geowallet.contracts.terms.syntax import Terms


def export_paper(copy: OwnCopy) -> Document:
    """Return an export as a document; it is dated by the export, so it never changes."""
    figures = copy.figures
    title = _(
        "Export {id}: {contract}, {period}",
        id=figures.receipt,
        contract=figures.contract_name,
        period=period_words(figures.result.period),
    )
    note = _("Readable copy: only the sealed file can be verified.")
    blocks: tuple[Block, ...] = (_ids(copy), _figures(copy), _assurance(copy), Note(note))
    foot = _("Receipt {id}", id=figures.receipt)
    page = _("page {page} of {pages}", page="{page}", pages="{pages}")
    return Document(title, figures.receipt, language, blocks, foot, _date(figures.issued_s), page)


def _ids(copy: OwnCopy) -> Facts:
    figures, terms = copy.figures, copy.contract.terms
    recipient = terms.recipient
    rows = [
        (_("Recipient"), words(recipient.name)),
        (_("Their key"), words(fingerprint(thumbprint(recipient.signing_jwk)))),
        (_("Contract"), words(terms.name)),
        (_("Digest of the terms"), words(copy.contract.sha256)),
        (_("Period"), words(str(figures.result.period))),
        (_("Receipt"), words(figures.receipt)),
        (_("Full id"), words(figures.jti)),
        (_("Mark of the period"), words(figures.nullifier)),
        (_("Signed on"), _day(figures.issued_s)),
        (_("Valid until"), _day(figures.expires_s)),
    ]
    if figures.supersedes:
        rows.append((_("Replaces receipt"), words(receipt_id(figures.supersedes))))
    return Facts(_("Ids"), tuple(rows))


def _figures(copy: OwnCopy) -> Table:
    result, terms = copy.figures.result, copy.contract.terms
    names = [column.id for column in columns(terms)]
    head = [Column(heading(name), name) for name in terms.group_by] or [Column("", "group")]
    head += [Column(heading(name), name, numeric=True) for name in names]
    rows = [
        (
            *(Cell(key(name, group.key[name]), group.key[name]) for name in terms.group_by),
            *_cells(names, group.values, terms),
        )
        for group in result.groups
    ]
    blank = [words("")] * (max(len(terms.group_by), 1) - 1)
    total = (words(_("Total")), *blank, *_cells(names, result.totals, terms))
    empty = _("The contract names totals alone.")
    return Table(_("Figures"), tuple(head), tuple(rows), total, empty)


def _assurance(copy: OwnCopy) -> Facts:
    result = copy.figures.result
    rows = [
        (word(level), Cell(f"{percent} %", percent))
        for level, percent in result.share_percent.items()
        if percent
    ]
    return Facts(_("Assurance"), tuple(rows) or ((_("Nothing"), words("-")),))


def _cells(names: list[str], values: Mapping[str, Value], terms: Terms) -> tuple[Cell, ...]:
    """Return figures for people and, as whole numbers of the export, for machines."""
    found = []
    for name in names:
        value = values.get(name)
        text = figure(name, value, terms) if name in values else ""
        found.append(Cell(text, "" if value is None else value))
    return tuple(found)


def _day(time_s: int) -> Cell:
    date = _date(time_s)
    return Cell(day(date), date)


def _date(time_s: int) -> dt.date:
    return dt.datetime.fromtimestamp(time_s, tz=dt.UTC).date()
