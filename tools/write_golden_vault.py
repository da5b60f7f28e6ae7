"""Write a golden wallet of the present format, to be kept in the tests for ever.

    python -m tools.write_golden_vault tests/vault/golden/format-1

A format that was released opens for ever: a test opens every folder there with the
program of now. So each format has its golden wallet written once and never again; where
one is, this refuses. It holds a day of the simulated month that nobody lived.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geowallet.app import settings, wallet
from geowallet.app.intake.ingest import Manner, ingest
from geowallet.app.keeping import retention
from geowallet.app.keeping.durations import Duration
from geowallet.app.locations import Locations
from geowallet.app.travel.corrections import Correction, correct
from geowallet.app.travel.trips import described_trips
from geowallet.connectors.api import ReadOptions
from geowallet.crypto.canonical import sha256_hex
from geowallet.crypto.keys import KdfCost
from geowallet.model.calendar import WorkWeek
from geowallet.model.mobility import Mode, NamedPlace, PlaceKind, Vehicle
from geowallet.vault import session
from geowallet.vault.backup import backup
from geowallet.vault.records import KINDS

if TYPE_CHECKING:
    from geowallet.vault.store import Vault

PASSPHRASE = b"a golden wallet of nobody at all"
DAY = Path(__file__).parent.parent / "samples/simulated-month/phone/2026-05-04.csv"
NOW_US = 1_780_000_000_000_000
"""28 May 2026."""

_HOURS = (((540, 1020),),) * 5 + ((), ())


def write(folder: Path) -> None:
    """Write ``wallet.gwv``, ``backups`` and ``golden.json`` into a new folder.

    Raises:
        FileExistsError: The folder is there already.
    """
    folder.mkdir(parents=True)
    here = Locations(folder / "wallet.gwv", folder / "desk", folder / "state")
    created = wallet.create_wallet(here, PASSPHRASE, cost=KdfCost.LEAST)
    session.forget(created.vault_id)
    with wallet.opened(here, lambda: PASSPHRASE) as vault:
        fill(vault)
        golden = described(vault) | {
            "passphrase": PASSPHRASE.decode(),
            "recovery": created.recovery,
        }
        backup(vault, folder / "backups", now_us=NOW_US, random=os.urandom)
    text = json.dumps(golden, indent=2, sort_keys=True) + "\n"
    (folder / "golden.json").write_text(text, encoding="utf-8")
    for path in (folder / "state").iterdir():
        path.unlink()
    (folder / "state").rmdir()


def fill(vault: Vault) -> None:
    """Put a record of each common kind into a new wallet."""
    manner = Manner(ReadOptions(), None, lambda: NOW_US)
    ingest(vault, [str(DAY)], manner, progress=lambda _name, _count: None)
    first = described_trips(vault)[0].trip
    home = NamedPlace("Home", PlaceKind.HOME, first.start)
    settings.name_place(vault, home, now_us=NOW_US)
    week = WorkWeek(hours=_HOURS, zone="Europe/Paris", holidays="FR")
    settings.set_work_week(vault, week, now_us=NOW_US)
    settings.add_vehicle(vault, Vehicle("clio", Mode.CAR, "AB-123-CD", 5), now_us=NOW_US)
    settings.set_owner_name(vault, "Nobody", now_us=NOW_US)
    word = Correction(first.start_us, first.end_us, Mode.BUS, None, NOW_US)
    correct(vault, [word])
    rules = retention.Rules(figures=Duration.parse("1000-years"))
    retention.set_rules(vault, rules, now_us=NOW_US)


def described(vault: Vault) -> dict[str, Any]:
    """Return what a program must find in the wallet, whatever its version."""
    mark = vault.mark()
    records = {kind: {name: sha256_hex(body) for name, body in vault.items(kind)} for kind in KINDS}
    return {
        "records": {kind: found for kind, found in records.items() if found},
        "trips": [
            [one.trip.id, str(one.trip.main_leg.mode), round(one.trip.distance_m)]
            for one in described_trips(vault)
        ],
        "entries": mark.size,
        "root": mark.root.hex(),
        "kinds": [str(statement.kind) for _, statement, _ in vault.log_entries()],
    }


if __name__ == "__main__":
    write(Path(sys.argv[1]))
