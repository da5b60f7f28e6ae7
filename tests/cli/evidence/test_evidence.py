from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from geowallet.app import wallet
from geowallet.app.intake.ingest import ingest
from geowallet.app.locations import Locations
from geowallet.crypto.keys import KdfCost
from tests.app import scene
from tests.authority import POLICY, LocalAuthority, new_authority, served
from tests.cli.conftest import PASSPHRASE, Terminal


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> LocalAuthority:
    return new_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def one_day(tmp_path_factory: pytest.TempPathFactory) -> Locations:
    """A wallet of one day, opened by the passphrase of terminals."""
    folder = tmp_path_factory.mktemp("one-day")
    here = scene.places_at(folder)
    wallet.create_wallet(here, PASSPHRASE.encode(), cost=KdfCost.LEAST)
    files = scene.write_days(folder / "days", scene.days_of_may(4))
    with wallet.opened(here, PASSPHRASE.encode) as vault:
        ingest(vault, [str(path) for path in files], scene.manner(), progress=scene.no_progress)
    return here


@pytest.fixture
def owner(terminal: Terminal, one_day: Locations) -> Terminal:
    """A terminal with a copy of that wallet."""
    scene.copied(one_day, terminal.folder)
    return terminal


@pytest.fixture
def url(local: LocalAuthority, owner: Terminal) -> Iterator[str]:
    """The address of the authority, whose certificate lies in ``tsa.pem``."""
    (owner.folder / "tsa.pem").write_text(local.pem)
    with served(local.answer) as address:
        yield address


def add_authority(owner: Terminal, url: str, name: str = "tsa") -> None:
    words = ("--certificate", "tsa.pem", "--policy", POLICY)
    assert owner("evidence", "authority", "add", name, url, *words).status == 0


class TestStamp:
    def test_says_first_what_leaves_and_then_what_came(self, owner: Terminal, url: str) -> None:
        add_authority(owner, url)
        done = owner("evidence", "stamp")
        assert done.status == 0
        assert "over the network, to 127.0.0.1" in done.err
        assert "SHA-256" in done.err
        assert "tsa saw " in done.out
        again = owner("evidence", "stamp")
        assert "nothing new" in again.out

    def test_is_queued_and_sent_later(
        self, owner: Terminal, url: str, local: LocalAuthority
    ) -> None:
        add_authority(owner, url)
        local.asked.clear()
        assert "Wanted" in owner("evidence", "stamp", "--queue").out
        assert local.asked == []
        assert "wanted" in owner("evidence", "authority", "list").out
        assert "is wanted since" in owner("evidence", "timeline").out
        assert owner("evidence", "stamp", "--json").records[0]["stamped"] is True
        assert owner("evidence", "authority", "list", "--json").records[0]["wanted"] is False

    def test_one_that_is_away_does_not_keep_the_other_from_being_asked(
        self, owner: Terminal, url: str
    ) -> None:
        for name in ("away 1", "away 2"):
            add_authority(owner, "http://127.0.0.1:1/", name)
        add_authority(owner, url)
        done = owner("evidence", "stamp")
        assert done.status == 7
        assert "tsa saw " in done.out
        assert "[stamp.unreachable] away 1" in done.err
        assert "away 2 does not answer" in done.err

    def test_without_an_authority_it_says_how_to_set_one(self, owner: Terminal) -> None:
        done = owner("evidence", "stamp")
        assert (done.status, done.out) == (4, "")
        assert "evidence authority add" in done.err

    def test_a_clock_that_is_off_is_told(
        self, owner: Terminal, url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from geowallet.app import wallet  # noqa: PLC0415  patched where the command takes it

        add_authority(owner, url)
        real = wallet.now_us
        monkeypatch.setattr(wallet, "now_us", lambda: real() + 10 * 365 * 86_400_000_000)
        assert "clock is" in owner("evidence", "stamp").err
        assert "clock off by" in owner("evidence", "timeline").out

    def test_a_wrong_certificate_or_address_is_refused(self, owner: Terminal, url: str) -> None:
        words = ("evidence", "authority", "add", "x")
        assert owner(*words, url, "--certificate", "passphrase").status == 3
        assert owner(*words, "tsa.example", "--certificate", "tsa.pem").status == 2
        assert owner(*words, url, "--certificate", "nothing.pem").status == 4
        assert owner("evidence", "authority", "remove", "x").status == 4

    def test_an_authority_is_forgotten(self, owner: Terminal, url: str) -> None:
        assert "No time-stamping" in owner("evidence", "authority", "list").out
        add_authority(owner, url)
        assert "is forgotten" in owner("evidence", "authority", "remove", "tsa").out
        assert owner("evidence", "authority", "list", "--json").records == []


class TestWitness:
    def witness(self, owner: Terminal, folder: str = "witness") -> str:
        done = owner("witness", "init", "exemple.fr/w", "--folder", folder, "--json")
        assert done.status == 0
        return str(done.records[0]["key"])

    def test_signs_a_log_that_grows_and_no_other(self, owner: Terminal) -> None:
        key = self.witness(owner)
        asked = owner("evidence", "witness-request", "one.request", "--key", key, "--json")
        log_key = asked.records[0]["log_key"]
        words = ("--folder", "witness")
        assert owner("witness", "sign", "one.request", *words).status == 23
        signed = owner("witness", "sign", "one.request", *words, "--key", log_key)
        assert "Signed: geowallet/" in signed.out
        assert "exemple.fr/w saw " in owner("evidence", "witness-add", "one.cosigned").out
        assert owner("evidence", "witness-request", "two.request").status == 0
        assert owner("witness", "sign", "two.request", *words).status == 0
        again = owner("witness", "sign", "one.request", *words)
        assert (again.status, "[witness.rolled_back]" in again.err) == (20, True)
        assert "signed by a witness" in owner("evidence", "timeline").out

    def test_begins_where_the_witness_ended(self, owner: Terminal) -> None:
        key = self.witness(owner)
        asked = owner("evidence", "witness-request", "one.request", "--key", key, "--json")
        words = ("--folder", "witness")
        log_key = asked.records[0]["log_key"]
        owner("witness", "sign", "one.request", *words, "--key", log_key)
        refused = owner("witness", "sign", "one.request", *words)
        assert "[witness.old_size]" in refused.err
        known = refused.err.split("--old ")[1].split("'")[0]
        assert owner("evidence", "witness-request", "two.request", "--old", known).status == 0
        assert owner("witness", "sign", "two.request", *words).status == 0

    def test_without_a_key_it_asks_for_one(self, owner: Terminal) -> None:
        assert owner("evidence", "witness-request", "x").status == 4
        assert owner("evidence", "witness-request", "x", "--key", "none").status == 3
        assert owner("evidence", "witness-add", "x").status == 4
        assert owner("witness", "sign", "x", "--folder", "nowhere").status == 4


class TestTheLogForOthers:
    def test_is_written_as_prov(self, owner: Terminal) -> None:
        done = owner("evidence", "export", "--prov", "log.json", "--json")
        document = json.loads((owner.folder / "log.json").read_bytes())
        assert len(document["activity"]) == done.records[0]["entries"] > 4
        assert "entries." in owner("evidence", "export", "--prov", "log.json").out

    def test_an_entry_is_proved_by_a_file(self, owner: Terminal) -> None:
        assert owner("evidence", "proof", "2", "two.tlog-proof").status == 0
        text = (owner.folder / "two.tlog-proof").read_text()
        assert text.startswith("c2sp.org/tlog-proof@v1\nindex 2\n")
        assert owner("evidence", "proof", "999", "x").status == 2

    def test_the_check_names_what_others_saw(self, owner: Terminal, url: str) -> None:
        assert owner("evidence", "check", "--json").records[0]["seen"] == 0
        add_authority(owner, url)
        owner("evidence", "stamp")
        assert "1 state of it that others saw is in it." in owner("evidence", "check").out

    def test_the_timeline_has_a_day_for_what_was_read(self, owner: Terminal) -> None:
        days = owner("evidence", "timeline", "--json").records
        assert days[-1]["counts"]["import"] > 0
        assert days[-1]["late"] > 0
        assert "file read" in owner("evidence", "timeline").out


class TestAnchors:
    def test_are_kept_by_the_desk(self, owner: Terminal, url: str) -> None:
        key = TestWitness().witness(owner)
        assert "nobody's" in owner("desk", "anchor", "list").out
        assert owner("desk", "anchor", "add", "council", "--witness", key).status == 0
        assert owner("desk", "anchor", "add", "tsa", "--certificate", "tsa.pem").status == 0
        assert owner("desk", "anchor", "add", "none").status == 2
        listed = owner("desk", "anchor", "list", "--json").records
        assert [one["anchor"] for one in listed] == ["council", "tsa"]
        assert key in owner("desk", "anchor", "list").out
        assert "no more" in owner("desk", "anchor", "remove", "council").out
