"""Use case of a workshop, or whoever else reads odometers: sign what one shows."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from geowallet.app.files import write_new
from geowallet.model.errors import BadRegistrationError
from geowallet.proofs.odometer import registration_of, state_odometer

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from geowallet.app.desk.desk import Desk
    from geowallet.proofs.odometer import Statement


def sign_reading(
    desk: Desk, registration: str, km: int, *, day: dt.date, target: Path
) -> tuple[Statement, Path]:
    """Sign what an odometer shows, and return the statement and where it was written.

    Args:
        desk: Opened, of whoever read it.
        registration: Of the vehicle, as it is typed.
        km: What it shows.
        day: When.
        target: Folder for the file; one that is there is not replaced.

    Raises:
        BadRegistrationError: No registration, or more kilometres than any vehicle has.
        DiskFullError: It could not be written.
    """
    vehicle = registration_of(registration)
    try:
        found = state_odometer(vehicle, km, day, private_jwk=desk.signing_jwk, salts=os.urandom)
    except ValueError as error:
        raise BadRegistrationError from error
    path = target / f"odometer-{vehicle.lower()}-{day.isoformat()}.reading"
    return found, write_new(path, f"{found.text}\n".encode())
