"""From an offer to a verdict, as the two sides type it."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import PASSPHRASE, Terminal

EXPORT = ("export", "km", "--period", "2026-05", "--confirm", "km")


class TestOffer:
    def test_an_offer_is_read_without_a_wallet(self, lived: Terminal) -> None:
        (lived.folder / "wallet.gwv").unlink()
        done = lived("contract", "show", "km.offer")
        assert done.status == 0
        for label in ("WHO", "WHY", "LEAVES", "NEVER LEAVES", "WHICH TRIPS", "UNTIL", "TO STOP"):
            assert f"\n{label}" in done.out
        assert "NOT ACCEPTED" in done.out
        assert all(len(line) <= 100 for line in done.out.splitlines())

    def test_a_changed_offer_is_refused(self, lived: Terminal) -> None:
        offer = lived.folder / "bike.offer"
        offer.write_text(
            offer.read_text().replace('"retention_months": 36', '"retention_months": 99')
        )
        done = lived("contract", "show", "bike.offer")
        assert (done.status, "[contract.signature]" in done.err) == (21, True)
        assert lived("contract", "accept", "bike.offer", "--yes").status == 21

    def test_accepting_asks_first(self, lived: Terminal) -> None:
        done = lived("contract", "accept", "bike.offer")
        assert (done.status, "--yes" in done.err) == (2, True)
        assert not (lived.folder / "bike.contract").exists()

    def test_an_offer_cannot_be_exported(self, lived: Terminal) -> None:
        done = lived("export", "bike.offer", "--period", "2026-05", "--confirm", "bike")
        assert (done.status, "[contract.not_accepted]" in done.err) == (6, True)

    def test_accepted_contracts_are_listed(self, lived: Terminal) -> None:
        (record,) = lived("contract", "list", "--json").records
        assert (record["contract"], record["exports"]) == ("km", 0)

    def test_an_ended_offer_cannot_be_accepted(self, lived: Terminal) -> None:
        words = ["--name", "late", "--covers", "2026", "--expires", "2026-11-21"]
        done = lived("desk", "offer", "work-hour-mileage", *words)
        assert (done.status, "terms.expires" in done.err) == (3, True)


class TestPreviewAndExport:
    def test_the_preview_is_the_export(self, lived: Terminal) -> None:
        (preview,) = lived("contract", "preview", "km", "--period", "2026-05", "--json").records
        (exported,) = lived(*EXPORT, "--json").records
        assert exported["leaves"] == preview["leaves"]
        assert preview["leaves"]["totals"] == {"distance_m": 463_000}  # truth: 462,900 m

    def test_the_preview_says_what_can_be_deduced(self, lived: Terminal) -> None:
        done = lived("contract", "preview", "km", "--period", "2026-05")
        assert "They can still deduce: months in which you were ill" in done.out

    def test_a_preview_writes_nothing(self, lived: Terminal) -> None:
        before = {p: p.read_bytes() for p in lived.folder.iterdir() if p.is_file()}
        assert lived("contract", "preview", "km", "--period", "2026-05").status == 0
        assert {p: p.read_bytes() for p in lived.folder.iterdir() if p.is_file()} == before

    def test_bike_days_are_counted_by_mode(self, lived: Terminal) -> None:
        lived("contract", "accept", "bike.offer", "--yes")
        (preview,) = lived("contract", "preview", "bike", "--period", "2026-05", "--json").records
        days = {g["key"]["mode"]: g["values"]["days"] for g in preview["leaves"]["groups"]}
        assert days == {"walk": 1, "run": 0, "bike": 10, "e_bike": 0, "e_scooter": 0}

    @pytest.mark.parametrize(
        ("words", "status", "code"),
        [
            (["export", "km", "--period", "2027-01", "--confirm", "km"], 6, "contract.period"),
            (["export", "km", "--period", "2026-05-04", "--confirm", "km"], 6, "contract.cadence"),
            (["export", "km", "--period", "2026-05", "--confirm", "no"], 2, "usage.not_confirmed"),
            (["export", "km", "--period", "2026-05"], 2, "usage.needs_terminal"),
            (["export", "km", "--period", "2026-12", "--confirm", "km"], 6, "contract.period_open"),
            (["export", "none", "--period", "2026-05"], 4, "wallet.not_found"),
            (["contract", "preview", "km", "--period", "soon"], 2, "usage.period"),
            (["evidence", "trace", "0000-0000"], 4, "wallet.no_receipt"),
            (["contract", "show", "gone.offer"], 4, "source.missing"),
        ],
    )
    def test_each_refusal_has_its_code_and_writes_nothing(
        self, lived: Terminal, words: list[str], status: int, code: str
    ) -> None:
        before = sorted(p.name for p in lived.folder.iterdir())
        done = lived(*words)
        assert done.status == status
        assert f"[{code}]" in done.err
        assert sorted(p.name for p in lived.folder.iterdir()) == before

    def test_a_zero_is_not_shown_where_home_is_unknown(
        self, terminal: Terminal, lived_in: Path
    ) -> None:
        terminal("init", "--recovery-file", "recovery")
        done = terminal("contract", "preview", lived_in / "bike.offer", "--period", "2026-05")
        assert (done.status, "[wallet.no_home_or_work]" in done.err) == (4, True)
        done = terminal("contract", "preview", lived_in / "km.offer", "--period", "2026-05")
        assert (done.status, "[wallet.no_work_week]" in done.err) == (4, True)

    def test_a_second_export_replaces_the_first(self, lived: Terminal) -> None:
        assert lived(*EXPORT).status == 0
        first = lived.folder / "km-2026-05.jwe"
        kept = first.read_bytes()
        assert lived(*EXPORT).status == 0
        assert first.read_bytes() == kept
        done = lived("verify", "km-2026-05-2.jwe")
        assert "it replaces the export with receipt" in done.out


class TestRecipient:
    def test_the_desk_accepts_what_it_was_sent(self, lived: Terminal) -> None:
        lived(*EXPORT)
        (lived.folder / "wallet.gwv").unlink()
        done = lived("verify", "km-2026-05.jwe", "--json")
        (record,) = done.records
        assert done.status == 0
        assert record["accepted"]
        assert record["figures"]["totals"] == {"distance_m": 463_000}
        assert {check["outcome"] for check in record["checks"]} == {"passed"}

    def test_every_check_is_shown_by_name(self, lived: Terminal) -> None:
        lived(*EXPORT)
        out = lived("verify", "km-2026-05.jwe", "--checks").out
        for name in ("signature", "audience", "named_claims", "arithmetic", "disclosures"):
            assert f"ok  {name}" in out
        assert "NOT PROVED" in out

    def test_an_edited_export_is_refused_and_not_shown(self, lived: Terminal) -> None:
        lived(*EXPORT)
        path = lived.folder / "km-2026-05.jwe"
        text = path.read_text()
        middle = len(text) // 2
        path.write_text(text[:middle] + ("A" if text[middle] != "A" else "B") + text[middle + 1 :])
        done = lived("verify", "km-2026-05.jwe")
        assert (done.status, "[verify.signature]" in done.err) == (21, True)
        assert "463" not in done.out

    def test_the_same_export_is_recorded_once(self, lived: Terminal) -> None:
        lived(*EXPORT)
        assert lived("desk", "open", "km-2026-05.jwe").status == 0
        done = lived("desk", "open", "km-2026-05.jwe")
        assert (done.status, "[verify.replay]" in done.err) == (8, True)
        assert re.search(r"already received on \d{1,2} [A-Z]", done.out)
        assert len(lived("desk", "list", "--json").records) == 1

    def test_another_desk_cannot_read_it(self, lived: Terminal) -> None:
        lived(*EXPORT)
        assert lived("desk", "init", "Autre SAS", "--desk", "other").status == 0
        done = lived("verify", "km-2026-05.jwe", "--desk", "other")
        assert (done.status, "[verify.wrong_recipient]" in done.err) == (23, True)

    def test_an_export_without_its_contract_says_so(self, lived: Terminal) -> None:
        lived(*EXPORT)
        for path in (lived.folder / "desk" / "contracts").iterdir():
            path.unlink()
        done = lived("verify", "km-2026-05.jwe")
        assert (done.status, "[verify.no_contract]" in done.err) == (25, True)
        given = lived("verify", "km-2026-05.jwe", "--contract", "km.contract")
        assert given.status == 0

    def test_the_verifier_is_written_as_a_program_or_as_a_page(self, lived: Terminal) -> None:
        for name, start in (("verifier.py", '"""Verify an'), ("verify.html", "<!doctype html>")):
            path = lived.folder / f"alone-{name}"
            done = lived("verify", "--write-verifier", path)
            assert (done.status, path.read_text("utf-8").startswith(start)) == (0, True)
            assert str(path) in done.out

    def test_a_recipient_reads_a_real_export_without_geowallet(self, lived: Terminal) -> None:
        lived(*EXPORT)
        assert lived("desk", "reader-key", "--out", "reader.json", "--yes").status == 0
        lived("verify", "--write-verifier", "alone.py")
        files = ["alone.py", "km-2026-05.jwe", "reader.json", "km.contract", "2026-05"]
        done = subprocess.run(
            [sys.executable, "-I", *files],
            capture_output=True,
            text=True,
            check=False,
            cwd=lived.folder,
            timeout=60,
        )
        said = json.loads(done.stdout)
        assert (done.returncode, said["status"]) == (0, "accepted")
        assert said["claims"]["total"] == {"distance_m": 463_000}

    def test_without_a_file_it_says_what_is_missing(self, lived: Terminal) -> None:
        done = lived("verify")
        assert (done.status, "name the sealed file" in done.err) == (2, True)

    def test_a_trace_is_no_export(self, lived: Terminal, samples: Path) -> None:
        done = lived("verify", next((samples / "real").glob("*.gpx")))
        assert (done.status, "[verify.malformed]" in done.err) == (3, True)

    def test_an_unknown_template_is_refused(self, lived: Terminal) -> None:
        done = lived("desk", "offer", "everything", "--name", "x", "--covers", "2026")
        assert (done.status, "[usage.option]" in done.err) == (2, True)

    def test_a_desk_is_never_overwritten(self, lived: Terminal) -> None:
        before = (lived.folder / "desk" / "keys.json").read_bytes()
        assert lived("desk", "init", "Again").status == 8
        assert (lived.folder / "desk" / "keys.json").read_bytes() == before

    def test_a_wrong_passphrase_of_the_desk_has_its_own_error(self, lived: Terminal) -> None:
        (lived.folder / "passphrase").write_text("quite another passphrase\n")
        done = lived("desk", "list")
        assert (done.status, "[desk.wrong_passphrase]" in done.err) == (5, True)


class TestEvidence:
    def test_a_figure_is_walked_back_to_its_files(self, lived: Terminal, samples: Path) -> None:
        (exported,) = lived(*EXPORT, "--json").records
        done = lived("evidence", "trace", exported["receipt"], "--json")
        assert done.status == 0
        assert all(record["holds"] for record in done.records)
        phone = samples / "simulated-month" / "phone"
        digests = {hashlib.sha256(path.read_bytes()).hexdigest() for path in phone.iterdir()}
        traced = {record["sha256"] for record in done.records}
        assert traced & digests

    def test_the_log_is_unbroken(self, lived: Terminal) -> None:
        (record,) = lived("evidence", "check", "--json").records
        entries = lived("evidence", "list", "--json").records
        assert record["unbroken"]
        assert record["entries"] == len(entries)
        assert [entry["kind"] for entry in entries[:2]] == ["create", "setting"]
        assert {"import", "clean", "segment", "classify", "consent"} <= {e["kind"] for e in entries}

    def test_the_vault_is_what_was_written(self, lived: Terminal) -> None:
        (record,) = lived("vault", "check", "--json").records
        assert record["problems"] == []
        assert record["records"] > 90

    def test_a_flipped_bit_in_the_middle_is_found(self, lived: Terminal) -> None:
        path = lived.folder / "wallet.gwv"
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
        done = lived("vault", "check")
        assert done.status in {0, 20, 26}  # slack between cells is harmless
        assert "Traceback" not in done.err

    def test_an_older_copy_is_noticed_and_can_be_accepted(self, lived: Terminal) -> None:
        old = (lived.folder / "wallet.gwv").read_bytes()
        lived("vehicle", "add", "bike", "--mode", "bike")
        (lived.folder / "wallet.gwv").write_bytes(old)
        done = lived("trip", "list")
        assert (done.status, "[vault.rolled_back]" in done.err) == (26, True)
        assert lived("vault", "check", "--accept-rollback", "--yes").status == 0
        assert lived("trip", "list").status == 0

    def test_the_doctor_tries_the_sandbox(self, lived: Terminal) -> None:
        done = lived("doctor", "--json")
        by_subject = {record["subject"]: record for record in done.records}
        assert done.status == 0
        assert by_subject["wallet"]["health"] == "ok"
        assert by_subject["sandbox"]["note"] == "12 of 12 escapes refused"

    def test_the_doctor_works_without_a_wallet(self, terminal: Terminal) -> None:
        done = terminal("doctor")
        assert done.status == 0
        assert "geowallet init" in done.out


class TestDemo:
    def test_the_demo_reaches_the_truth_and_refuses_the_forgery(self, terminal: Terminal) -> None:
        done = terminal("demo", "--json")
        (record,) = done.records
        assert done.status == 0
        figure = record["mileage"]["totals"]["distance_m"]
        assert abs(figure - record["truth"]["distance_m"]) <= 0.01 * record["truth"]["distance_m"]
        days = {g["key"]["mode"]: g["values"]["days"] for g in record["commute"]["groups"]}
        assert {mode: n for mode, n in days.items() if n} == record["truth"]["days"]
        assert record["accepted"]
        assert record["forged"] == "verify.signature"

    def test_the_demo_leaves_nothing_behind(
        self, terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "temporary").mkdir()
        monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
        monkeypatch.setattr("tempfile.tempdir", None)
        assert terminal("demo").status == 0
        assert list((tmp_path / "temporary").iterdir()) == []
        assert not (terminal.folder / "wallet.gwv").exists()

    def test_its_commands_can_be_shown(self, terminal: Terminal) -> None:
        out = terminal("demo", "--show-commands").out.splitlines()
        assert out[0] == "geowallet init"
        assert len(out) > 10


def test_no_passphrase_is_ever_shown(lived: Terminal) -> None:
    done = lived(*EXPORT)
    assert PASSPHRASE not in done.out + done.err
    assert PASSPHRASE not in json.dumps(sorted(p.name for p in lived.folder.iterdir()))
