"""Two services on the demo that differ by hidden incidents, and alike in all that is drawn by lot.

Hidden is an incident that moves no band that it lies in (decision 24). Clock and lots are the same
for both, so their answers can be compared byte by byte, without any exception for "such an id".
"""

import csv
import itertools
import json
import secrets
import shutil
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geo.incidents import SEVERE
from geo.layers import Clearance
from geo.places import Level
from geo.privacy import threshold
from optimizer.problem import Problem
from optimizer.solve import solve
from service.app import create_app
from service.assemble import assemble_from
from service.auth.accounts import Account
from service.auth.roles import Role
from service.demo.load import load_demo
from service.jobs.model import AllocateRequest
from service.jobs.requests import ask_allocation
from service.layerbook import LayerBook
from service.scenario import Scenario
from service.settings import Settings, checkout_data
from service.store import JobStatus, open_store
from service.store import types as store_types
from tests.service.web_house import HASH, PASSWORD, TestClient

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
ORIGIN = {"origin": "http://testserver"}
CONFINED = "at-ashar"


@dataclass(frozen=True)
class Hidden:
    """An incident that one of the towns has more."""

    day: date
    category: str
    lon: float
    lat: float


@contextmanager
def no_lots(count: Iterator[int]) -> Iterator[None]:
    """Clock and lots are a sequence that goes on: equal calls, equal results."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secrets, "token_hex", lambda n=32: f"{next(count):0{2 * n}x}")
        patch.setattr(secrets, "token_urlsafe", lambda _n=32: f"lot-{next(count):020}")
        patch.setattr(uuid, "uuid4", lambda: uuid.UUID(int=next(count)))
        real = store_types.utc_now
        for module in list(sys.modules.values()):
            if getattr(module, "utc_now", None) is real:
                patch.setattr(module, "utc_now", lambda: NOW)
        yield


def data_with(folder: Path, more: list[Hidden]) -> Path:
    """The data folder, with ``more`` in the middle of the demo's incidents."""
    folder.mkdir()
    for part in checkout_data().iterdir():
        if part.name != "demo":
            (folder / part.name).symlink_to(part)
    shutil.copytree(checkout_data() / "demo", folder / "demo")
    file = folder / "demo" / "incidents.csv"
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    extra = [
        {
            "date": one.day.isoformat(),
            "category": one.category,
            "lon": f"{one.lon:.5f}",
            "lat": f"{one.lat:.5f}",
            "area": "",
            "standing": "synthetic",
            "source": rows[0]["source"],
        }
        for one in more
    ]
    rows[700:700] = extra
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder


class TwinTown:
    """A service on the demo: people of every role, a plan, a job that waits."""

    def __init__(self, home: Path, more: list[Hidden], plan_of=None):
        self.asked, self.lots = 0, itertools.count(1)
        with no_lots(self.lots):
            self._make(home, more, plan_of)

    def _make(self, home, more, plan_of):
        home.mkdir(parents=True, exist_ok=True)
        settings = Settings(
            home=home / "home",
            data_dir=data_with(home / "data", more),
            language="en",
            details_time_s=0.001,  # what is worked out beside a page is never ready: no race
        )
        self.store = open_store(settings)
        load_demo(self.store, settings.data_dir)
        for role in Role:
            self._add(role.value, role)
        self._add(CONFINED, Role.PLANNER, office="ashar")
        self._add("cleared", Role.PLANNER, clearance=True)
        self.app = create_app(settings, store=self.store, clock=lambda: NOW)
        self.app.state.house.journal.refusals._clock = lambda: 0.0  # not the machine's speed
        book = self.app.state.house.atlases.released()
        self.problem: Problem = assemble_from(book, Scenario())
        # Solved once: that equal problems give equal plans is held elsewhere, and seconds differ.
        self.outcome = plan_of.outcome if plan_of else solve(self.problem, time_limit_s=60)
        head = self.store.plans.save(
            self.problem, self.outcome.plan, owner="planner", title="A try"
        )
        self.plan_id = head.id
        asked = AllocateRequest(scenario=Scenario())
        self.done_id = ask_allocation(self.store, asked, owner="planner").id
        job = self.store.jobs.claim("here", 60)
        said = json.dumps({"outcome": self.outcome.model_dump(mode="json", exclude={"plan"})})
        self.store.jobs.finish(job, JobStatus.SUCCESSFUL, result=said, plan_id=self.plan_id)
        self.job_id = ask_allocation(self.store, asked, owner="planner").id
        self.book: LayerBook = book

    def next_request(self):
        """Lots of a request begin at its own number: what threads drew before shifts none."""
        self.asked += 1
        self.lots = itertools.count(self.asked * 1_000_000)
        return self.lots

    def _add(self, name, role, **more):
        self.store.accounts.put_account(Account(name, role, HASH, **more))

    def client(self, name):
        made = TestClient(
            self.app,
            raise_server_exceptions=False,
            follow_redirects=False,
            headers={"accept": "text/html"},
        )
        data = {"name": name, "password": PASSWORD}
        with no_lots(self.lots):
            assert made.post("/login", data=data, headers=ORIGIN).status_code == 303
        return made


def hidden_place(book: LayerBook, category: str, day: date) -> Hidden:
    """Where one case more of ``category`` on ``day`` moves no band that it lies in."""
    placed, cells = book.placed, book.units(Level.CELL)
    k = threshold(category)
    year = placed["date"].dt.year == day.year
    month = year & (placed["date"].dt.month == day.month)
    same = placed["category"] == category
    plain = ~placed["category"].isin(SEVERE)
    points = gpd.GeoSeries(gpd.points_from_xy(placed["lon"], placed["lat"]), crs=4326)
    districts = book.units(Level.SUBDISTRICT)["parent"]
    for _, cell in cells.iterrows():
        home = cell["parent"]
        here = int((year & same & (placed["subdistrict"] == home)).sum())
        if (here + 1) % k == 0:
            continue
        if category not in SEVERE:
            in_month = int((month & same & (placed["district"] == districts[home])).sum())
            inside = points.within(cell.geometry).to_numpy()
            in_cell = int((inside & year.to_numpy() & plain.to_numpy()).sum())
            if (in_month + 1) % k == 0 or (in_cell + 1) % k == 0:
                continue
        point = cell.geometry.representative_point()
        return Hidden(day, category, point.x, point.y)
    raise AssertionError("no hidden place")


def exact_counts(town: TwinTown) -> pd.Series:
    """What is hidden: the true counts by category."""
    rows = LayerBook(town.store.records(), "", Clearance.EXACT).placed
    return rows["category"].value_counts().sort_index().astype(np.int64)
