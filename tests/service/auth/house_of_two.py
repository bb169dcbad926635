"""A service with a released and an exact atlas, a clock of its own, and people to sign in."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from geo.layers import Clearance
from service.app import create_app
from service.auth.accounts import Account
from service.auth.roles import Role
from service.pages.atlas import BookAtlases
from service.settings import Settings
from service.store import open_store
from tests.service.homes import lay_out
from tests.service.web_house import HASH, PASSWORD, FakeAtlas, TestClient

ORIGIN = {"origin": "http://testserver"}


@dataclass
class OfClearance(FakeAtlas):
    """Exact figures differ from released ones by being a thousand times as large."""

    clearance: Clearance = Clearance.RELEASED

    def layer(self, code, level, category=None, period=None):
        made = super().layer(code, level, category, period)
        if self.clearance is Clearance.EXACT:
            made.values[["value", "low", "high"]] *= 1000
        return made


class Books:
    """Stands where ``LayerBooks`` stands."""

    def __init__(self):
        self.opened = []
        self.books = {one: OfClearance(clearance=one) for one in Clearance}

    def open(self, clearance, _version=None):
        self.opened.append(clearance)
        return self.books[clearance]


@dataclass
class Clock:
    now: datetime = field(default_factory=lambda: datetime(2026, 3, 1, 8, tzinfo=UTC))

    def __call__(self):
        return self.now

    def go(self, **by):
        self.now += timedelta(**by)


class Later:
    """Atlases that are made once the house stands."""

    inner = None

    def open(self, account):
        return self.inner.open(account)

    def released(self):
        return None


class Town:
    """The service, its store, its clock, and clients of its people by name."""

    def __init__(self, home):
        self.clock, self.books, later = Clock(), Books(), Later()
        settings = Settings(home=home, language="en")
        lay_out(home)
        self.store = open_store(settings)
        for role in Role:
            self.add(role.value, role)
        self.add("second", Role.PLANNER)
        self.add("cleared", Role.PLANNER, clearance=True)
        self.app = create_app(settings, store=self.store, atlases=later, clock=self.clock)
        self.house = self.app.state.house
        later.inner = BookAtlases(
            self.books, self.house.clearances.of, self.house.journal.exact_read
        )

    def add(self, name, role, **more):
        self.store.accounts.put_account(Account(name, role, HASH, **more))

    def client(self, name=None, **told):
        made = TestClient(
            self.app, raise_server_exceptions=False, follow_redirects=False, headers=told
        )
        if name is not None:
            data = {"name": name, "password": PASSWORD}
            assert made.post("/login", data=data, headers=ORIGIN).status_code == 303
        return made

    def acts(self, action):
        """Entries of an action, the oldest first."""
        return list(reversed(self.store.audit.list(action=action, limit=1000)))

    def is_told_exact(self, client):
        """Whether the figures of an exported page are the thousandfold ones."""
        before = len(self.books.opened)
        answer = client.get("/?layer=need&level=district&lang=en")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        return Clearance.EXACT in self.books.opened[before:]
