"""From an offer to its end, as both sides type it."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
import shutil
from pathlib import Path

import pypdf
import pytest

from geowallet.contracts.life.accreditation import Listed, register_bytes
from geowallet.crypto.fingerprint import fingerprint
from geowallet.crypto.signing import new_private_jwk, thumbprint
from tests.cli.conftest import Terminal
from tests.cli.test_contracts import EXPORT

NEXT = ("desk", "offer", "work-hour-mileage", "--name", "km", "--covers", "2026")


class TestDecline:
    def test_a_no_goes_back_and_is_filed(self, lived: Terminal) -> None:
        done = lived("contract", "decline", "bike.offer", "--reason", "not by mode")
        assert done.status == 0
        assert "Declined bike. Nothing has left." in done.out
        filed = lived("desk", "open", "bike.decline")
        assert "Filed: bike was declined." in filed.out
        assert 'their reason: "not by mode"' in filed.out
        (record,) = lived("contract", "history", "bike", "--json").records
        assert record["what"] == "declined"

    def test_what_was_accepted_is_ended_otherwise(self, lived: Terminal) -> None:
        done = lived("contract", "decline", "km.offer")
        assert (done.status, "[contract.accepted]" in done.err) == (8, True)
        assert "geowallet contract withdraw km" in done.err


class TestWithdraw:
    def test_an_end_stops_exports_and_asks_to_delete(self, lived: Terminal) -> None:
        (exported,) = lived(*EXPORT, "--json").records
        lived("desk", "open", "km-2026-05.jwe")
        done = lived("contract", "withdraw", "km", "--confirm", "km")
        assert done.status == 0
        assert "What Exemple SAS has already read stays read." in done.err
        assert "The file asks to delete 1 export." in done.out
        again = lived(*EXPORT)
        assert (again.status, "[contract.withdrawn]" in again.err) == (6, True)
        assert lived("contract", "list", "--json").records[0]["state"] == "withdrawn"
        shown = lived("contract", "show", "km")
        assert "WITHDRAWN: nothing leaves under it any more." in shown.out
        filed = lived("desk", "open", "km.withdrawal")
        assert f"they ask you to delete {exported['receipt']}" in filed.out
        deleted = lived("desk", "receipt", exported["receipt"], "--deleted", "--yes", "--json")
        taken = lived("contract", "receipt", deleted.records[0]["file"])
        assert "They say that they deleted export" in taken.out
        assert "nobody can see whether every copy is gone" in taken.out
        assert [r["state"] for r in lived("desk", "list", "--json").records] == ["deleted"]
        whats = [record["what"] for record in lived("contract", "history", "--json").records]
        assert whats == ["accepted", "exported", "withdrawn", "failed", "deleted"]

    def test_it_is_meant(self, lived: Terminal) -> None:
        done = lived("contract", "withdraw", "km")
        assert (done.status, "[usage.needs_terminal]" in done.err) == (2, True)
        assert lived("contract", "list", "--json").records[0]["state"] == "in_force"


class TestVersions:
    def test_a_newer_version_says_what_it_changes_before_the_yes(self, lived: Terminal) -> None:
        taken = lived(*NEXT)
        assert (taken.status, "[desk.offer_exists]" in taken.err) == (8, True)
        made = lived(*NEXT, "--retention", "12", "--supersede", "--out", "next")
        assert made.status == 0
        done = lived("contract", "accept", "next/km.offer", "--yes")
        assert done.status == 0
        assert "Version 2 replaces version 1" in done.out
        assert "retention_months   36 -> 12" in done.out
        (record,) = lived("contract", "list", "--json").records
        assert (record["version"], record["state"]) == (2, "in_force")
        old = lived("contract", "accept", "km.offer", "--yes")
        assert (old.status, "[contract.superseded]" in old.err) == (8, True)
        whats = [record["what"] for record in lived("contract", "history", "--json").records]
        assert whats == ["accepted", "superseded", "accepted", "refused"]


class TestRecipients:
    def test_a_key_is_shown_in_symbols_and_in_words(self, lived: Terminal) -> None:
        shown = lived("contract", "show", "km.offer")
        assert re.search(r"Exemple SAS, key \w{4}-\w{4}-\w{4}: compare it with them\.", shown.err)
        assert re.search(r"The same key in words: (\w+ ){7}\w+$", shown.err, re.MULTILINE)
        assert "known since" in shown.err
        (record,) = lived("contract", "recipient", "list", "--json").records
        assert record["key"] in shown.err

    def test_a_new_key_under_a_known_name_is_refused(self, lived: Terminal) -> None:
        lived("desk", "init", "exemple sas", "--desk", "impostor")
        lived(*NEXT, "--desk", "impostor", "--out", "forged")
        for verb in ("show", "accept"):
            done = lived("contract", verb, "forged/km.offer")
            assert (done.status, "[contract.key_changed]" in done.err) == (23, True)

    def test_a_change_that_both_keys_signed_is_followed(self, lived: Terminal) -> None:
        (rotated,) = lived("desk", "rotate", "--yes", "--json").records
        made = lived(*NEXT, "--supersede", "--out", "next")
        assert made.status == 0
        refused = lived("contract", "accept", "next/km.offer", "--yes")
        assert refused.status == 23
        assert lived("contract", "recipient", "trust", rotated["file"]).status == 0
        assert "signs with another key than before" not in lived("contract", "list").err
        assert "has signed with another key" in lived("contract", "show", "km").err
        assert lived("contract", "accept", "next/km.offer", "--yes").status == 0
        assert lived("desk", "open", "km-2.contract").status == 0

    def test_a_register_vouches_until_it_ends(self, lived: Terminal) -> None:
        (known,) = lived("contract", "recipient", "list", "--json").records
        offer = json.loads((lived.folder / "km.offer").read_text())
        key = thumbprint(offer["terms"]["recipient"]["signing_jwk"])
        assert fingerprint(key) == known["key"]
        registrar = new_private_jwk("sig", b"r" * 32)
        body = register_bytes(
            "Annuaire",
            registrar,
            version=2,
            issued=dt.date(2026, 1, 1),
            expires=dt.date(2099, 1, 1),
            recipients=[Listed("Exemple SAS", key)],
        )
        (lived.folder / "annuaire.register").write_bytes(body)
        refused = lived("contract", "recipient", "trust", "annuaire.register")
        assert (refused.status, "[contract.register_unknown]" in refused.err) == (23, True)
        mark = fingerprint(thumbprint(registrar))
        assert mark in refused.err
        taken = lived("contract", "recipient", "trust", "annuaire.register", "--key", mark)
        assert "Register of Annuaire, version 2" in taken.out
        assert "listed by Annuaire" in lived("contract", "show", "bike.offer").err
        assert "1 recipient," in lived("contract", "recipient", "list").out

    def test_an_organisation_writes_a_register(self, lived: Terminal) -> None:
        done = lived("desk", "register", "km.offer", "bike.offer", "--expires", "2027-06-30")
        assert "register-1.register: version 1, 1 recipient." in done.out
        done = lived("desk", "register", "none.offer", "--expires", "2027-06-30")
        assert done.status == 4
        assert lived("desk", "register", "km.offer", "--expires", "soon").status == 2

    def test_a_chain_needs_roots_and_roots_need_a_chain(self, lived: Terminal) -> None:
        done = lived("contract", "show", "km.offer", "--chain", "km.pem")
        assert (done.status, "[usage.option]" in done.err) == (2, True)
        done = lived("contract", "show", "km.offer", "--roots", "km.offer")
        assert (done.status, "[source.missing]" in done.err) == (4, True)
        shutil.copy(lived.folder / "km.offer", lived.folder / "km.pem")
        done = lived("contract", "show", "km.offer", "--roots", "km.offer")
        assert (done.status, "[contract.certificate]" in done.err) == (21, True)


class TestViews:
    def test_a_contract_is_shown_as_others_read_it(self, lived: Terminal) -> None:
        policy = json.loads(lived("contract", "show", "km", "--odrl").out)
        assert policy["@type"] == "Agreement"
        assert json.loads(lived("contract", "show", "km.offer", "--odrl").out)["@type"] == "Request"
        receipt = json.loads(lived("contract", "show", "km", "--receipt").out)
        (event,) = receipt["record"]["consent_events"]
        assert event["event_state"] == "given"
        done = lived("contract", "show", "km.offer", "--receipt")
        assert (done.status, "[contract.not_accepted]" in done.err) == (6, True)


class TestExports:
    def test_every_attempt_is_listed_by_its_code(self, lived: Terminal) -> None:
        lived("export", "km", "--period", "2027-01", "--confirm", "km")
        lived("export", "km", "--period", "2026-05", "--confirm", "other")
        (exported,) = lived(*EXPORT, "--json").records
        lived("desk", "open", "km-2026-05.jwe")
        (said,) = lived("desk", "receipt", exported["receipt"], "--json").records
        assert lived("contract", "receipt", said["file"]).status == 0
        records = lived("export", "list", "--json").records
        assert [(r["what"], r["code"]) for r in records] == [
            ("failed", "contract.period"),
            ("failed", "usage.not_confirmed"),
            ("exported", None),
        ]
        assert records[2]["said"] == ["received"]
        out = lived("export", "list").out
        assert "export not made [contract.period]" in out
        assert "463" not in out

    def test_an_export_is_shown_again_in_every_form_with_the_same_ids_and_figures(
        self, lived: Terminal
    ) -> None:
        (exported,) = lived(*EXPORT, "--json").records
        names = {form: lived.folder / f"again.{form}" for form in ("pdf", "html", "xlsx", "csv")}
        options = [word for form, path in names.items() for word in (f"--{form}", path)]
        done = lived("export", "show", exported["receipt"], *options)
        assert done.status == 0
        (record,) = lived("export", "show", exported["receipt"], "--json").records
        assert record["figures"] == exported["leaves"]
        ids = (record["receipt"], record["jti"], record["sha256"], record["nullifier"])
        pdf = "".join(page.extract_text() for page in pypdf.PdfReader(names["pdf"]).pages)
        html = names["html"].read_text(encoding="utf-8")
        for text in (done.out, re.sub(r"\s", "", pdf), html):
            for one in ids:
                assert one in text
        for text in (done.out, pdf, html):
            assert "463.0" in text
        written = (lived.folder / "km-2026-05.csv").read_bytes()
        assert names["csv"].read_bytes() == written
        rows = list(csv.DictReader(written.decode().splitlines()))
        assert {row["receipt"] for row in rows} == {record["receipt"]}
        assert ("total", "distance_m", "463000") in {
            (row["group"], row["measure"], row["value"]) for row in rows
        }

    def test_an_unknown_receipt_is_said(self, lived: Terminal) -> None:
        done = lived("export", "show", "0000-0000")
        assert (done.status, "[wallet.no_receipt]" in done.err) == (4, True)
        assert "No exports yet." in lived("export", "list").out


class TestInbox:
    def test_a_folder_is_taken_in_and_the_bad_ones_are_named(self, lived: Terminal) -> None:
        lived(*EXPORT)
        lived("contract", "decline", "bike.offer", "--as", "Camille Martin")
        box = lived.folder / "box"
        box.mkdir()
        for name in ("km.contract", "km-2026-05.jwe", "bike.decline"):
            shutil.move(lived.folder / name, box / name)
        (box / "odd.jwe").write_text("nothing")
        done = lived("desk", "inbox", "box")
        assert done.status == 3
        assert "3 taken in, 0 already here, 1 refused." in done.out
        assert "[verify.malformed]" in done.out
        again = lived("desk", "inbox", "box", "--json")
        states = {
            Path(r["file"]).name: (r["state"], r["before"], r["error"]) for r in again.records
        }
        assert states["km-2026-05.jwe"][1] is not None
        assert states["odd.jwe"][2] == "verify.malformed"
        answers = lived("desk", "list", "--answers", "--json").records
        assert {(r["contract"], r["answer"]) for r in answers} == {
            ("km", "accepted"),
            ("bike", "declined"),
        }

    def test_a_second_claim_without_a_word_shows(self, lived: Terminal) -> None:
        """A wallet put back to before its first export does not know that it made one."""
        shutil.copytree(lived.folder, lived.folder.parent / "before")
        lived(*EXPORT)
        lived("desk", "open", "km-2026-05.jwe")
        before = lived.folder.parent / "before"
        again = lived(*EXPORT, "--wallet", before / "wallet.gwv", "--out", "second")
        assert again.status == 26, "the same computer remembers"
        shutil.rmtree(lived.folder / "state")
        lived(*EXPORT, "--wallet", before / "wallet.gwv", "--out", "second")
        done = lived("desk", "open", "second/km-2026-05.jwe")
        assert "DOUBLE CLAIM" in done.out
        assert [r["state"] for r in lived("desk", "list", "--json").records] == [
            "counts",
            "double",
        ]

    def test_the_readers_key_opens_what_was_sealed(self, lived: Terminal) -> None:
        refused = lived("desk", "reader-key", "--out", "reader.json")
        assert refused.status == 2
        assert lived("desk", "reader-key", "--out", "reader.json", "--yes").status == 0
        path = lived.folder / "reader.json"
        assert path.stat().st_mode & 0o777 == 0o600
        key = json.loads(path.read_text())
        assert (key["use"], "d" in key) == ("enc", True)
        assert lived("desk", "request-certificate").status == 0
        assert b"CERTIFICATE REQUEST" in (lived.folder / "desk.csr").read_bytes()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("contract", "history"), "No offers yet."),
        (("contract", "list"), "No contracts: nothing can leave this wallet."),
        (("contract", "recipient", "list"), "No recipients yet."),
        (("export", "list"), "No exports yet."),
    ],
)
def test_a_new_wallet_has_nothing_to_show(
    terminal: Terminal, words: tuple[str, ...], said: str
) -> None:
    terminal("init", "--recovery-file", "recovery")
    done = terminal(*words)
    assert (done.status, said in done.out) == (0, True)
