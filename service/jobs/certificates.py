"""Keys of a cluster: who holds them is a member, and members run what they are sent.

One authority and one certificate for all members, made once by ``mizan cluster keys``. TLS is
mutual; names of hosts are not looked at, since members move.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from geo.notes import said
from service.settings import Settings

CA, CERTIFICATE, KEY = "ca.pem", "cert.pem", "key.pem"
YEARS = 5
_OTHERS = 0o007
_WRITE_BY_OTHERS = 0o022


OPEN = said(
    "Other accounts of this machine can read or replace {path}, which belongs to the cluster's "
    "keys. Close it: mode 600 for the files, 700 for their folder."
)


class OpenKeysError(PermissionError):
    """Other accounts of this machine can read the key, or put another one in its place."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"others can read or replace {path}")
        self.path = path


def make_keys(folder: Path) -> None:
    """Write the three files, readable for their owner only.

    Raises:
        FileExistsError: some are there; running members would be shut out.
        OpenKeysError: the folder is there and others may write to it. Its mode is left alone: it
            may hold other things.

    """
    from cryptography import x509  # noqa: PLC0415 (only clusters need it)
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
    from cryptography.x509.oid import NameOID  # noqa: PLC0415

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if _grants(folder, _WRITE_BY_OTHERS):
        raise OpenKeysError(folder)
    there = [name for name in (CA, CERTIFICATE, KEY) if (folder / name).exists()]
    if there:
        raise FileExistsError(folder / there[0])

    def named(name: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])

    now = datetime.now(UTC)
    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca_name, member = named("mizan cluster authority"), named("mizan cluster member")

    def built(subject: x509.Name, public: ec.EllipticCurvePublicKey, *, ca: bool) -> bytes:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(ca_name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))  # clocks differ
            .not_valid_after(now + timedelta(days=365 * YEARS))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=0 if ca else None), True)
        )
        signed = builder.sign(ca_key, hashes.SHA256())
        return signed.public_bytes(serialization.Encoding.PEM)

    # The authority's own key is not kept: nobody can make another member later.
    files = {
        CA: built(ca_name, ca_key.public_key(), ca=True),
        CERTIFICATE: built(member, key.public_key(), ca=False),
        KEY: key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    }
    for name, content in files.items():
        file = folder / name
        file.touch(mode=0o600)
        file.write_bytes(content)


def security_of(settings: Settings) -> Any:
    """What distributed wants to know.

    Raises:
        FileNotFoundError: a file is missing.
        OpenKeysError: see ``check_closed``.

    """
    from distributed.security import Security  # noqa: PLC0415 (only clusters need it)

    folder = settings.scheduler_keys
    assert folder is not None
    ca, certificate, key = (folder / name for name in (CA, CERTIFICATE, KEY))
    for file in (ca, certificate, key):
        if not file.is_file():
            raise FileNotFoundError(file)
    check_closed(folder)
    held = {
        f"tls_{role}_{what}": str(file)
        for role in ("client", "scheduler", "worker")
        for what, file in (("cert", certificate), ("key", key))
    }
    return Security(tls_ca_file=str(ca), require_encryption=True, **held)


def check_closed(folder: Path) -> None:
    """Raises ``OpenKeysError`` where others can read the key or change what members trust.

    The group may read, not write: root may own the files and the service's group use them.
    """
    for path in (folder, *(folder / name for name in (CA, CERTIFICATE, KEY))):
        if _grants(path, _WRITE_BY_OTHERS | (_OTHERS if path.name == KEY else 0)):
            raise OpenKeysError(path)


def _grants(path: Path, bits: int) -> bool:
    # Windows tells no such bits: access lists are the machine's there.
    return os.name == "posix" and bool(path.stat().st_mode & bits)


def end_of(settings: Settings) -> datetime:
    """When the certificate of the members ends."""
    from cryptography import x509  # noqa: PLC0415 (only clusters need it)

    assert settings.scheduler_keys is not None
    held = x509.load_pem_x509_certificate((settings.scheduler_keys / CERTIFICATE).read_bytes())
    return held.not_valid_after_utc
