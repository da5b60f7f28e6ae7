"""A document as PDF/A: A4, black on white, with its fonts inside, numbered pages."""

from __future__ import annotations

import datetime as dt
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from geowallet.paper.document import Bars, Facts, Note, Signatures, Table
from geowallet.paper.drawing import draw_bars
from geowallet.paper.packet import PRODUCER, xmp

if TYPE_CHECKING:
    from geowallet.paper.document import Block, Cell, Document

COMPLIANCE = "PDF/A-2U"
"""ISO 19005-2, level U: for keeping, and every letter can be read by a machine."""

MARGIN_MM, LINE_MM, SMALL_PT, TEXT_PT, HEAD_PT, TITLE_PT = 18.0, 5.2, 8, 9.5, 10.5, 15
"""Sizes of the page: millimetres and points."""

LABEL_SHARE = 0.32
"""Of the width, for the labels of facts."""

FONT = "Open Sans"

NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"
"""French puts it between thousands; the font does not have it."""


def as_pdf(document: Document) -> bytes:
    """Return ``document`` as a PDF file; the same document gives the same bytes."""
    page = _new_page(document)
    _write_title(page, document)
    for block in document.blocks:
        _write_block(page, block)
    return bytes(page.output())


def _new_page(document: Document) -> Any:
    from fpdf import FPDF  # noqa: PLC0415  of the extra `report`

    class Page(FPDF):
        """Every page carries the title, the id and its number."""

        def header(self) -> None:
            if self.page_no() > 1:
                self.set_font(FONT, size=SMALL_PT)
                self.cell(0, LINE_MM, _plain(document.title))
                self.ln(LINE_MM * 1.6)

        def footer(self) -> None:
            self.set_y(-MARGIN_MM + 3)
            self.set_font(FONT, size=SMALL_PT)
            number = document.page.format(page=self.page_no(), pages="{nb}")
            self.cell(0, LINE_MM, _plain(f"{document.foot}   {document.id}"))
            self.set_x(self.l_margin)
            self.cell(0, LINE_MM, _plain(number), align="R")

    page = Page(enforce_compliance=COMPLIANCE)
    page.set_margin(MARGIN_MM)
    page.set_auto_page_break(auto=True, margin=MARGIN_MM + LINE_MM)
    fonts = files("geowallet.paper") / "fonts"
    page.add_font(FONT, fname=str(fonts / "OpenSans-Regular.ttf"))
    page.add_font(FONT, style="B", fname=str(fonts / "OpenSans-Bold.ttf"))
    page.set_lang(document.language)
    page.set_title(document.title)
    page.set_subject(document.id)
    page.set_creator(PRODUCER)
    page.set_producer(PRODUCER)
    page.set_xmp_metadata(xmp(document))
    page.set_creation_date(dt.datetime.combine(document.made, dt.time(), dt.UTC))
    page.add_page()
    return page


def _write_title(page: Any, document: Document) -> None:
    page.set_font(FONT, style="B", size=TITLE_PT)
    page.multi_cell(0, LINE_MM * 1.5, _plain(document.title), new_x="LMARGIN", new_y="NEXT")
    page.set_font(FONT, size=SMALL_PT)
    page.cell(0, LINE_MM, _plain(document.id), new_x="LMARGIN", new_y="NEXT")


def _write_block(page: Any, block: Block) -> None:
    page.ln(LINE_MM * 0.7)
    if isinstance(block, Note):
        page.set_font(FONT, style="B" if block.strong else "", size=TEXT_PT)
        page.multi_cell(0, LINE_MM, _plain(block.text), new_x="LMARGIN", new_y="NEXT")
    elif isinstance(block, Signatures):
        _write_signatures(page, block)
    else:
        _write_heading(page, block.heading, _least_lines(block))
        page.set_font(FONT, size=TEXT_PT)
        if isinstance(block, Facts):
            _write_facts(page, block)
        elif isinstance(block, Table):
            _write_table(page, block)
        else:
            _write_bars(page, block)


def _least_lines(block: Facts | Table | Bars) -> int:
    """Return the lines that stay on one page: of a chart all, with its heading."""
    return len(block.bars) + 4 if isinstance(block, Bars) else 4


def _write_heading(page: Any, text: str, lines: int) -> None:
    if page.will_page_break(LINE_MM * lines):
        page.add_page()
    page.set_font(FONT, style="B", size=HEAD_PT)
    page.cell(0, LINE_MM * 1.3, _plain(text), new_x="LMARGIN", new_y="NEXT")


def _write_facts(page: Any, block: Facts) -> None:
    width = page.epw * LABEL_SHARE
    for label, cell in block.rows:
        height_mm = max(
            _height_mm(page, width, label), _height_mm(page, page.epw - width, cell.text)
        )
        if page.will_page_break(height_mm):
            page.add_page()
        top_mm = page.get_y()
        page.set_text_color(90)
        page.multi_cell(width, LINE_MM, _plain(label), new_x="RIGHT", new_y="TOP", align="L")
        page.set_text_color(0)
        page.multi_cell(0, LINE_MM, _plain(cell.text), new_x="LMARGIN", new_y="NEXT", align="L")
        page.set_y(top_mm + height_mm)


def _height_mm(page: Any, width_mm: float, text: str) -> float:
    """Return how high a text of that width is."""
    return float(
        page.multi_cell(width_mm, LINE_MM, _plain(text), align="L", dry_run=True, output="HEIGHT")
    )


def _write_table(page: Any, block: Table) -> None:
    if not block.rows:
        page.multi_cell(0, LINE_MM, _plain(block.empty), new_x="LMARGIN", new_y="NEXT")
        return
    from fpdf.fonts import FontFace  # noqa: PLC0415  of the extra `report`

    page.set_font(FONT, size=SMALL_PT + 0.5)
    with page.table(
        borders_layout="HORIZONTAL_LINES",
        line_height=LINE_MM,
        headings_style=FontFace(emphasis="BOLD"),
        col_widths=[column.share for column in block.columns],
        text_align=["RIGHT" if column.numeric else "LEFT" for column in block.columns],
    ) as table:
        table.row([_plain(column.heading) for column in block.columns])
        for row in block.rows:
            table.row(_texts(row))
        if block.total:
            table.row(_texts(block.total), style=FontFace(emphasis="BOLD"))


def _write_bars(page: Any, block: Bars) -> None:
    page.set_font(FONT, size=SMALL_PT)
    draw_bars(page, block, _plain, row_mm=LINE_MM)


def _write_signatures(page: Any, block: Signatures) -> None:
    if page.will_page_break(LINE_MM * 7):
        page.add_page()
    page.ln(LINE_MM * 2)
    top, width = page.get_y(), page.epw / len(block.lines)
    for number, (who, text) in enumerate(block.lines):
        left = page.l_margin + number * width
        page.line(left, top, left + width - 6, top)
        page.set_xy(left, top + 1)
        page.set_font(FONT, style="B", size=SMALL_PT)
        page.cell(width - 6, LINE_MM, _plain(who))
        page.set_xy(left, top + 1 + LINE_MM)
        page.set_font(FONT, size=SMALL_PT)
        page.multi_cell(width - 6, LINE_MM * 0.9, _plain(text), align="L")
    page.set_xy(page.l_margin, top + LINE_MM * 6)


def _texts(row: tuple[Cell, ...]) -> list[str]:
    return [_plain(cell.text) for cell in row]


def _plain(text: str) -> str:
    """Return ``text`` in letters that the font has."""
    return text.replace(NARROW_SPACE, "\N{NO-BREAK SPACE}").replace("\N{RIGHTWARDS ARROW}", ">")
