"""``rule list|show|check|compute``: records, text in both languages, refusals."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from geowallet.app import rulebook
from geowallet.app.rulebook import Finding
from geowallet.model.words import phrase
from tests.cli.conftest import Terminal

VOITURE = "fr.bareme_kilometrique.voiture"


def compute(terminal: Terminal, words: str, *more: str) -> tuple[int, dict[str, object], str]:
    done = terminal("rule", "compute", *words.split(), "--json", *more)
    return done.status, done.records[0] if done.out else {}, done.err


class TestCompute:
    def test_the_record_has_exactly_these_members_in_this_order(self, terminal: Terminal) -> None:
        done = terminal(*f"rule compute {VOITURE} --year 2025 --km 12000 --cv 5 --json".split())
        assert done.status == 0
        assert done.err == ""
        (line,) = done.out.splitlines()
        record = json.loads(line)
        assert list(record) == [
            "schema",
            "rule",
            "version",
            "amount",
            "currency",
            "method",
            "source",
        ]
        assert record["schema"] == 1
        assert record["rule"] == VOITURE
        assert record["version"] == "2022-01-01"
        assert record["amount"] == "5679.00"
        assert record["currency"] == "EUR"
        assert record["method"] == "regularised"
        assert "27 mars 2023" in record["source"]
        assert "(secondary), https://" in record["source"]

    @pytest.mark.parametrize(
        ("words", "amount", "currency", "method"),
        [
            (
                f"{VOITURE} --year 2025 --km 12000 --cv 5 --electric",
                "6814.80",
                "EUR",
                "regularised",
            ),
            (f"{VOITURE} --year 2021 --km 5001 --cv 3", "2507.30", "EUR", "regularised"),
            (f"{VOITURE} --year 2025 --km 0 --cv 3", "0.00", "EUR", "regularised"),
            (
                f"{VOITURE} --year 2025 --km 25000 --cv 5 --method linear",
                "10670.00",
                "EUR",
                "linear",
            ),
            (
                f"{VOITURE} --year 2022 --km 8000 --cv 5 --method prorated --months 2",
                "3088.50",
                "EUR",
                "prorated",
            ),
            (
                f"{VOITURE} --year 2022 --payroll --km 4000 --cv 6 --quiet",
                "2524.00",
                "EUR",
                "regularised",
            ),
            (
                "fr.bareme_kilometrique.moto --year 2025 --km 3001 --cv 2",
                "1188.10",
                "EUR",
                "regularised",
            ),
            (
                "fr.bareme_kilometrique.cyclomoteur --year 2025 --km 3000.5",
                "948.04",
                "EUR",
                "regularised",
            ),
            (
                "fr.fonction_publique.voiture --year 2025 --km 12000 --cv 6",
                "5500.00",
                "EUR",
                "marginal",
            ),
            ("fr.fmd.fonction_publique --year 2025 --days 100", "300.00", "EUR", "day_steps"),
            (
                "fr.fmd.fonction_publique --year 2025 --days 48 --quota 80",
                "200.00",
                "EUR",
                "day_steps",
            ),
            (
                "fr.fmd.fonction_publique --year 2024 --days 15 --present-days 183",
                "100.00",
                "EUR",
                "day_steps",
            ),
            ("fr.fmd.prive --year 2025", "600.00", "EUR", "ceiling"),
            ("fr.fmd.prive --year 2025 --days 120 --quota 80", "600.00", "EUR", "ceiling"),
            ("fr.fmd.prive --year 2024 --subscription 430.80", "800.00", "EUR", "ceiling"),
            ("gb.amap.car --year 2025 --miles 12000", "5000.00", "GBP", "marginal"),
            ("gb.amap.car --year 2025 --km 1609.344 -q", "450.00", "GBP", "marginal"),
            ("us.irs.business --year 2026 --miles 1000", "725.00", "USD", "flat_rate"),
            ("de.dienstreise --year 2025 --km 100", "30.00", "EUR", "flat_rate"),
            (
                "de.entfernungspauschale.andere --year 2026 --km 80 --days 230",
                "4500.00",
                "EUR",
                "days_one_way",
            ),
            ("be.velo --year 2025 --km 20000", "3610.00", "EUR", "flat_rate"),
            ("nl.reiskosten --year 2026 --km 100", "23.00", "EUR", "flat_rate"),
            ("ch.kilometerentschaedigung --year 2026 --km 100", "75.00", "CHF", "flat_rate"),
            ("ca.automobile.provinces --year 2026 --km 11250", "7837.50", "CAD", "marginal"),
        ],
    )
    def test_amounts(
        self, terminal: Terminal, words: str, amount: str, currency: str, method: str
    ) -> None:
        status, record, err = compute(terminal, words)
        assert (status, err) == (0, "")
        assert (record["amount"], record["currency"], record["method"]) == (
            amount,
            currency,
            method,
        )

    def test_people_read_amount_method_version_source_and_a_caution(
        self, terminal: Terminal
    ) -> None:
        done = terminal(*f"rule compute {VOITURE} --year 2025 --km 12000 --cv 5".split())
        lines = done.out.splitlines()
        assert lines[0] == "€5,679.00"
        assert "each payment is the amount so far" in lines[1]
        assert "1 Jan 2025 to 31 Dec 2025" in lines[2]
        assert f"{VOITURE}, 2022-01-01" in lines[3]
        assert "Arrêté du 27 mars 2023" in lines[4]
        assert lines[-1] == "This is a computation, not tax or payroll advice."

    def test_a_tax_year_is_shown_with_its_days(self, terminal: Terminal) -> None:
        done = terminal(*["rule", "compute", "gb.amap.car", "--year", "2025", "--miles", "1"])
        assert "6 Apr 2025 to 5 Apr 2026" in done.out

    def test_kilometres_are_shown_as_miles_where_miles_are_counted(
        self, terminal: Terminal
    ) -> None:
        done = terminal("rule", "compute", "gb.amap.car", "--year", "2025", "--km", "12000")
        assert done.err == "12,000 km are 7,456.45 miles.\n"
        assert done.out.startswith("£3,355.40\n")

    def test_payroll_names_the_year_of_the_table(self, terminal: Terminal) -> None:
        words = f"rule compute {VOITURE} --year 2026 --payroll --km 12000 --cv 5"
        done = terminal(*words.split())
        assert "€5,679.00" in done.out
        assert "1 Jan 2025 to 31 Dec 2025" in done.out
        assert "Payroll of 2026: the table of 2025." in done.err

    def test_in_french_numbers_and_sentences_are_french(self) -> None:
        words = f"rule compute {VOITURE} --year 2025 --km 12000 --cv 5 --lang fr"
        done = subprocess.run(
            [sys.executable, "-m", "geowallet", *words.split()],
            capture_output=True,
            text=True,
            check=True,
        )
        lines = done.stdout.splitlines()
        assert lines[0] == "5\N{NARROW NO-BREAK SPACE}679,00\N{NO-BREAK SPACE}€"
        assert "1er janv. 2025" in lines[2]
        assert lines[-1].startswith("Ceci est un calcul")

    @pytest.mark.parametrize(
        ("words", "status", "said"),
        [
            ("fr.nothing --year 2025", 9, "[rules.unknown] no rule named fr.nothing"),
            (f"{VOITURE} --year 2026 --km 1 --cv 5", 9, "known: 2019-2025"),
            (f"{VOITURE} --year 2018 --km 1 --cv 5", 9, "no figures for 2018"),
            (f"{VOITURE} --year 2027 --payroll --km 1 --cv 5", 9, "known: 2019-2025"),
            ("us.irs.business --year 2024 --miles 1", 9, "known: 2025-2026"),
            (f"{VOITURE} --year 2020 --km 1 --cv 6", 9, "known: 1-5 CV"),
            ("fr.fmd.prive --year 2021 --subscription 200", 9, "changed on 25 Aug 2021"),
            (f"{VOITURE} --year 2025 --cv 5", 2, "--km: this rule needs it"),
            (f"{VOITURE} --year 2025 --km 1", 2, "--cv: this rule needs it"),
            ("fr.fmd.fonction_publique --year 2025", 2, "--days: this rule needs it"),
            (f"{VOITURE} --km 1 --cv 5", 2, "--year"),
            (f"{VOITURE} --year 2019 --km 1 --cv 5 --electric", 2, "--electric: changes nothing"),
            (f"{VOITURE} --year 2025 --km 1 --cv 5 --days 3", 2, "--days: changes nothing"),
            (f"{VOITURE} --year 2025 --km 1 --cv 5 --quota 80", 2, "--quota: changes nothing"),
            ("us.irs.business --year 2026 --km 1 --electric", 2, "--electric: changes nothing"),
            ("us.irs.business --year 2026 --km 1 --cv 5", 2, "--cv: changes nothing"),
            ("us.irs.business --year 2026 --km 1 --method linear", 2, "--method: changes nothing"),
            ("us.irs.business --year 2026 --km 1 --payroll", 2, "--payroll: changes nothing"),
            ("fr.fmd.prive --year 2025 --km 3", 2, "--km: changes nothing"),
            (f"{VOITURE} --year 2025 --km -5 --cv 5", 2, "--km: a number from 0 to 500000"),
            (f"{VOITURE} --year 2025 --km 500000.1 --cv 5", 2, "from 0 to 500000"),
            (f"{VOITURE} --year 2025 --km 1e3 --cv 5", 2, "from 0 to 500000"),
            (f"{VOITURE} --year 2025 --km 12,5 --cv 5", 2, "from 0 to 500000"),
            (f"{VOITURE} --year 2025 --km nan --cv 5", 2, "from 0 to 500000"),
            (f"{VOITURE} --year 2025 --km 1.2345 --cv 5", 2, "from 0 to 500000"),
            (f"{VOITURE} --year 2025 --km 1 --cv 0", 2, "--cv: a number from 1 to 100"),
            (f"{VOITURE} --year 2025 --km 1 --cv 101", 2, "--cv: a number from 1 to 100"),
            (f"{VOITURE} --year 2025 --km 1 --cv 5 --method guess", 2, "regularised, linear"),
            (f"{VOITURE} --year 2025 --km 1 --cv 5 --months 3", 2, "goes with --method prorated"),
            (
                f"{VOITURE} --year 2025 --km 1 --cv 5 --method prorated --months 13",
                2,
                "--months: a number from 1 to 12",
            ),
            (f"{VOITURE} --year 2025 --miles 1 --cv 5", 2, "--miles: this rule counts no miles"),
            ("gb.amap.car --year 2025 --km 1 --miles 1", 2, "--miles: not beside --km"),
            ("gb.amap.car --year 2025 --miles 500001", 2, "--miles: a number from 0 to 500000"),
            (
                "de.entfernungspauschale.pkw --year 2025 --km 1001 --days 1",
                2,
                "--km: a number from 0 to 1000",
            ),
            (
                "fr.fmd.fonction_publique --year 2025 --days 366",
                2,
                "--days: a number from 0 to 365",
            ),
            ("fr.fmd.fonction_publique --year 2025 --days -1", 2, "--days: a number from 0 to 365"),
            ("fr.fmd.fonction_publique --year 2025 --days 9 --quota 101", 2, "--quota: a number"),
            ("fr.fmd.fonction_publique --year 2025 --days 9 --quota 0", 2, "--quota: more than 0"),
            (
                "fr.fmd.fonction_publique --year 2025 --days 9 --present-days 8",
                2,
                "--days: more than the days in the post",
            ),
            ("fr.fmd.prive --year 2025 --quota 49", 2, "--quota: not known for less than half"),
        ],
    )
    def test_what_is_unknown_or_makes_no_sense_is_refused(
        self, terminal: Terminal, words: str, status: int, said: str
    ) -> None:
        done = terminal("rule", "compute", *words.split())
        assert (done.status, done.out) == (status, "")
        assert said in done.err

    def test_where_only_payroll_has_a_table_the_way_to_it_is_said(self, terminal: Terminal) -> None:
        words = f"rule compute {VOITURE} --year 2026 --km 1 --cv 5".split()
        note = "Payroll of 2026 uses the table of 2025: add --payroll."
        assert terminal(*words).err.splitlines()[0] == note
        assert note not in terminal(*words, "--json").err
        words[words.index("2026")] = "2027"
        assert "--payroll" not in terminal(*words).err

    def test_a_leap_year_has_one_day_more(self, terminal: Terminal) -> None:
        status, _, _ = compute(terminal, "fr.fmd.fonction_publique --year 2024 --days 366")
        assert status == 0

    def test_an_error_is_a_record_too(self, terminal: Terminal) -> None:
        done = terminal(*f"rule compute {VOITURE} --year 2026 --km 1 --cv 5 --json".split())
        assert json.loads(done.err)["error"]["code"] == "rules.unknown_year"

    def test_a_year_is_written_without_a_thousands_mark(self, terminal: Terminal) -> None:
        done = terminal(*f"rule compute {VOITURE} --year 2026 --km 1 --cv 5".split())
        assert "2,026" not in done.err


def test_the_how_to_page_says_what_comes_of_its_commands(terminal: Terminal) -> None:
    page = (Path(__file__).parents[2] / "docs/how-to/compute-an-allowance.md").read_text("utf-8")
    blocks = re.findall(r"^```(sh|text)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    firsts: list[str] = []
    typed = 0
    for kind, body in blocks:
        if kind == "text":
            assert body.splitlines() == firsts
            continue
        firsts = []
        for line in body.splitlines():
            done = terminal(*line.split()[1:])
            assert done.status == 0, line
            firsts.append(done.out.splitlines()[0])
            typed += 1
    assert typed == 9


class TestList:
    def test_every_rule_with_its_years(self, terminal: Terminal) -> None:
        done = terminal("rule", "list", "--json")
        assert [r["rule"] for r in done.records] == [r.id for r in rulebook.rules()]
        (car,) = [r for r in done.records if r["rule"] == VOITURE]
        assert car == {
            "schema": 1,
            "rule": VOITURE,
            "title": "Barème kilométrique, automobiles",
            "currency": "EUR",
            "unit": "km",
            "years": [2019, 2020, 2021, 2022, 2023, 2024, 2025],
        }
        text = terminal("rule", "list").out
        assert "2019-2020, 2022-2025" in text


class TestShow:
    @pytest.mark.parametrize("rule", rulebook.rules(), ids=lambda rule: rule.id)
    def test_every_rule_can_be_shown(self, terminal: Terminal, rule: object) -> None:
        name = rule.id  # type: ignore[attr-defined]
        versions = len(rulebook.rule(name).versions)
        done = terminal("rule", "show", name)
        assert done.status == 0
        assert done.out.count("(secondary source), https://") == versions
        assert len(terminal("rule", "show", name, "--json").records) == versions

    def test_one_year(self, terminal: Terminal) -> None:
        done = terminal("rule", "show", VOITURE, "--year", "2025")
        assert "From 1 Jan 2022, known until 31 Dec 2025, checked on 21 Nov 2026." in done.out
        plain = " ".join(done.out.split())
        assert "5 CV, up to 20,000\N{NO-BREAK SPACE}km d x 0.357 + €1,395.00".replace(
            "\N{NO-BREAK SPACE}", " "
        ) in plain.replace("\N{NO-BREAK SPACE}", " ")
        assert "electric: the amount x 1.20" in plain

    def test_the_record_is_for_programs(self, terminal: Terminal) -> None:
        (record,) = terminal("rule", "show", "be.velo", "--year", "2025", "--json").records
        assert record["table"] == {
            "classes": [
                {
                    "first_cv": "0",
                    "last_cv": None,
                    "bands": [{"upto": None, "rate": "0.36", "constant": "0"}],
                }
            ],
            "by_total": False,
            "electric_factor": None,
            "cap": "3610",
            "largest_step": "0",
        }

    def test_a_cap_steps_and_ceilings_are_shown(self, terminal: Terminal) -> None:
        assert "at most, in a year" in terminal("rule", "show", "be.velo").out
        steps = terminal("rule", "show", "fr.fmd.fonction_publique", "--year", "2025").out
        assert "from 30 days" in steps
        assert "with a transit pass" in terminal("rule", "show", "fr.fmd.prive").out

    def test_an_unknown_year_says_which_are_known(self, terminal: Terminal) -> None:
        done = terminal("rule", "show", "be.velo", "--year", "2023")
        assert (done.status, "known: 2024-2026" in done.err) == (9, True)


class TestCheck:
    def test_all_is_well_with_what_is_shipped(self, terminal: Terminal) -> None:
        done = terminal("rule", "check", "--json")
        assert done.status == 0
        assert [r["problems"] for r in done.records] == [[]] * len(rulebook.rules())
        assert "secondary sources: 4" in terminal("rule", "check").out

    def test_a_problem_has_its_exit_status(
        self, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        finding = Finding("xx.test", (phrase("cannot be used: {reason}", reason="not TOML"),))
        monkeypatch.setattr(rulebook, "examine", lambda: (finding,))
        done = terminal("rule", "check")
        assert done.status == 9
        assert "cannot be used: not TOML" in done.out
