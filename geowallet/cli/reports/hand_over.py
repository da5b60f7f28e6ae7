"""Show a document on the terminal, or write it in the forms that were asked for."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geowallet.cli.terminal.language import _, clauses
from geowallet.cli.terminal.shell import Column as ShellColumn
from geowallet.model.errors import MissingExtraError
from geowallet.paper.document import Bars, Facts, Note, Signatures, Table

if TYPE_CHECKING:
    from collections.abc import Callable

    from geowallet.cli.terminal.shell import Shell
    from geowallet.paper.document import Block, Document

Pdf = Annotated[Path | None, typer.Option("--pdf", help=_("Also write a PDF, to print or keep."))]
Html = Annotated[Path | None, typer.Option("--html", help=_("Also write a page for a browser."))]
Xlsx = Annotated[Path | None, typer.Option("--xlsx", help=_("Also write a spreadsheet."))]
Csv = Annotated[Path | None, typer.Option("--csv", help=_("Also write the rows as CSV."))]

Excel = Annotated[
    bool, typer.Option("--excel", help=_("Begin the CSV file so that Excel reads its letters."))
]

BAR_LETTERS = 30
"""Width of the longest bar on the terminal."""


def forms(
    pdf: Path | None, html: Path | None, xlsx: Path | None, csv: Path | None
) -> dict[str, Path]:
    """Return the paths that were given, by form."""
    given = {"pdf": pdf, "html": html, "xlsx": xlsx, "csv": csv}
    return {form: path for form, path in given.items() if path is not None}


def hand_over(
    shell: Shell,
    document: Document,
    wanted: dict[str, Path],
    *,
    rows: bytes = b"",
    for_excel: bool = False,
) -> None:
    """Write ``document`` in every wanted form, show it, and say where the files are.

    All forms are made before the first is written, each whole or not at all.

    Args:
        shell: Where it is shown.
        document: The report.
        wanted: Path by form.
        rows: The CSV file, where it is not that of the last table.
        for_excel: Begin a CSV file with a byte order mark.

    Raises:
        MissingExtraError: A form needs a library that is not installed.
        DiskFullError: A file could not be written.
    """
    from geowallet.app.files import write_new

    ready = [
        (form, path, (form == "csv" and rows) or _bytes_of(document, form, for_excel=for_excel))
        for form, path in wanted.items()
    ]
    written = [(form, write_new(path, data)) for form, path, data in ready]
    shell.say(document.title)
    for block in document.blocks:
        _show(shell, block)
    for form, where in written:
        shell.note(_("Wrote {path}: in clear, for you to hand over.", path=str(where)))
        shell.emit({"wrote": str(where), "form": form, "id": document.id})


def today() -> dt.date:
    """Return the day on which a report is made, where the owner is."""
    return dt.datetime.now().astimezone().date()


def _bytes_of(document: Document, form: str, *, for_excel: bool) -> bytes:
    from geowallet.cli.terminal.language import language
    from geowallet.paper.page import as_html
    from geowallet.paper.pdf import as_pdf
    from geowallet.paper.rows import as_csv
    from geowallet.paper.sheet import as_xlsx

    if form == "csv":
        comma = language == "fr"
        return as_csv(
            document.tables()[-1], id_=document.id, decimal_comma=comma, for_excel=for_excel
        )
    writers: dict[str, Callable[[Document], bytes]] = {
        "pdf": as_pdf,
        "html": as_html,
        "xlsx": as_xlsx,
    }
    try:
        return writers[form](document)
    except ModuleNotFoundError as error:
        raise MissingExtraError(extra="report") from error


def _show(shell: Shell, block: Block) -> None:
    if isinstance(block, Signatures):
        return
    if isinstance(block, Note):
        shell.say(block.text)
        return
    shell.say()
    shell.say(block.heading)
    if isinstance(block, Facts):
        shell.pairs([(f"  {label}", cell.text) for label, cell in block.rows])
    elif isinstance(block, Bars):
        _show_bars(shell, block)
    else:
        _show_table(shell, block)


def _show_table(shell: Shell, block: Table) -> None:
    if not block.rows:
        shell.say(f"  {block.empty}")
        return
    columns = [ShellColumn(column.heading, column.numeric) for column in block.columns]
    rows = [*block.rows, *([block.total] if block.total else [])]
    shell.table(columns, [[cell.text for cell in row] for row in rows], indent=2)


def _show_bars(shell: Shell, block: Bars) -> None:
    """Draw bars of letters; a reader by ear gets the figures alone."""
    marks = clauses([text for _value, text in block.steps])
    rows = []
    for label, value, text in block.bars:
        length = round(float(value / block.highest) * BAR_LETTERS)
        drawn = "" if shell.accessible or shell.plain else "█" * length
        rows.append((f"  {label}", f"{drawn} {text}".strip()))
    if rows:
        shell.pairs(rows)
    if marks:
        shell.say(f"  {_('Steps: {steps}', steps=marks)}")
