"""What leaves with the owner's keys, and what a workshop signs: changes, receipts, readings."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from geowallet.app.desk.odometers import sign_reading
from geowallet.app.sharing import agreements, rotating
from geowallet.app.sharing.attesting import attested
from geowallet.app.vehicles.statements import statement_in
from geowallet.contracts.life.rotation_notice import read_notice
from geowallet.contracts.life.signed_receipt import ERASURE_SCHEMA, read_receipt
from geowallet.contracts.words.consent_receipt import consent_receipt
from geowallet.vault.store import Vault
from tests.app import scene

Read = Callable[[bytes], object]


def key_papers(vault: Vault, folder: Path) -> Iterator[tuple[str, bytes, Read]]:
    """Make a notice, both kinds of receipt and a reading; each with its name and what reads it."""
    rotating.rotate_identity(vault, now_us=scene.NOON_US)
    notice = rotating.write_notices(vault, folder / "keys")[0].read_bytes()
    contract = agreements.every_contract(vault)[0]
    erased = {"schema": ERASURE_SCHEMA, "positions": 7, "at_us": 1, "confirmed": True}
    yield "change of keys", notice, read_notice
    for kind, said in (("consent", consent_receipt(contract)), ("erasure", erased)):
        text = json.dumps(attested(vault, said), indent=2)
        yield f"receipt of {kind}", text.encode(), read_receipt
    yield _reading(folder)


def _reading(folder: Path) -> tuple[str, bytes, Read]:
    garage = scene.new_desk(folder / "garage")
    _, path = sign_reading(garage, "AB-123-CD", 48_210, day=scene.TODAY, target=folder / "garage")

    def read(data: bytes) -> object:
        path.write_bytes(data)
        return statement_in(path)

    return "signed odometer reading", path.read_bytes(), read
