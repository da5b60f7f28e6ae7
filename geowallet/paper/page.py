"""A document as one HTML page that needs nothing else: no network, no script, prints as A4."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from geowallet.paper.document import Bars, Facts, Note, Signatures, Table

if TYPE_CHECKING:
    from decimal import Decimal

    from geowallet.paper.document import Block, Cell, Document

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""The page may load nothing, whatever is in its texts."""

BAR_HEIGHT, BAR_ROOM, LABEL_WIDTH, CHART_WIDTH = 14, 22, 110, 720
"""Of a chart, in units of its drawing."""


def as_html(document: Document) -> bytes:
    """Return ``document`` as a page of UTF-8 HTML; every text is escaped."""
    body = "\n".join(_block(block) for block in document.blocks)
    style = (files("geowallet.paper") / "page.css").read_text(encoding="utf-8")
    title, id_ = escape(document.title), escape(document.id)
    page = f"""<!doctype html>
<html lang="{escape(document.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<header><h1>{title}</h1><p class="id">{id_}</p></header>
{body}
<footer><p>{escape(document.foot)}</p></footer>
</body>
</html>
"""
    return page.encode()


def _block(block: Block) -> str:
    if isinstance(block, Note):
        return f"<p{' class=strong' if block.strong else ''}>{escape(block.text)}</p>"
    if isinstance(block, Signatures):
        fields = "".join(f"<div>{escape(who)}<br>{escape(text)}</div>" for who, text in block.lines)
        return f'<section class="sign">{fields}</section>'
    head = f"<h2>{escape(block.heading)}</h2>"
    if isinstance(block, Facts):
        return f"<section>{head}{_facts(block)}</section>"
    return f"<section>{head}{_table(block) if isinstance(block, Table) else _bars(block)}</section>"


def _facts(block: Facts) -> str:
    rows = (f"<dt>{escape(label)}</dt><dd>{_data(cell)}</dd>" for label, cell in block.rows)
    return f"<dl>{''.join(rows)}</dl>"


def _table(block: Table) -> str:
    if not block.rows:
        return f"<p>{escape(block.empty)}</p>"
    kinds = [" class=n" if column.numeric else "" for column in block.columns]

    def line(cells: tuple[Cell, ...]) -> str:
        each = zip(cells, kinds, strict=True)
        return f"<tr>{''.join(f'<td{kind}>{_data(cell)}</td>' for cell, kind in each)}</tr>"

    heads = zip(block.columns, kinds, strict=True)
    head = "".join(f"<th{kind}>{escape(column.heading)}</th>" for column, kind in heads)
    foot = f"<tfoot>{line(block.total)}</tfoot>" if block.total else ""
    body = "\n".join(line(row) for row in block.rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody>{foot}</table>"


def _data(cell: Cell) -> str:
    """Return the text, with the value beside it where a machine reads a number or a day."""
    if isinstance(cell.value, str):
        return escape(cell.text)
    return f'<data value="{escape(f"{cell.value}")}">{escape(cell.text)}</data>'


def _bars(block: Bars) -> str:
    width = CHART_WIDTH - LABEL_WIDTH - 90
    height = BAR_ROOM * len(block.bars) + 24
    marks = []
    for number, (label, value, text) in enumerate(block.bars):
        top = BAR_ROOM * number + 20
        length = _scaled(value, block, width)
        marks.append(
            f'<text x="{LABEL_WIDTH - 8}" y="{top + 11}" text-anchor="end">{escape(label)}</text>'
            f'<rect x="{LABEL_WIDTH}" y="{top}" width="{length}" height="{BAR_HEIGHT}"/>'
            f'<text x="{LABEL_WIDTH + length + 6}" y="{top + 11}">{escape(text)}</text>'
        )
    for value, text in block.steps:
        x = LABEL_WIDTH + _scaled(value, block, width)
        marks.append(
            f'<line x1="{x}" x2="{x}" y1="16" y2="{height}"/>'
            f'<text x="{x}" y="11" text-anchor="middle">{escape(text)}</text>'
        )
    label = escape("; ".join(f"{name}: {text}" for name, _, text in block.bars))
    return (
        f'<svg role="img" aria-label="{label}" viewBox="0 0 {CHART_WIDTH} {height}">'
        f"{''.join(marks)}</svg>"
    )


def _scaled(value: Decimal, block: Bars, width: int) -> int:
    return int(value / block.highest * width)
