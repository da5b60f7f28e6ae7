"""A real Secret Service (gnome-keyring) on a message bus of its own, over several logins."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from geowallet.app.locations import Locations

NEEDED = ("dbus-run-session", "gnome-keyring-daemon")
MISSING = [name for name in NEEDED if shutil.which(name) is None]

pytestmark = pytest.mark.skipif(
    bool(MISSING), reason=f"not installed: {', '.join(MISSING)} (Debian: gnome-keyring)"
)

START = """
import sys
from pathlib import Path
from geowallet.app import keyrings, keys, wallet
from geowallet.app.locations import Locations
from geowallet.model.errors import GeowalletError
here = Locations(*map(Path, sys.argv[1:4]))
def shown(act):
    try:
        print(act())
    except GeowalletError as error:
        print(error.code)
"""

ADD = """
master = wallet.master_of(here, b"correct horse battery staple")
print(keys.add_keyring(here, master, "laptop"))
print(keyrings.master_by_keyring(here) == master)
"""

LATER = "print([one.error for one in keyrings.held(here)])"

LOCKED = "shown(lambda: keyrings.master_by_keyring(here))"

REMOVE = """
keys.remove(here, wallet.master_of(here, b"correct horse battery staple"), 3)
import secretstorage
bus = secretstorage.dbus_init()
print([item.get_label() for item in secretstorage.get_default_collection(bus).get_all_items()])
"""


@dataclass(frozen=True)
class Desktop:
    """A user's home, in which somebody logs in again and again."""

    home: Path
    here: Locations

    def login(self, script: str, *, unlocked: bool = True) -> list[str]:
        """Run ``script`` in a new session, whose keyring was unlocked at login or not."""
        unlock = 'printf %s "a login" | gnome-keyring-daemon --unlock --components=secrets'
        lock = "gnome-keyring-daemon --start --components=secrets"
        begin = f'({unlock if unlocked else lock}) >/dev/null 2>&1; exec "$@"'
        paths = (self.here.wallet, self.here.desk, self.here.state)
        python = [sys.executable, "-c", START + script, *map(str, paths)]
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(self.home),
            "XDG_DATA_HOME": str(self.home / "data"),
        }
        done = subprocess.run(
            ["dbus-run-session", "--", "sh", "-c", begin, "sh", *python],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()


@pytest.fixture
def desktop(empty: Locations, tmp_path: Path) -> Desktop:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    return Desktop(home, empty)


def test_it_opens_the_wallet_at_every_login_and_not_while_locked(desktop: Desktop) -> None:
    assert desktop.login(ADD) == ["3", "True"]
    assert desktop.login(LATER) == ["[None]"]
    assert desktop.login(LOCKED, unlocked=False) == ["key.keyring"]
    assert desktop.login(REMOVE) == ["[]"]
