"""A time-stamping authority of our own: ``openssl ts`` behind a small server on loopback."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

POLICY = "1.3.6.1.4.1.99999.1"
OTHER_POLICY = "1.3.6.1.4.1.99999.2"

_CONFIG = """\
[tsa]
default_tsa = t
[t]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/{signer}.pem
certs = {folder}/chain.pem
signer_key = {folder}/{signer}.key
signer_digest = sha256
default_policy = {policy}
other_policies = {policy}
digests = sha256, sha384, sha512
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


@dataclass(frozen=True)
class Certified:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()


def certified(
    name: str, issuer: Certified | None, *uses: ObjectIdentifier, critical: bool = True
) -> Certified:
    """Return a certificate that ``issuer`` signed, or its own root without one."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    above = issuer.certificate.subject if issuer else subject
    now = dt.datetime.now(tz=dt.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(above)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    )
    usage = x509.KeyUsage(
        digital_signature=issuer is not None,
        key_cert_sign=issuer is None,
        crl_sign=issuer is None,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    builder = builder.add_extension(usage, critical=True)
    builder = builder.add_extension(
        x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
    )
    if uses:
        builder = builder.add_extension(x509.ExtendedKeyUsage(uses), critical=critical)
    signer = issuer.key if issuer else key
    return Certified(builder.sign(signer, hashes.SHA256()), key)


@dataclass
class LocalAuthority:
    """The authority, its answers, and its address while it is served."""

    folder: Path
    root: Certified
    signer: Certified
    policy: str = POLICY
    asked: list[bytes] = field(default_factory=list)

    @property
    def pem(self) -> str:
        """What somebody pins: the signing certificate and its root."""
        return self.signer.pem + self.root.pem

    def answer(self, request: bytes) -> bytes:
        """Return what ``openssl ts`` answers."""
        self.asked.append(request)
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            query, reply = Path(folder) / "query", Path(folder) / "reply"
            query.write_bytes(request)
            settings = str(self.folder / "tsa.cnf")
            command = ["openssl", "ts", "-reply", "-config", settings, "-queryfile", str(query)]
            subprocess.run([*command, "-out", str(reply)], check=True, capture_output=True)
            return reply.read_bytes()


def new_authority(folder: Path, *, policy: str = POLICY) -> LocalAuthority:
    """Make keys and settings of an authority, or skip where there is no openssl."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl, the authority of these tests, is not installed")
    root = certified("root of the tests", None)
    signer = certified("authority of the tests", root, ExtendedKeyUsageOID.TIME_STAMPING)
    folder.mkdir(parents=True, exist_ok=True)
    for name, one in (("chain", root), ("signer", signer)):
        (folder / f"{name}.pem").write_text(one.pem)
        private = one.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        (folder / f"{name}.key").write_bytes(private)
    (folder / "serial").write_text("01\n")
    settings = _CONFIG.format(folder=folder, signer="signer", policy=policy)
    (folder / "tsa.cnf").write_text(settings)
    return LocalAuthority(folder, root, signer, policy)


@contextmanager
def served(
    answer: Callable[[bytes], bytes],
    *,
    kind: str = "application/timestamp-reply",
    status: int = 200,
    drip_s: float = 0.0,
) -> Iterator[str]:
    """Serve answers on loopback and yield the address; ``drip_s`` waits before each byte."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            reply = answer(body)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.end_headers()
            try:
                self._write(reply)
            except OSError:
                return  # the other side had enough

        def _write(self, reply: bytes) -> None:
            if not drip_s:
                self.wfile.write(reply)
                return
            for number in range(len(reply)):
                time.sleep(drip_s)
                self.wfile.write(reply[number : number + 1])

        def log_message(self, *_said: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
