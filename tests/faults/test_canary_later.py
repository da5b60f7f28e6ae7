"""The canary again, through what came later: contracts that end, audits, backups, erasure."""

from __future__ import annotations

import json
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from geowallet.app.desk import desk
from geowallet.contracts.templates.templates import TEMPLATES
from geowallet.crypto.encoding import unb64u
from geowallet.model.errors import WrongRecipientError
from geowallet.verify.open import open_sealed_export
from tests.app.scene import CLIENT
from tests.faults.test_canary import (
    COORDINATES,
    DESK_SPOKEN,
    DEVICE,
    PLACE_NAMES,
    PLATE,
    SPOKEN,
    Outside,
    cheap_keys,
    found_in,
    live,
    near,
    plant,
)

pytestmark = pytest.mark.slow

HEAD = "kept_as,start,end,place,lat,lon,radius_m\n"
AWAY_NAME = "Canaryclient Cormorant"
ELSEWHERE = HEAD + "toll,2026-05-04T10:25+02:00,2026-05-04T10:35+02:00,,45.0,5.0,500\n"


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Outside:
    """A machine on which the newer commands were typed, good and bad."""
    box = Outside(tmp_path_factory.mktemp("later"))
    files = plant(box.root / "canaryfolder")
    cheap_keys(box)
    box.run("ingest", str(files["day4"]), str(files["day5"]))
    live(box)
    box.run("contract", "list", status=None)
    go_apart(box, files)
    change(box)
    join(box)
    report(box)
    audit(box)
    of_every_template(box)
    end(box)
    keep(box, files)
    forget(box)
    return box


def go_apart(box: Outside, files: dict[str, Path]) -> None:
    """Let a copy of the wallet go on by itself on another machine."""
    away = Outside(box.root / "away", said=box.said)
    shutil.copy(box.locations.wallet, away.locations.wallet)
    away.run("trip", "list")
    away.run("ingest", str(files["naive.csv"]), "--zone", "Europe/Paris", status=None)
    away.run("place", "name", away.place_at(CLIENT), AWAY_NAME, "--kind", "client")
    away.run("vehicle", "fuel", "clio", "41", "--day", "2026-05-05", status=None)
    for name in ("pp", "desk-pp"):  # the other machine's owner typed them
        (away.root / name).unlink()


def join(box: Outside) -> None:
    """Take the copy in, with odometer readings that a workshop signed; change the key."""
    other = str(box.root / "away" / "wallet.gwv")
    box.look("vault", "compare", other, status=None)
    box.run("vault", "merge", other, "--take", "all", "--dry-run")
    box.run("vault", "merge", other, "--take", "all", "--theirs", "--yes", "--json")
    box.run("vault", "merge", str(box.root / "pp"), "--yes", status=None)
    box.run("desk", "odometer", PLATE, "12400", "--day", "2026-05-05", who="desk-pp")
    (reading,) = (box.root / "out").glob("*.reading")
    box.look("vehicle", "odometer", "clio", "--statement", reading.name)
    box.run("vehicle", "odometer", "clio", "--statement", "../pp", status=None)
    box.look("evidence", "flags")
    box.look("evidence", "replays")
    box.run("key", "rotate-identity", "--out", "keys", "--yes")
    box.run("key", "rotation-notice", "--out", "keys", status=None)


def change(box: Outside) -> None:
    """Say otherwise of trips, vehicles and places."""
    rows = [json.loads(line) for line in box.run("trip", "list", "--all", "--json").splitlines()]
    trip = rows[0]["trip"]
    box.run("trip", "label", trip, "--purpose", "business", "--tag", "canary-tag")
    box.run("trip", "label", trip, "--undo")
    for row in rows[4:]:
        box.run("trip", "label", row["trip"], "--mode", "car", "--purpose", "business")
    box.run("trip", "reason", trip, "to a client", status=None)
    box.run("trip", "split", trip, "--at", "99:99", status=None)
    box.run("trip", "merge", trip, status=None)
    box.run("trip", "recompute", "--dry-run")
    box.run("trip", "rule", "add", "--set", "mode=bus", "--weekday", "mon", status=None)
    box.look("trip", "rule", "list")
    box.run("vehicle", "odometer", "clio", "12345", "--day", "2026-05-04", status=None)
    box.run("vehicle", "fuel", "clio", "40", "--day", "2026-05-04", status=None)
    box.run("place", "forget", "nowhere at all", status=None)
    box.run("analyse", str(box.root / "canaryfolder" / "2026-05-04.csv"), status=None)
    box.run("analyse", str(box.root / "canaryfolder" / "latitude.csv"), "--json", status=None)


def report(box: Outside) -> None:
    for words in (
        ("mileage", "--period", "2026-05"),
        ("commute", "--year", "2026"),
        ("driving", "--period", "2026-05"),
        ("gaps", "--period", "2026-05"),
        ("year", "--year", "2026"),
    ):
        box.look("report", *words, status=None)


def audit(box: Outside) -> None:
    """Look behind a total, and show the log to others."""
    offer(box, "work-hour-mileage", "deep", "--draws", "10", "--spot-checks", "5")
    for words in (
        ("contract", "preview", "deep", "--period", "2026-05", "--raw"),
        ("contract", "simulate", "deep.offer"),
        ("contract", "show", "deep", "--odrl"),
        ("contract", "show", "deep", "--receipt"),
    ):
        box.look(*words, status=None)
    box.run("export", "deep", "--period", "2026-05", "--confirm", "deep")
    box.run("desk", "inbox", ".", who="desk-pp", status=None)
    sealed = "deep-2026-05.jwe"
    box.run("desk", "audit", "challenge", sealed, "--draws", "3", who="desk-pp")
    box.run("export", "audit-answer", "deep-2026-05.challenge", "--confirm", "deep")
    box.look("desk", "audit", "check", "deep-2026-05.answer", who="desk-pp")
    (box.root / "out" / "sightings.csv").write_text(ELSEWHERE)
    box.run("desk", "spot-check", sealed, "sightings.csv", who="desk-pp", status=None)
    box.run("export", "audit-answer", "deep-2026-05.spot", "--confirm", "deep", status=None)
    box.look("export", "list")
    box.run("desk", "receipt", sealed, who="desk-pp", status=None)


def of_every_template(box: Outside) -> None:
    """Offer by each template with what is usual; where it asks for more, it says so."""
    for template in sorted(TEMPLATES):
        name = template[:30]
        words = ("desk", "offer", template, "--name", name, "--covers", "2026")
        box.run(*words, who="desk-pp", status=None)
        if not (box.root / "out" / f"{name}.offer").exists():
            continue
        box.run(
            "contract", "accept", f"{name}.offer", "--as", "Camille Martin", "--yes", status=None
        )
        box.run("desk", "open", f"{name}.contract", who="desk-pp", status=None)
        for period in ("2026-05", "2026"):
            box.run("export", name, "--period", period, "--confirm", name, status=None)


def end(box: Outside) -> None:
    offer_only(box, "soft-mobility-commute", "bike")
    box.run("contract", "decline", "bike.offer", "--reason", "not by mode")
    box.run("contract", "withdraw", "deep", "--confirm", "deep")
    box.run("desk", "inbox", ".", who="desk-pp", status=None)
    box.look("contract", "history")
    box.look("desk", "list", "--answers", who="desk-pp")
    box.run("desk", "rotate", who="desk-pp", status=None)
    box.look("contract", "recipient", "list")


def keep(box: Outside, files: dict[str, Path]) -> None:
    """Back up, restore, remember, set rules; the disk fills while that is done."""
    backups, memory = str(box.root / "backups"), str(box.root / "memory")
    box.run("vault", "backup", backups)
    box.look("vault", "backup", backups, "--check")
    box.run("vault", "restore", backups, str(box.root / "back.gwv"))
    box.run("vault", "restore", memory, str(box.root / "no.gwv"), status=None)
    box.look("vault", "check", "--percent", "50")
    box.look("vault", "sources")
    box.look("vault", "copies")
    box.run("vault", "memory", "add", memory, status=None)
    box.look("vault", "memory", "list")
    box.run("vault", "keep", "fixes", "3-months", status=None)
    box.run("vault", "keep", "apply", "--dry-run", status=None)
    box.look("vault", "keep", "list")
    box.run("key", "list")
    box.run("connector", "check", "gpx", str(files["cut.gpx"]), status=None)
    box.run("work", "calendar", "add", str(files["noise.bin"]), status=None)
    box.run("contract", "module", "check", str(files["noise.bin"]), status=None)
    box.run("desk", "anchor", "add", "x", "--witness", "no key", who="desk-pp", status=None)
    box.run("evidence", "witness-add", str(files["cut.gpx"]), status=None)


def forget(box: Outside) -> None:
    for words in (
        ("--day", "2026-05-05", "--dry-run"),
        ("--day", "2026-05-05", "--yes", "--confirm", "2026-05-05"),
        ("--place", PLACE_NAMES[0], "--dry-run"),
        ("--place", "nowhere at all"),
    ):
        box.look("vault", "erase", *words, status=None)
    box.look("evidence", "list", "--all")


def offer_only(box: Outside, template: str, name: str, *more: str) -> None:
    words = ("desk", "offer", template, "--name", name, "--covers", "2026", *more)
    if not (box.root / "desk").exists():
        box.run("desk", "init", "Exemple SAS", who="desk-pp")
    box.run(*words, who="desk-pp")


def offer(box: Outside, template: str, name: str, *more: str) -> None:
    offer_only(box, template, name, *more)
    box.run("contract", "accept", f"{name}.offer", "--as", "Camille Martin", "--yes")
    box.run("desk", "open", f"{name}.contract", who="desk-pp")


def decoded(sd_jwt: str) -> list[bytes]:
    """Return header, claims and disclosures, if there are any."""
    jwt, *disclosures = sd_jwt.rstrip("~").split("~")
    return [unb64u(part) for part in (*jwt.split(".")[:2], *disclosures)]


class TestLater:
    """Promise: no position leaves the wallet, not in an error, a backup or a core file."""

    def test_much_was_typed_and_much_of_it_worked(self, later: Outside) -> None:
        statuses = [status for _, status, _ in later.said if status >= 0]
        assert len(statuses) > 120
        assert statuses.count(0) > len(statuses) * 0.6

    def test_no_command_says_a_coordinate(self, later: Outside) -> None:
        for command, _, body in later.said:
            assert (command, found_in(body, COORDINATES), near(body)) == (command, [], [])

    def test_no_file_holds_a_coordinate_or_a_secret(self, later: Outside) -> None:
        texts = [form for form in COORDINATES if len(form) > 5]
        secrets = [SPOKEN.encode(), DESK_SPOKEN.encode()]
        folders = set()
        for path in later.files():
            body = path.read_bytes()
            assert (path.name, found_in(body, [*texts, *secrets])) == (path.name, [])
            folders.add(path.relative_to(later.root).parts[0])
        assert {"backups", "out", "wallet.gwv", "back.gwv", "desk", "state"} <= folders

    def test_names_stay_in_commands_that_show_them_to_the_owner(self, later: Outside) -> None:
        names = [name.encode() for name in (*PLACE_NAMES, AWAY_NAME, PLATE, DEVICE)]
        for path in later.files():
            assert (path.name, found_in(path.read_bytes(), names)) == (path.name, [])
        shown = {command.split()[0] for command, _, body in later.said if found_in(body, names)}
        assert shown.isdisjoint({"desk", "verify", "evidence", "doctor", "export"}), shown

    def test_every_export_holds_figures_only(self, later: Outside) -> None:
        reader = desk.open_desk(later.root / "desk", DESK_SPOKEN.encode)
        opened = 0
        names = [name.encode() for name in (*PLACE_NAMES, AWAY_NAME, PLATE, DEVICE)]
        for path in sorted((later.root / "out").glob("*.jwe")):
            for pair in reader.pairs:
                try:
                    sd_jwt = open_sealed_export(path.read_bytes(), pair.sealing_jwk)
                except WrongRecipientError:
                    continue
                opened += 1
                for body in decoded(sd_jwt):
                    assert (path.name, found_in(body, [*COORDINATES, *names])) == (path.name, [])
        assert opened >= 3

    def test_nothing_is_left_in_the_temporary_folder_or_at_home(self, later: Outside) -> None:
        left = [p for folder in ("tmp", "home") for p in (later.root / folder).rglob("*")]
        assert [path for path in left if path.is_file()] == []

    def test_a_crash_leaves_no_core_file(self, later: Outside) -> None:
        """While it waits for its input, with the wallet's passphrase in memory."""
        folder = later.root / "crash"
        folder.mkdir()
        code = (
            "import os, sys\n"
            "import geowallet.app.travel.trips as trips\n"
            "trips.described_trips = lambda *_, **__: os.kill(os.getpid(), 11)\n"
            "sys.argv = ['geowallet', 'trip', 'list', '--all']\n"
            "from geowallet.__main__ import main\n"
            "main()\n"
        )
        everything = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=folder,
            env=later.environment | {"GEOWALLET_PASSPHRASE_FILE": str(later.root / "pp")},
            check=False,
            capture_output=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, everything),
        )
        assert done.returncode == -signal.SIGSEGV, done.stderr[-300:]
        assert list(folder.iterdir()) == []
