"""Bars on a PDF page, as lines and areas that print in grey."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from geowallet.paper.document import Bars

LABEL_MM, TEXT_MM = 24.0, 26.0
"""Room for the label left of a bar and for the figure right of it."""

BAR_SHARE = 0.62
"""Of the height of a row."""

INK = (29, 78, 137)
"""Dark enough to print in grey."""


def draw_bars(page: Any, block: Bars, plain: Callable[[str], str], *, row_mm: float) -> None:
    """Draw one bar a row below the cursor, thresholds as dashed lines, and move below.

    Args:
        page: An `fpdf.FPDF` with room for all rows.
        block: What to draw.
        plain: Returns a text in letters of the page's font.
        row_mm: Height of a row.
    """
    left, top = page.l_margin + LABEL_MM, page.get_y() + (row_mm if block.steps else 0)
    width = page.epw - LABEL_MM - TEXT_MM
    for number, (label, value, text) in enumerate(block.bars):
        y = top + number * row_mm
        length = float(value / block.highest) * width
        page.set_xy(page.l_margin, y)
        page.cell(LABEL_MM - 2, row_mm, plain(label), align="R")
        page.set_fill_color(*INK)
        if length:
            page.rect(left, y + row_mm * (1 - BAR_SHARE) / 2, length, row_mm * BAR_SHARE, style="F")
        page.set_xy(left + length + 1, y)
        page.cell(TEXT_MM - 1, row_mm, plain(text))
    bottom = top + len(block.bars) * row_mm
    page.set_dash_pattern(dash=1, gap=1)
    for value, text in block.steps:
        x = left + float(value / block.highest) * width
        page.line(x, top, x, bottom)
        page.set_xy(x - LABEL_MM / 2, top - row_mm)
        page.cell(LABEL_MM, row_mm, plain(text), align="C")
    page.set_dash_pattern()
    page.set_fill_color(255)
    page.set_xy(page.l_margin, bottom)
