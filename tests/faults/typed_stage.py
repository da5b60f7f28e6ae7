"""A machine on which every command that writes can be typed.

Beside the wallet are a desk, a witness, a model and an authority that answers
nothing; in ``out``, where commands are typed, lie the files of each that the others read.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from geowallet.app.desk import desk
from geowallet.app.evidence.witness import create_witness
from geowallet.app.travel.models import keep_model
from geowallet.cli.main import run
from geowallet.cli.reports.hand_over import today
from geowallet.crypto.keys import KdfCost
from geowallet.crypto.notes import verifier_key
from geowallet.model.mobility import Mode
from tests.app import scene
from tests.app.models import always
from tests.authority import certified
from tests.faults.quick import answer_at_once

Names = dict[str, str]

OTHER_PASSPHRASE = b"quite another passphrase"

_CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:1
DTSTART:20260504T080000Z
DTEND:20260504T160000Z
SUMMARY:client
END:VEVENT
END:VCALENDAR
"""
_SIGHTING = """kept_as,start,end,place,lat,lon,radius_m
toll,2026-05-04T10:25+02:00,2026-05-04T10:35+02:00,,45.0,5.0,500
"""
_STORY = (
    "desk offer work-hour-mileage --name mileage --covers 2026 --draws 9 --spot-checks 5",
    "desk offer soft-mobility-commute --name bike --covers 2026",
    "contract accept mileage.offer --as Camille --yes",
    "desk open mileage.contract",
    "export mileage --period 2026-05 --confirm mileage",
    "desk odometer AB-123-CD 48210 --day 2026-05-04",
    "vehicle add clio --plate AB-123-CD --power 5",
    "vehicle add velo --mode bike",
    "evidence device init van.key van-1",
)


@contextmanager
def settled(folder: Path) -> Iterator[None]:
    """Let commands find wallet, desk and all else below ``folder``; keys cost little."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(KdfCost, "MODERATE", KdfCost.LEAST)
        answer_at_once(patch)
        patch.chdir(folder / "out")
        patch.setenv("LC_ALL", "C.UTF-8")
        patch.setenv("GEOWALLET_WALLET", str(folder / "wallet.gwv"))
        patch.setenv("GEOWALLET_PASSPHRASE_FILE", str(folder / "passphrase"))
        for name in ("state", "desk", "models"):
            patch.setenv(f"GEOWALLET_{name.upper()}", str(folder / name))
        yield


def typed(words: str, names: Names) -> tuple[int, str, str]:
    """Run one command in this process; return its exit status, what it said, its error's code."""
    said, failed = io.StringIO(), io.StringIO()
    with redirect_stdout(said), redirect_stderr(failed):
        status = run([*(word.format(**names) for word in words.split()), "--json"])
    errors = [json.loads(line) for line in failed.getvalue().splitlines() if line[:1] == "{"]
    codes = [record["error"]["code"] for record in errors if "error" in record]
    return status, said.getvalue(), (codes or [failed.getvalue()[-200:] if status else ""])[-1]


def build(folder: Path) -> Names:
    """Make the machine in ``folder`` and return the names that commands need."""
    here = scene.new_wallet(folder)
    scene.ingest_files(here, scene.write_days(folder / "days", scene.days_of_may(4, 5)))
    with scene.opened(here) as vault:
        scene.introduce(vault)
        log = verifier_key(vault.origin, vault.log_public)
    desk.create_desk(here.desk, "Exemple SAS", scene.PASSPHRASE, cost=KdfCost.LEAST)
    cheap = KdfCost.LEAST
    witness = create_witness(folder / "witness", "exemple.fr/w", scene.PASSPHRASE, cost=cheap)
    _put_files(folder)
    with settled(folder):
        keep_model("buses", always(Mode.BUS))
        for words in _STORY:
            _done(words)
        receipt = _done("desk open mileage-2026-05.jwe")[0]["receipt"]
        return {
            "trip": _done("trip list --all")[0]["trip"],
            "log": log,
            "witness": witness.key,
            "device": _done("evidence device init other.key van-2")[0]["key"],
            "stick": str(folder.with_name("stick.head")),
            "receipt": receipt,
            "received": f"mileage-2026-05-{receipt.replace('-', '')}.received",
            "rotation": f"desk-{today()}.rotation",
        }


def _put_files(folder: Path) -> None:
    out = folder / "out"
    out.mkdir()
    (folder / "passphrase").write_bytes(scene.PASSPHRASE + b"\n")
    (out / "new").write_bytes(OTHER_PASSPHRASE + b"\n")
    root = certified("root", None)
    signer = certified("authority", root, ExtendedKeyUsageOID.TIME_STAMPING)
    (out / "tsa.pem").write_text(signer.pem + root.pem)
    (out / "c.ics").write_text(_CALENDAR)
    (out / "seen.csv").write_text(_SIGHTING)
    (out / "6.csv").write_bytes(scene.car_day(scene.days_of_may(6)[0]))


def _done(words: str) -> list[dict[str, str]]:
    status, said, code = typed(words, {})
    if status:
        raise RuntimeError(words, status, code)
    return [json.loads(line) for line in said.splitlines()]
