"""The store: all that an installation keeps, behind one object."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

import geopandas as gpd
import pandas as pd
from sqlalchemy import URL, Connection, Engine, insert, select

from geo.places import Crossing, Forum, Level, Office, Source
from optimizer.staff import Post
from service.store.accounts import Accounts
from service.store.audit import AuditLog
from service.store.changes import Changes
from service.store.datasets import Datasets, Kind
from service.store.decisions import Decisions
from service.store.engine import Transactions
from service.store.errors import DamagedStoreError
from service.store.grants import Grants
from service.store.guard import Seal
from service.store.jobs import Jobs
from service.store.plans import Plans, Scenarios
from service.store.records import Records
from service.store.states import States
from service.store.tables_work import MetaRow
from service.store.weight_sets import WeightSets

GENERATION = "generation"


class Store:
    """Versions of data, scenarios, jobs, plans, accounts and the audit log.

    Every method is one transaction. Several acts become one inside ``with store.write():``, and
    an act and its audit entry should.
    """

    def __init__(self, engine: Engine, home: Path) -> None:
        self.engine = engine
        self.home = home
        self.transactions = Transactions(engine, self.seal)
        self.changes = Changes(self.transactions)
        self._seal = Seal(home)
        self.datasets = Datasets(self.transactions)
        self.states = States(self.transactions.read)
        self.scenarios = Scenarios(self.transactions)
        self.jobs = Jobs(self.transactions)
        self.plans = Plans(self.transactions)
        self.accounts = Accounts(self.transactions)
        self.grants = Grants(self.transactions)
        self.audit = AuditLog(self.transactions, self.sealed_head)
        self.decisions = Decisions(self.transactions, self.audit)
        self.weight_sets = WeightSets(self.transactions)

    @property
    def url(self) -> URL:
        return self.engine.url

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give back all connections."""
        self.changes.close()
        self.engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view for several queries."""
        with self.transactions.read() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """All of the block or nothing. Blocks inside join the outer one.

        When the outermost block is on the disk, the head of the audit log is sealed outside.
        """
        with self.transactions.write() as connection:
            yield connection

    def records(self) -> Records:
        """The data as it is now; keep the object to read several frames of one state."""
        return Records(self.transactions.read, self.datasets.active())

    def at(self, version: str) -> Records:
        """The data as it was when it had this version."""
        return Records(self.transactions.read, self.datasets.at_version(version))

    def data_version(self) -> str:
        """A short digest of the active versions: equal data, equal digest."""
        return self.datasets.version()

    def sources(self, *kinds: Kind) -> tuple[Source, ...]:
        """Where the active data come from, by version; of all kinds if none is named."""
        return tuple(
            Source(
                name=d.source or d.file_name or d.kind.value,
                as_of=d.as_of,
                standing=d.standing,
                licence=d.licence,
                note=d.note,
            )
            for d in self.datasets.list(active=True)
            if not kinds or d.kind in kinds
        )

    def units(self, level: Level | None = None, on: date | None = None) -> gpd.GeoDataFrame:
        return self.records().units(level, on)

    def incidents(
        self, start: date | None = None, end: date | None = None, *, repeats: bool = True
    ) -> pd.DataFrame:
        return self.records().incidents(start, end, repeats=repeats)

    def arrivals(self) -> pd.DataFrame:
        return self.records().arrivals()

    def population(self) -> pd.DataFrame:
        return self.records().population()

    def requests(self) -> pd.DataFrame:
        return self.records().requests()

    def travel(self) -> pd.DataFrame:
        return self.records().travel()

    def offices(self) -> tuple[Office, ...]:
        return self.records().offices()

    def forums(self) -> tuple[Forum, ...]:
        return self.records().forums()

    def posts(self) -> tuple[Post, ...]:
        return self.records().posts()

    def crossings(self) -> tuple[Crossing, ...]:
        return self.records().crossings()

    def meta(self, key: str) -> str | None:
        """A fact about the store itself."""
        with self.read() as connection:
            return connection.execute(select(MetaRow.value).where(MetaRow.key == key)).scalar()

    @property
    def id(self) -> str:
        found = self.meta("id")
        assert found is not None
        return found

    @property
    def generation(self) -> str:
        """Another one after each restore; empty before the first.

        A restore winds numbers of versions back, so a data version alone may come to name other
        cases than it did: keys of what is kept in memory begin with this.
        """
        return self.meta(GENERATION) or ""

    def sealed_head(self) -> tuple[int, str] | None:
        """Sequence and hash of the audit log's head, as kept outside the database."""
        found = self._seal.read()
        return None if found is None else (found["audit_sequence"], found["audit_hash"])

    def seal(self) -> None:
        """Keep the head of the audit log outside the database."""
        with self._seal.hold():
            head = self.audit.head()
            if self.sealed_head() != head:
                self._seal.write(self.id, *head)

    def found(self) -> None:
        """Give a new store its id and seal it."""
        with self.write() as connection:
            connection.execute(insert(MetaRow).values(key="id", value=secrets.token_hex(8)))
            self.audit.append("store_made", actor="mizan")

    def check_seal(self) -> None:
        """Refuse a database that is another's or older than what was acknowledged.

        Raises:
            DamagedStoreError: with what to do.

        """
        sealed = self._seal.read()
        if sealed is None:
            return
        if sealed["store"] != self.id:
            raise DamagedStoreError(
                "this database belongs to another store than the folder. "
                "Put the right one back, or restore a backup: mizan restore FILE"
            )
        sequence, digest = self.audit.head()
        if sealed["audit_sequence"] > sequence or (
            sealed["audit_sequence"] == sequence and sealed["audit_hash"] != digest
        ):
            raise DamagedStoreError(
                f"the database ends at act {sequence}, but {sealed['audit_sequence']} were "
                "acknowledged: it was cut or is an old copy. Nothing was written. "
                "Restore a backup: mizan restore FILE"
            )
        known = self.audit.sealed_up_to(sequence)
        if known is not None and known < sequence:
            # A crash between an act and its seal, or somebody's own entries: it is said, for ever.
            details = {"after": known, "entries": sequence - known}
            self.audit.append("unsealed_found", actor="mizan", details=details)

    def __repr__(self) -> str:
        return f"Store({json.dumps(self.url.render_as_string(hide_password=True))})"
