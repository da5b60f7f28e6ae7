"""Where the wallet, the recipient's desk and the state of this machine live."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

_APP = "geowallet"


@dataclass(frozen=True, slots=True)
class Locations:
    """Paths of one owner on one machine.

    Attributes:
        wallet: The wallet's single file.
        desk: The folder of a recipient.
        state: Folder of what this machine remembers about wallets: the
            newest head seen of each, which is no secret.
    """

    wallet: Path
    desk: Path
    state: Path

    @classmethod
    def of(cls, *, wallet: Path | None = None, desk: Path | None = None) -> Locations:
        """Return the places that were chosen, or the platform's defaults."""
        data = Path(platformdirs.user_data_dir(_APP, appauthor=False))
        state = os.environ.get("GEOWALLET_STATE") or platformdirs.user_state_dir(_APP, False)
        return cls(
            wallet=(wallet or data / "wallet.gwv").expanduser().absolute(),
            desk=(desk or data / "desk").expanduser().absolute(),
            state=Path(state).expanduser().absolute(),
        )

    def highwater(self, vault_id: str) -> Path:
        """Return the file that remembers the newest head of one wallet."""
        return self.state / f"{vault_id}.head"

    def rules_looked(self, vault_id: str) -> Path:
        """Return the file that remembers when the rules of one wallet were last looked at."""
        return self.state / f"{vault_id}.kept"


def trust_file() -> Path:
    """Return the file that lists the connectors the owner trusts; it needs no wallet."""
    folder = os.environ.get("GEOWALLET_CONFIG") or platformdirs.user_config_dir(_APP, False)
    return Path(folder).expanduser().absolute() / "connectors.json"


def witness_folder(chosen: Path | None) -> Path:
    """Return the folder of a witness: the one chosen, or the platform's default."""
    data = Path(platformdirs.user_data_dir(_APP, appauthor=False))
    return (chosen or data / "witness").expanduser().absolute()
