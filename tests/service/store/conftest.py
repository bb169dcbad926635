"""One contract, two databases: every test that asks for ``store`` runs on both."""

import os
import pwd
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from service.store import Store, open_store


def _as_postgres() -> dict[str, object]:
    """A server refuses to run as root: take Debian's own account for it."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam("postgres")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


@contextmanager
def _cluster(folder: Path) -> Iterator[str]:
    bins = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    initdb = shutil.which("initdb") or (str(bins[-1] / "initdb") if bins else None)
    pg_ctl = shutil.which("pg_ctl") or (str(bins[-1] / "pg_ctl") if bins else None)
    if initdb is None or pg_ctl is None:
        pytest.skip("no PostgreSQL server is installed (initdb, pg_ctl)")
    try:
        who = _as_postgres()
    except KeyError:
        pytest.skip("PostgreSQL does not run as root, and there is no account postgres")
    folder.chmod(0o777)
    data = folder / "data"
    quiet = {"capture_output": True, "cwd": str(folder), "timeout": 120, **who}
    subprocess.run(
        [initdb, "-D", str(data), "-U", "mizan", "-A", "trust", "--no-sync", "-E", "UTF8"],
        check=True,
        **quiet,
    )
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
    log = folder / "log"
    subprocess.run(
        [pg_ctl, "-D", str(data), "-w", "-l", str(log), "-o", options, "start"], check=True, **quiet
    )
    try:
        yield f"postgresql+psycopg://mizan@/{{name}}?host={folder}"
    finally:
        subprocess.run([pg_ctl, "-D", str(data), "-m", "immediate", "stop"], check=True, **quiet)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    import tempfile

    # A socket's path must be short, and every folder above it readable for the server's account.
    with (
        tempfile.TemporaryDirectory(prefix="mizan-pg-", ignore_cleanup_errors=True) as folder,
        _cluster(Path(folder)) as url,
    ):
        yield url


@pytest.fixture
def empty_postgresql(postgresql: str) -> str:
    """The address of a database that holds nothing yet."""
    name = f"t{uuid.uuid4().hex[:12]}"
    admin = create_engine(postgresql.format(name="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return postgresql.format(name=name)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        with open_store(tmp_path / "home" / "mizan.db") as opened:
            yield opened
        return
    with open_store(request.getfixturevalue("empty_postgresql"), home=tmp_path / "home") as opened:
        yield opened
