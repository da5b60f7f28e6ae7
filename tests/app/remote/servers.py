"""Real servers on loopback, each in a folder of its own: sshd, and lighttpd for WebDAV."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from geowallet.app.remote.access import Access

PASSWORD = b"of the server"

_SSHD = """\
ListenAddress 127.0.0.1
Port {port}
HostKey {home}/host
AuthorizedKeysFile {home}/user.pub
PidFile none
UsePAM no
StrictModes no
PermitRootLogin yes
PasswordAuthentication no
KbdInteractiveAuthentication no
Subsystem sftp internal-sftp
"""

_LIGHTTPD = """\
server.modules = ("mod_auth", "mod_authn_file", "mod_webdav", "mod_openssl")
server.document-root = "{home}/files"
server.bind = "127.0.0.1"
server.port = {port}
server.upload-dirs = ("{home}")
server.errorlog = "{home}/errors"
server.stat-cache-engine = "disable"
webdav.activate = "enable"
auth.backend = "plain"
auth.backend.plain.userfile = "{home}/users"
auth.require = ("" => ("method" => "basic", "realm" => "b", "require" => "valid-user"))
{tls}
"""


@dataclass(frozen=True)
class Server:
    """A server that runs, and what opens it."""

    address: str
    files: Path
    access: Access
    process: subprocess.Popen[bytes]


def program(name: str) -> str:
    """Return the path of a server's program, or skip the test and say why."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _certify(home: Path) -> None:
    """Make a certificate of its own for localhost, and the file of both that lighttpd reads."""
    asked = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost"
    files = ["-keyout", str(home / "key.pem"), "-out", str(home / "authority.pem")]
    command = [program("openssl"), *asked.split(), "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run([*command, *files], check=True, capture_output=True)
    both = (home / "key.pem").read_text() + (home / "authority.pem").read_text()
    (home / "server.pem").write_text(both)


def limited(command: list[str], max_kib: int) -> list[str]:
    """Return a command whose program cannot write longer files: a disk that is full."""
    return ["sh", "-c", f'trap "" XFSZ; ulimit -f {2 * max_kib}; exec "$@"', "sh", *command]


@contextmanager
def running(command: list[str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the end of the block, from when it listens."""
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait(port, process)
            yield process
        finally:
            process.kill()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(1_200):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            pytest.skip("the server does not start on this machine")
        time.sleep(0.05)
    pytest.skip("the server does not listen on this machine")


def _key(path: Path, phrase: str = "") -> None:
    command = [program("ssh-keygen"), "-q", "-t", "ed25519", "-N", phrase, "-f", str(path)]
    subprocess.run(command, check=True)


@contextmanager
def agent(home: Path, key: Path) -> Iterator[str]:
    """Run an SSH agent that holds ``key``, and give the path of its socket."""
    socket_path = home / "agent"
    command = [program("ssh-agent"), "-D", "-a", str(socket_path)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(1_200):
                if socket_path.exists():
                    break
                time.sleep(0.05)
            added = [program("ssh-add"), "-q", str(key)]
            subprocess.run(added, check=True, env={"SSH_AUTH_SOCK": str(socket_path)})
            yield str(socket_path)
        finally:
            process.kill()


@contextmanager
def small_disk(folder: Path, max_kib: int) -> Iterator[Callable[[int], None]]:
    """Mount a disk of so many KiB at ``folder``, and give what makes it larger or smaller.

    Only root can, and not in every container: else the test is skipped.
    """
    folder.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={max_kib}k", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a disk of its own cannot be mounted here")

    def resize(kib: int) -> None:
        subprocess.run(["mount", "-o", f"remount,size={kib}k", str(folder)], check=True)

    try:
        yield resize
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def sshd(home: Path, *, phrase: str = "", max_kib: int = 0) -> Iterator[Server]:
    """Run an SSH server that serves ``home / "files"`` to this very user."""
    (home / "files").mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    if not (home / "host").exists():
        _key(home / "host")
        _key(home / "user", phrase)
    port = free_port()
    (home / "config").write_text(_SSHD.format(port=port, home=home))
    host = (home / "host.pub").read_text()
    (home / "known").write_text(f"[127.0.0.1]:{port} {host}")
    access = Access(phrase.encode, known_hosts=home / "known", ssh_key=home / "user")
    command = [program("sshd"), "-D", "-e", "-f", str(home / "config")]
    with running(limited(command, max_kib) if max_kib else command, port) as process:
        address = f"sftp://{getpass.getuser()}@127.0.0.1:{port}{home}/files/backups"
        yield Server(address, home / "files" / "backups", access, process)


@contextmanager
def webdav(home: Path, *, tls: bool = False, max_kib: int = 0) -> Iterator[Server]:
    """Run a web server that takes files into ``home / "files"``, with basic authentication."""
    (home / "files").mkdir(parents=True, exist_ok=True)
    (home / "users").write_bytes(b"anna:" + PASSWORD + b"\n")
    lines = ""
    if tls:
        _certify(home)
        lines = f'ssl.engine = "enable"\nssl.pemfile = "{home}/server.pem"'
    port = free_port()
    (home / "config").write_text(_LIGHTTPD.format(port=port, home=home, tls=lines))
    access = Access(lambda: PASSWORD)
    command = [program("lighttpd"), "-D", "-f", str(home / "config")]
    with running(limited(command, max_kib) if max_kib else command, port) as process:
        scheme, host = ("webdavs", "localhost") if tls else ("webdav", "127.0.0.1")
        address = f"{scheme}://anna@{host}:{port}/wallet/backups"
        yield Server(address, home / "files" / "wallet" / "backups", access, process)
