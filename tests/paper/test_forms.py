"""One document in four forms: the figures in all of them are the same."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import openpyxl
import pypdf
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.paper.document import Bars, Cell, Column, Document, Facts, Table, words
from geowallet.paper.page import as_html
from geowallet.paper.pdf import as_pdf
from geowallet.paper.rows import FORMULA_STARTS, as_csv, harmless
from geowallet.paper.sheet import as_xlsx
from tests.paper.example import COLUMNS, document


class Reader(HTMLParser):
    """Collects the machine values and the texts of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.values: list[str] = []
        self.text: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag == "data":
            self.values.append(known["value"] or "")
        self.loads += [name for name in known if name in {"src", "href", "onclick", "onload"}]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read_html(page: bytes) -> Reader:
    reader = Reader()
    reader.feed(page.decode())
    return reader


def csv_rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode()), delimiter=";"))


class TestPromises:
    """Numbers in all forms are identical: they are read back from each and compared."""

    @pytest.fixture(scope="module")
    @staticmethod
    def amounts() -> list[Decimal]:
        return [Decimal(f"{12 + i}.50") for i in range(40)]

    def test_csv(self, amounts: list[Decimal]) -> None:
        (table,) = document(40).tables()
        head, *rows = csv_rows(as_csv(table, id_="e41c-77b0", decimal_comma=True))
        assert head == ["date", "reason", "distance_km", "amount_eur", "id"]
        assert [Decimal(row[3].replace(",", ".")) for row in rows] == amounts
        assert {row[4] for row in rows} == {"e41c-77b0"}
        assert rows[0][0] == "2026-05-01"

    def test_spreadsheet(self, amounts: list[Decimal]) -> None:
        book = openpyxl.load_workbook(io.BytesIO(as_xlsx(document(40))))
        facts, table = book.worksheets
        rows = list(table.iter_rows(values_only=True))
        assert [Decimal(str(row[3])).quantize(Decimal("0.01")) for row in rows[1:-1]] == amounts
        assert [row[2] for row in rows[1:-1]] == [12 + i for i in range(40)]
        assert rows[-1][2] == sum(12 + i for i in range(40))
        assert rows[1][0] == dt.datetime(2026, 5, 1)  # noqa: DTZ001  a spreadsheet has no zones
        cells = {str(cell) for row in facts.iter_rows(values_only=True) for cell in row}
        assert {"1199.54", "e41c-77b0", "Zoé Œuvrard & Cie <SAS>"} <= cells

    def test_page(self, amounts: list[Decimal]) -> None:
        reader = read_html(as_html(document(40)))
        assert reader.values[0] == "1199.54"
        assert [Decimal(value) for value in reader.values[3:-1:3]] == amounts
        assert "Zoé Œuvrard & Cie <SAS>" in reader.text

    def test_pdf(self, amounts: list[Decimal]) -> None:
        pages = pypdf.PdfReader(io.BytesIO(as_pdf(document(40)))).pages
        text = "\n".join(page.extract_text() for page in pages)
        found = re.findall(r"(\d+),50\s€", text)
        assert [Decimal(f"{whole}.50") for whole in found] == amounts
        assert "1 199,54 €" in text.replace("\N{NO-BREAK SPACE}", " ")


class TestPdf:
    def test_every_page_carries_the_id_and_its_number(self) -> None:
        pages = pypdf.PdfReader(io.BytesIO(as_pdf(document(90)))).pages
        assert len(pages) > 2
        for number, page in enumerate(pages, start=1):
            text = page.extract_text()
            assert "e41c-77b0" in text
            assert f"page {number} sur {len(pages)}" in text

    def test_the_same_document_gives_the_same_bytes(self) -> None:
        assert as_pdf(document()) == as_pdf(document())

    def test_says_that_it_is_pdf_a_with_its_fonts_inside(self) -> None:
        reader = pypdf.PdfReader(io.BytesIO(as_pdf(document())))
        root: Any = reader.root_object
        packet = root["/Metadata"].get_data().decode()
        assert 'pdfaid:part="2"' in packet
        assert 'pdfaid:conformance="U"' in packet
        assert "Kilomètres professionnels" in packet
        assert root["/Lang"] == "fr"
        first: Any = reader.pages[0]
        for font in first["/Resources"]["/Font"].values():
            (inner,) = font.get_object()["/DescendantFonts"]
            assert "/FontFile2" in inner.get_object()["/FontDescriptor"]

    def test_is_drawn(self) -> None:
        page = pypdfium2.PdfDocument(as_pdf(document()))[0]
        picture = page.render(scale=0.5).to_pil().convert("L")
        dark = sum(picture.histogram()[:128])
        assert 0.005 < dark / (picture.width * picture.height) < 0.2


class TestPage:
    def test_loads_nothing(self) -> None:
        page = as_html(document(reason='"><script src="//evil.example/x.js">'))
        assert read_html(page).loads == []
        assert b"default-src 'none'" in page

    def test_a_table_without_rows_says_so(self) -> None:
        assert "Aucun trajet." in read_html(as_html(document(0))).text
        (page,) = pypdf.PdfReader(io.BytesIO(as_pdf(document(0)))).pages
        assert "Aucun trajet." in page.extract_text()


class TestFormulas:
    """No cell that begins like a formula reaches a spreadsheet as one."""

    @given(st.sampled_from(FORMULA_STARTS), st.text())
    def test_csv(self, start: str, rest: str) -> None:
        assert harmless(start + rest).startswith("'")

    def test_words_that_are_none_stay(self) -> None:
        assert harmless("Client = Nord") == "Client = Nord"

    def test_spreadsheet(self) -> None:
        book = openpyxl.load_workbook(io.BytesIO(as_xlsx(document(reason='=HYPERLINK("x")'))))
        cell = book.worksheets[1]["B2"]
        assert (cell.data_type, cell.value) == ("s", '=HYPERLINK("x")')

    def test_a_csv_for_excel_begins_with_the_mark(self) -> None:
        (table,) = document().tables()
        marked = as_csv(table, id_="x", decimal_comma=False, for_excel=True)
        assert marked.startswith(b"\xef\xbb\xbf")
        assert b"12.50" in as_csv(table, id_="x", decimal_comma=False)


class TestDocument:
    def test_a_row_has_one_cell_a_column(self) -> None:
        with pytest.raises(ValueError, match="one cell a column"):
            Table("x", COLUMNS, ((words("a"),),))

    def test_the_scale_of_bars_reaches_the_highest_threshold(self) -> None:
        bars = Bars("x", (("a", Decimal(3), "3"),), ((Decimal(100), "100"),))
        assert bars.highest == 100
        assert Bars("x", ()).highest == 1

    def test_a_cell_without_a_value_is_words_only(self) -> None:
        table = Table("x", (Column("A", "a"),), ((Cell("-"),),))
        assert csv_rows(as_csv(table, id_="i", decimal_comma=True))[1] == ["", "i"]


@pytest.mark.parametrize("lines", range(0, 44, 4))
def test_a_chart_stands_under_its_heading(lines: int) -> None:
    """However far down the page it begins, heading and bars are never parted."""
    bars = Bars("Heading", tuple((f"bar{n}", Decimal(n), f"value{n}") for n in range(12)))
    above = Facts("Above", tuple((f"label {n}", words("x")) for n in range(lines)))
    data = as_pdf(Document("T", "id", "en", (above, bars), "foot", dt.date(2026, 1, 1)))
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages]
    (held,) = [page for page in pages if "Heading" in page]
    assert all(f"value{n}" in held for n in range(12))


def test_no_line_of_a_long_label_stands_on_the_next_fact() -> None:
    long = Facts("Facts", (("many words " * 12, words("x")), ("next", words("y"))))
    data = as_pdf(Document("T", "id", "en", (long,), "foot", dt.date(2026, 1, 1)))
    (page,) = pypdf.PdfReader(io.BytesIO(data)).pages
    heights: dict[str, list[float]] = {"many": [], "next": []}

    def visit(text: str, _user: Any, place: Any, _font: Any, _size: Any) -> None:
        for word, found in heights.items():
            if word in text:
                found.append(float(place[5]))

    page.extract_text(visitor_text=visit)
    assert len(heights["many"]) > 2
    assert max(heights["next"]) < min(heights["many"])
