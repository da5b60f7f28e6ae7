"""Does one use case in a folder, once, and says so when it is done.

``python -m tests.faults.acting ACTION FOLDER [FILES]``: an action of
`tests.faults.dying`. Prints ``done SIZE`` with the length of the evidence log, and
``left NAME SHA256`` for each file that left; what was printed may not be lost.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from geowallet.crypto.canonical import sha256_hex
from geowallet.model.errors import GeowalletError
from geowallet.vault import session
from tests.app import scene
from tests.faults.dying import ACTIONS, PREPARED

UNSAID = 9
"""Exit status of a process that did its work and could not say so."""


def main() -> int:
    action, name, *files = sys.argv[1:]
    folder = Path(name)
    session._ring = lambda: None
    try:
        act = PREPARED[action](folder) if action in PREPARED else ACTIONS[action]
        act(folder, files)
    except GeowalletError as error:
        with suppress(OSError):  # where all writing fails, so does this
            os.write(2, error.code.encode())
        return error.exit_status
    with scene.opened(scene.places_at(folder)) as vault:
        said = [f"done {vault.mark().size}"]
    files_out = sorted((folder / "out").glob("*"))
    said += [f"left {path.name} {sha256_hex(path.read_bytes())}" for path in files_out]
    try:
        os.write(1, ("\n".join(said) + "\n").encode())
    except OSError:
        return UNSAID
    return 0


if __name__ == "__main__":
    sys.exit(main())
