"""``report``: on the terminal, as JSON, and in the files that people hand over."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from decimal import Decimal
from pathlib import Path

import openpyxl
import pypdf
import pytest

from geowallet.app.reports.allowance import month_start
from geowallet.cli.terminal.numbers import month_name
from tests.cli.conftest import Terminal


class TestMileage:
    def test_the_figures_are_the_same_on_every_form(self, lived: Terminal) -> None:
        names = {form: lived.folder / f"book.{form}" for form in ("pdf", "html", "xlsx", "csv")}
        options = [word for form, path in names.items() for word in (f"--{form}", path)]
        done = lived("report", "mileage", "--month", "2026-05", "--json", *options)
        book = done.records[0]
        assert book["distance_m"] == sum(trip["distance_m"] for trip in book["trips"]) > 0
        amount = Decimal(book["amount"])
        assert amount == (Decimal(book["distance_m"]) / 1000 * Decimal("0.636")).quantize(
            Decimal("0.01")
        )
        rows = list(csv.DictReader(io.StringIO(names["csv"].read_text(encoding="utf-8"))))
        kilometres = [Decimal(row["distance_km"]) for row in rows]
        assert len(rows) == len(book["trips"])
        sheet = openpyxl.load_workbook(names["xlsx"]).worksheets[-1]
        cells = [row[5] for row in sheet.iter_rows(min_row=2, values_only=True)]
        assert [Decimal(str(cell)).quantize(Decimal("0.1")) for cell in cells[:-1]] == kilometres
        text = "\n".join(page.extract_text() for page in pypdf.PdfReader(names["pdf"]).pages)
        assert f"€{amount}" in text
        page = names["html"].read_text(encoding="utf-8")
        assert f'<data value="{amount}">' in page
        found = [Decimal(value) for value in re.findall(r'class=n><data value="([\d.]+)"', page)]
        assert [value for value in found[::2] if value in kilometres][: len(rows)] == kilometres

    def test_people_see_total_amount_method_and_what_is_missing(self, lived: Terminal) -> None:
        done = lived("report", "mileage", "--month", "2026-05")
        for words in (
            "Business kilometres, May 2026",
            "AB-123-CD, P.6: 5 CV",
            "the scale is applied to the year",
            "trips without a reason",
            "This is a computation, not tax or payroll advice.",
        ):
            assert words in done.out

    def test_months_have_their_names_and_those_of_a_tax_year_their_first_days(
        self, lived: Terminal
    ) -> None:
        shown = lived("report", "mileage").out
        assert re.findall(r"^  (\w+) +█* ?[\d.]+$", shown, re.MULTILINE)[-2:] == ["April", "May"]
        start = dt.date(2025, 4, 6)
        named = [month_name(month_start(start, number)) for number in (1, 9, 10, 12)]
        assert named == ["6 April", "6 December", "6 January", "6 March"]

    def test_a_reason_is_kept_and_shown(self, lived: Terminal) -> None:
        done = lived("report", "mileage", "--month", "2026-05", "--json")
        trip = done.records[0]["trips"][0]["trip"]
        assert lived("trip", "reason", trip, "site visit, lot 3", "--client", "Nord").status == 0
        again = lived("report", "mileage", "--month", "2026-05", "--json").records[0]["trips"][0]
        assert (again["reason"], again["client"]) == ("site visit, lot 3", "Nord")

    def test_a_reason_needs_a_trip(self, lived: Terminal) -> None:
        assert lived("trip", "reason", "only the reason").status == 2

    def test_a_file_that_is_there_is_not_overwritten(self, lived: Terminal) -> None:
        path = lived.folder / "book.csv"
        path.write_text("mine")
        done = lived("report", "mileage", "--month", "2026-05", "--csv", path)
        assert path.read_text() == "mine"
        assert "book-2.csv" in done.err

    @pytest.mark.parametrize("period", ["2025-12..2026-01", "soon"])
    def test_a_period_lies_in_one_year(self, lived: Terminal, period: str) -> None:
        done = lived("report", "mileage", "--period", period)
        assert done.status == 2
        assert "usage.period" in done.err

    def test_without_a_period_it_is_the_newest_month(self, lived: Terminal) -> None:
        assert lived("report", "mileage", "--json").records[0]["period"] == "2026-05"


class TestOdometer:
    def test_readings_are_listed_and_compared(self, lived: Terminal) -> None:
        lived("vehicle", "odometer", "clio", "48210", "--day", "2026-04-30")
        done = lived("vehicle", "odometer", "clio", "49500", "--day", "2026-05-31", "--json")
        assert [record["km"] for record in done.records] == [48210, 49500]
        for layout in ("fr", "gb"):
            shown = lived("report", "mileage", "--month", "2026-05", "--layout", layout).out
            assert "1,290" in shown.partition("Odometer, in kilometres\n")[2]

    def test_it_does_not_run_back(self, lived: Terminal) -> None:
        lived("vehicle", "odometer", "clio", "48210", "--day", "2026-04-30")
        done = lived("vehicle", "odometer", "clio", "48000", "--day", "2026-05-31")
        assert (done.status, "vehicle.odometer" in done.err) == (2, True)

    def test_a_negative_reading_is_refused(self, lived: Terminal) -> None:
        assert lived("vehicle", "odometer", "clio", "--", "-5").status == 2

    def test_none_is_said(self, lived: Terminal) -> None:
        assert "No reading yet." in lived("vehicle", "odometer", "clio").out


class TestCommute:
    def test_days_are_those_of_the_truth(self, lived: Terminal) -> None:
        done = lived("report", "commute", "--year", "2026", "--json")
        found = done.records[0]
        statuses = [day["status"] for day in found["evidence"]]
        assert found["days"] == statuses.count("counted") == sum(found["by_month"]) > 0
        assert found["missing_days"] == 30 - found["days"]

    def test_the_statement_leaves_the_hand_its_lines(self, lived: Terminal, tmp_path: Path) -> None:
        path = tmp_path / "fmd.pdf"
        lived("report", "commute", "--year", "2026", "--statement", "public", "--pdf", path)
        text = pypdf.PdfReader(path).pages[0].extract_text()
        assert "Done at, on, signature:" in text
        assert "I tick what holds" in text

    @pytest.mark.parametrize(
        "options", [["--quota", "0"], ["--quota", "x"], ["--modes", "horse"], ["--statement", "x"]]
    )
    def test_a_wrong_option_is_named(self, lived: Terminal, options: list[str]) -> None:
        done = lived("report", "commute", *options)
        assert (done.status, options[0] in done.err) == (2, True)

    def test_days_alone_are_without_steps(self, lived: Terminal) -> None:
        done = lived("report", "commute", "--year", "2026", "--rule", "none", "--json")
        assert done.records[0]["steps"] == []
        assert json.loads(done.out.splitlines()[0])["report"] == "commute"


class TestGaps:
    def test_each_has_a_command_that_runs(self, lived: Terminal) -> None:
        found = lived("report", "gaps", "--month", "2026-05", "--json").records[0]
        reasons = [gap for gap in found["gaps"] if gap["kind"] == "no_reason"]
        assert Decimal(found["amount"]) == sum(
            Decimal(gap["amount"]) for gap in found["gaps"] if gap["amount"]
        )
        words = reasons[0]["command"].removeprefix("geowallet ").split(" ", 3)
        assert lived(*words[:3], "meeting").status == 0
        again = lived("report", "gaps", "--month", "2026-05", "--json").records[0]
        assert reasons[0] not in again["gaps"]

    def test_a_month_without_any_says_so(self, lived: Terminal) -> None:
        done = lived("report", "gaps", "--period", "2026-05-31")
        assert "Nothing is missing in this period." in done.out


class TestDriving:
    def test_kilometres_and_parts_and_why_there_is_no_score(self, lived: Terminal) -> None:
        done = lived("report", "driving", "--month", "2026-05")
        assert "No score" in done.out
        assert "phone use" in done.out

    def test_no_instant_is_on_paper(self, lived: Terminal, tmp_path: Path) -> None:
        path = tmp_path / "driving.html"
        lived("report", "driving", "--month", "2026-05", "--html", path)
        page = path.read_text(encoding="utf-8").partition("</style>")[2]
        assert not re.search(r"\d\d:\d\d", page)

    def test_json_names_vehicle_and_period(self, lived: Terminal) -> None:
        found = lived("report", "driving", "--month", "2026-05", "--json").records[0]
        assert (found["vehicle"], found["period"]) == ("clio", "2026-05")
        assert found["schema"] == "geowallet.driving/1"
        assert found["exposure"]["driven_m"] > 100_000


class TestYear:
    def test_one_paper_has_it_all_and_json_the_same(self, lived: Terminal) -> None:
        path = lived.folder / "year.html"
        done = lived("report", "year", "--year", "2026", "--json", "--html", path)
        found = done.records[0]
        assert found["distance_m"] == sum(found["by_month"]) == found["by_month"][4] > 0
        assert sum(found["by_mode"].values()) == sum(found["by_purpose"].values())
        (clio,) = found["vehicles"]
        book = lived("report", "mileage", "--year", "2026", "--json").records[0]
        assert (clio["business_m"], clio["amount"]) == (book["distance_m"], book["amount"])
        assert f'<data value="{clio["amount"]}">' in path.read_text(encoding="utf-8")

    def test_a_year_without_trips_says_so(self, lived: Terminal) -> None:
        assert "No trip in this year." in lived("report", "year", "--year", "2010").out

    def test_no_such_year(self, lived: Terminal) -> None:
        assert lived("report", "year", "--year", "12").status == 2


class TestSteps:
    def test_a_part_of_the_year_says_what_it_changes(self, lived: Terminal) -> None:
        done = lived(
            "report", "commute", "--year", "2026", "--present-days", "146", "--pdf", "c.pdf"
        )
        assert "Your post was for a part of the year" in done.out
        assert "12 days" in done.out  # 30 x 146 / 365
        text = pypdf.PdfReader(lived.folder / "c.pdf").pages[0].extract_text()
        assert "Days and steps" in text
        assert "Your post was" not in lived("report", "commute", "--year", "2026").out


class TestCarpool:
    def test_shared_cars_are_looked_at_and_never_certified(self, lived: Terminal) -> None:
        listed = lived("trip", "list", "--mode", "car", "--purpose", "commute", "--json").records
        ids = [trip["trip"] for trip in listed]
        assert lived("trip", "label", *ids, "--tag", "carpool", "--yes").status == 0
        done = lived("report", "commute", "--year", "2026", "--csv", "days.csv")
        assert "Trust: declared." in done.out
        assert "certify nothing" in done.out
        assert (lived.folder / "days.csv").read_text().startswith("date,modes,")
        found = lived("report", "commute", "--year", "2026", "--json").records[0]
        assert [item["trip"] for item in found["carpool"]] == ids
        assert found["carpool_trust"] == "declared"


class TestPayroll:
    MAPPING = 'employee = "00042"\n[[line]]\nvalue = "distance_km"\ncode = "KM"\n'

    def test_the_lines_hold_the_figures_of_the_book(self, lived: Terminal) -> None:
        (lived.folder / "map.toml").write_text(self.MAPPING)
        month = ("report", "mileage", "--month", "2026-05", "--json")
        done = lived(*month, "--payroll", "map.toml", "--csv", "pay.csv", "--excel")
        rows = list(
            csv.DictReader(
                io.StringIO((lived.folder / "pay.csv").read_text(encoding="utf-8-sig")),
                delimiter=";",
            )
        )
        assert [row["Code"] for row in rows] == ["KM"]
        metres = Decimal(done.records[0]["distance_m"])
        shown = Decimal(rows[0]["Valeur"].replace(",", "."))
        assert abs(shown - metres / 1000) <= Decimal("0.05")
        assert rows[0]["Reference"] == done.records[1]["id"]
        assert "replace" in done.err

    def test_they_need_a_file_to_go_to(self, lived: Terminal) -> None:
        assert lived("report", "mileage", "--payroll", "map.toml").status == 2

    def test_a_wrong_mapping_writes_nothing(self, lived: Terminal) -> None:
        (lived.folder / "map.toml").write_text("employee = 5")
        done = lived("report", "mileage", "--payroll", "map.toml", "--csv", "pay.csv")
        assert "payroll.mapping" in done.err
        assert not (lived.folder / "pay.csv").exists()


class TestRegularise:
    def test_paid_and_due_are_shown_with_both_tables(self, lived: Terminal) -> None:
        words = ("report", "regularise", "--year", "2026", "--paid", "5=100", "--paid", "6=-1,50")
        found = lived(*words, "--json").records[0]
        assert (found["paid"], found["stated"]) == ("98.50", True)
        assert Decimal(found["difference"]) == Decimal(found["due"]) - Decimal("98.50")
        out = lived(*words).out
        assert "Paid, as you said" in out
        assert out.count("Its source") == 2
        assert "The table did not change since the year before." in out

    def test_without_a_word_the_earlier_table_was_paid(self, lived: Terminal) -> None:
        done = lived("report", "regularise", "--year", "2023")
        assert "Paid, if by the earlier table" in done.out
        assert "due by the version of 2022-01-01" in done.out

    @pytest.mark.parametrize(
        "paid", ["0=1", "13=1", "1=x", "1=1.001", "=5", "1=nan", "1=1e9", "\u0661=1"]
    )
    def test_what_is_no_payment_is_refused(self, lived: Terminal, paid: str) -> None:
        assert lived("report", "regularise", "--paid", paid).status == 2

    def test_a_month_is_paid_once(self, lived: Terminal) -> None:
        assert lived("report", "regularise", "--paid", "1=1", "--paid", "01=2").status == 2


class TestLayouts:
    """Promise: another country's columns hold the same metres."""

    def rows(self, lived: Terminal, layout: str) -> list[dict[str, str]]:
        path = lived.folder / f"{layout}.csv"
        done = lived("report", "mileage", "--layout", layout, "--month", "2026-05", "--csv", path)
        assert done.status == 0, done.err
        return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))

    def metres(self, lived: Terminal) -> int:
        book = lived("report", "mileage", "--month", "2026-05", "--json").records[0]
        return int(book["distance_m"])

    @pytest.mark.parametrize("layout", ["gb", "us"])
    def test_miles_are_the_same_way(self, lived: Terminal, layout: str) -> None:
        rows = self.rows(lived, layout)
        told = Decimal(rows[-1]["cumulative_mi"])
        assert abs(told - Decimal(self.metres(lived)) / Decimal("1609.344")) <= Decimal("0.05")
        assert ("from" in rows[0]) == (layout == "gb")

    def test_the_closed_book_has_every_trip_and_no_private_place(self, lived: Terminal) -> None:
        rows = self.rows(lived, "de")
        business = sum(Decimal(row["business_km"] or 0) for row in rows)
        assert abs(business - Decimal(self.metres(lived)) / 1000) <= Decimal("0.05") * len(rows)
        private = [row for row in rows if row["private_km"]]
        assert private
        assert {(row["from"], row["to"], row["reason"]) for row in private} == {("", "", "private")}

    def test_what_an_office_asks_beside_it_is_said(self, lived: Terminal) -> None:
        done = lived("report", "mileage", "--layout", "gb", "--month", "2026-05")
        assert "The tax year begins on 6 April." in done.out
        done = lived("report", "mileage", "--layout", "de", "--month", "2026-05")
        assert "within seven days" in done.out

    def test_an_unknown_country_is_refused(self, lived: Terminal) -> None:
        assert lived("report", "mileage", "--layout", "se").status == 2
