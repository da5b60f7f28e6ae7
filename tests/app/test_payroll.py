"""Lines for payroll: codes of the owner's file, figures of the book, hostile files refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from geowallet.app import settings
from geowallet.app.reports import mileage
from geowallet.app.reports import payroll as use
from geowallet.model.calendar import Period
from geowallet.model.errors import BadMappingError, NoAmountError, SourceMissingError, TooLargeError
from geowallet.model.mobility import DescribedTrip, Mode, Vehicle
from geowallet.vault.store import Vault
from tests.app import scene
from tests.app.reports.trips import made

OCTOBER = Period.parse("2026-10")
GOOD = """employee = "00042"
[[line]]
value = "distance_km"
code = "EV-IKKm"
decimals = 0
[[line]]
value = "amount"
code = "EV-IKMontant"
"""


@pytest.fixture
def book(monkeypatch: pytest.MonkeyPatch, vault: Vault) -> mileage.Mileage:
    """412 km in October after 4,812: 199.54 euros."""
    trips = [made("2026-03-02", 4_812_000), made("2026-10-01", 412_000)]

    def inside(_vault: Vault, period: Period) -> tuple[DescribedTrip, ...]:
        return tuple(t for t in trips if Period.parse(t.day).first in period)

    monkeypatch.setattr(mileage, "described_trips", inside)
    settings.add_vehicle(vault, Vehicle("clio", Mode.CAR, "", 5), now_us=scene.NOON_US)
    return mileage.mileage(vault, OCTOBER)


def mapped(tmp_path: Path, text: str | bytes) -> use.PayMapping:
    path = tmp_path / "mapping.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return use.read_mapping(path)


def test_the_lines_are_those_that_payroll_takes_in(tmp_path: Path, book: mileage.Mileage) -> None:
    data = use.payroll_csv(mapped(tmp_path, GOOD), book, id_="e41c-77b0")
    assert data.decode().split("\r\n") == [
        "Matricule;Code;Valeur;Date debut;Date fin;Reference",
        "00042;EV-IKKm;412;01/10/2026;31/10/2026;e41c-77b0",
        "00042;EV-IKMontant;199,54;01/10/2026;31/10/2026;e41c-77b0",
        "",
    ]


def test_every_value_has_its_figure(tmp_path: Path, book: mileage.Mileage) -> None:
    lines = "".join(f'[[line]]\nvalue = "{name}"\ncode = "{name}"\n' for name in use.VALUES)
    data = use.payroll_csv(mapped(tmp_path, f'employee = "1"\n{lines}'), book, id_="x")
    found = dict(line.split(";")[1:3] for line in data.decode().split("\r\n")[1:-1])
    assert found == {
        "distance_km": "412,0",
        "distance_year_km": "5224,0",
        "amount": "199,54",
        "amount_year": "3259,97",
        "days": "1",
        "trips": "1",
    }


def test_zero_is_written(tmp_path: Path, vault: Vault, book: mileage.Mileage) -> None:
    november = mileage.mileage(vault, Period.parse("2026-11"))
    data = use.payroll_csv(mapped(tmp_path, GOOD), november, id_="x").decode()
    assert "EV-IKKm;0;" in data
    assert "EV-IKMontant;0,00;" in data


def test_excel_gets_its_mark_and_nobody_a_formula(tmp_path: Path, book: mileage.Mileage) -> None:
    text = GOOD.replace("00042", "=1+1").replace("EV-IKKm", "@SUM(A1);x")
    data = use.payroll_csv(mapped(tmp_path, text), book, id_="x", for_excel=True)
    assert data.startswith(b"\xef\xbb\xbfMatricule;")
    assert b"\r\n'=1+1;\"'@SUM(A1);x\";412;" in data
    assert not use.payroll_csv(mapped(tmp_path, text), book, id_="x").startswith(b"\xef")


def test_without_an_amount_no_zero_is_invented(tmp_path: Path, vault: Vault) -> None:
    settings.add_vehicle(vault, Vehicle("clio", Mode.CAR), now_us=scene.NOON_US)
    book = mileage.mileage(vault, Period.parse("2026-05"))
    with pytest.raises(NoAmountError):
        use.payroll_csv(mapped(tmp_path, GOOD), book, id_="x")
    days = 'employee = "1"\n[[line]]\nvalue = "days"\ncode = "D"\n'
    assert b"1;D;" in use.payroll_csv(mapped(tmp_path, days), book, id_="x")


LINE = '[[line]]\nvalue = "days"\ncode = "D"\n'


@pytest.mark.parametrize(
    "text",
    [
        b"\xff",
        "employee = ",
        "a = " + "[" * 5000,
        'employee = "1"',
        LINE,
        f'employee = "1"\nmore = 1\n{LINE}',
        'employee = "1"\nline = []',
        'employee = "1"\nline = 5',
        'employee = "1"\nline = [5]',
        f'employee = "1"\n{LINE * 33}',
        f'employee = "1"\n{LINE * 2}',
        f"employee = 42\n{LINE}",
        f'employee = ""\n{LINE}',
        f'employee = "{"9" * 41}"\n{LINE}',
        f'employee = "1\\n2"\n{LINE}',
        f'employee = "1"\n{LINE.replace("days", "speed")}',
        f'employee = "1"\n{LINE.replace(chr(34) + "days" + chr(34), "[1]")}',
        f'employee = "1"\n{LINE}other = 1\n',
        f'employee = "1"\n{LINE}decimals = 4\n',
        f'employee = "1"\n{LINE}decimals = true\n',
        f'employee = "1"\n{LINE}decimals = 1.0\n',
        f'employee = "1"\n{LINE.replace("days", "amount")}decimals = 0\n',
        'employee = "1"\n[[line]]\nvalue = "days"\n',
    ],
)
def test_what_is_no_mapping_is_refused(tmp_path: Path, text: str | bytes) -> None:
    with pytest.raises(BadMappingError) as caught:
        mapped(tmp_path, text)
    assert "999" not in str(caught.value)


def test_a_mapping_is_small_and_there(tmp_path: Path) -> None:
    with pytest.raises(TooLargeError):
        mapped(tmp_path, "#" * 16_385)
    with pytest.raises(SourceMissingError):
        use.read_mapping(tmp_path / "none.toml")


def test_decimals_round_as_the_paper_does(tmp_path: Path, book: mileage.Mileage) -> None:
    text = 'employee = "1"\n[[line]]\nvalue = "distance_km"\ncode = "K"\n'
    for metres, shown in ((412_050, "412,0"), (412_051, "412,1"), (412_150, "412,2")):
        data = use.payroll_csv(mapped(tmp_path, text), replace(book, metres=metres), id_="x")
        assert data.decode().split(";")[7] == shown
