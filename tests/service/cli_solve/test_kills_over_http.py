"""kill -9 of the service in an upload, in a commit and in downloads, over HTTP, at several moments.

What was acknowledged is kept once, the rest can be asked again, and no half file is left.
"""

import contextlib
import hashlib
import io
import json
import sqlite3
import threading
import time
import zipfile

import httpx
import pytest

from geo.places import Level
from optimizer.solve import solve
from service.auth.accounts import token_hash
from service.auth.roles import Role
from service.imports.run import import_file
from service.store import Kind, open_store
from tests.optimizer.builders import tiny
from tests.service.cli_solve.test_kills import AUTH, kill
from tests.service.cli_solve.test_serve import Service, free_port
from tests.service.jobs.common import wait_for
from tests.service.web_house import PASSWORD, add_account, squares

ROWS = 6_000
LINES = "\n".join(
    f"2024-{n % 12 + 1:02d}-{n % 28 + 1:02d},T01N1,{n % 9 + 1},{n}" for n in range(ROWS)
)
FILE = ("arrivals.csv", f"date,area,families,individuals\n{LINES}\n".encode())
HOME = {"sec-fetch-site": "same-origin"}


class Town:
    """An installation whose service is started, used and killed again and again."""

    def __init__(self, home, scratch):
        self.home = home
        self.scratch = scratch
        self.service = None
        with open_store(home / "mizan.db") as store:
            add_account(store, "planner", Role.PLANNER)
            store.accounts.add_token("planner", "program", token_hash("secret"))
            map_file = home / "squares.geojson"
            units = squares(Level.SUBDISTRICT).reset_index()
            units = units.rename(columns={"parent": "district"}).assign(governorate="T")
            names = ["code", "name_ar", "name_en", "district", "governorate", "geometry"]
            units[names].to_file(map_file, driver="GeoJSON")
            import_file(store, Kind.BOUNDARIES, map_file)
            map_file.unlink()
            people = home / "people.csv"
            lines = "\n".join(
                f"{code},2025-01-01,{9000 + n}" for n, code in enumerate(units["code"])
            )
            people.write_text(f"area,as_of,residents\n{lines}\n", encoding="utf-8")
            import_file(store, Kind.POPULATION, people)
            people.unlink()
            problem = tiny()
            plan = store.plans.save(problem, solve(problem, time_limit_s=30).plan, owner="planner")
        forms = ("xlsx", "gpkg", "geojson")
        self.exports = [f"/plans/{plan.id}/plan.{form}" for form in forms]
        self.exports += [f"/export/residents.{form}?level=subdistrict" for form in forms]

    def start(self):
        self.service = Service(self.home, free_port())
        self.service.until_it_answers()

    def meanwhile(self, *calls):
        """Start calls that the kill cuts off; each is a function of a client."""
        answers, threads = [], []

        def run(call):
            with (
                contextlib.suppress(httpx.TransportError),
                httpx.Client(base_url=self.service.address, auth=AUTH, timeout=60) as client,
            ):
                answers.append(call(client))

        for call in calls:
            threads.append(threading.Thread(target=run, args=(call,)))
            threads[-1].start()
        return answers, threads

    def kill(self, threads):
        kill(self.service)
        self.service.end()
        for thread in threads:
            thread.join(30)

    def program(self):
        return httpx.Client(base_url=self.service.address, auth=AUTH, timeout=60)

    def browser(self):
        with httpx.Client(base_url=self.service.address, headers=HOME, timeout=60) as client:
            client.post("/login", data={"name": "planner", "password": PASSWORD})
            return httpx.Client(base_url=client.base_url, cookies=client.cookies, timeout=60)

    def check(self):
        """Nothing half is in the home folder; the log holds; arrivals are all or none."""
        names = [path.name for path in self.home.rglob("*")]
        assert not [name for name in names if name.endswith((".part", ".tmp"))]
        assert self.scratches() == []
        with self.program() as client:
            listed = {one["id"] for one in client.get("/api/uploads").json()["uploads"]}
        assert listed == {folder.name for folder in (self.home / "staging").glob("*")}
        with open_store(self.home / "mizan.db") as store:
            assert store.audit.verify().holds
            rows = len(store.arrivals())
        assert rows in {0, ROWS}
        return rows, listed

    def scratches(self):
        """Folders in which a file is made or read, or which a kill left behind."""
        return list(self.scratch.glob("mizan-scratch-*"))

    def staged(self, name):
        return list((self.home / "staging").glob(f"*/{name}"))


def upload(client):
    return client.post("/api/uploads/arrivals", files={"file": FILE})


def whole(path, body):
    """A download that is all there."""
    if path.endswith("xlsx"):
        assert zipfile.ZipFile(io.BytesIO(body)).testzip() is None
    elif path.endswith("gpkg"):
        database = sqlite3.connect(":memory:")
        database.deserialize(body)
        assert database.execute("PRAGMA quick_check").fetchall() == [("ok",)]
        database.close()
    else:
        assert json.loads(body)["features"]


@pytest.fixture
def town(tmp_path, monkeypatch):
    monkeypatch.setenv("MIZAN_SCHEDULER", "beside")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    made = Town(tmp_path / "home", scratch)
    yield made
    if made.service is not None:
        made.service.end()


@pytest.mark.slow
def test_an_upload_cut_off_anywhere_is_whole_or_can_be_repeated(town):
    # While its bytes come and are described; while its child reads it.
    for reached in ("file", "about.json"):
        town.start()
        before = len(town.staged(reached))
        _, threads = town.meanwhile(upload)
        wait_for(lambda seen=reached, n=before: len(town.staged(seen)) > n, 30)
        town.kill(threads)
    town.start()
    rows, waiting = town.check()
    assert rows == 0
    with town.program() as client:
        for one in waiting:
            # It was described before it was acknowledged: it can be looked at, kept or let go.
            assert client.get(f"/api/uploads/{one}").json()["counts"]["kept"] == ROWS
            assert client.delete(f"/api/uploads/{one}").status_code == 204
        made = upload(client).json()
    # In mid-commit, sooner and later.
    for moment_s in (0.15, 0.6):
        keep = made["links"]["keep"]
        answers, threads = town.meanwhile(lambda client, to=keep: client.post(to))
        time.sleep(moment_s)
        town.kill(threads)
        town.start()
        rows, waiting = town.check()
        if [one for one in answers if one.status_code == 200]:
            assert rows == ROWS, "an acknowledged import was lost"
        else:
            assert made["id"] in waiting, "it can't be kept again"
            with town.program() as client:
                assert client.get(made["links"]["self"]).status_code == 200
        if made["id"] not in waiting:
            break
    with town.program() as client:
        if made["id"] in waiting:
            assert client.post(made["links"]["keep"]).status_code == 200
        again = upload(client).json()
        assert again["counts"] == {"read": ROWS, "kept": 0, "already": ROWS, "rejected": 0}
        client.delete(again["links"]["self"])
    assert town.check() == (ROWS, set())


@pytest.mark.slow
def test_downloads_cut_off_anywhere_can_be_asked_again(town):
    given = 0
    moments = (
        lambda _: wait_for(town.scratches, 30, every_s=0.001),  # while a file is made
        lambda answers: wait_for(lambda: answers, 30, every_s=0.001),  # while they are sent
    )
    for until in moments:
        town.start()
        assert town.scratches() == [], "what a kill left is swept by the next start"
        with town.browser() as client:
            calls = [lambda _, get=client.get, to=path: get(to) for path in town.exports]
            answers, threads = town.meanwhile(*calls)
            until(answers)
            town.kill(threads)
        with open_store(town.home / "mizan.db") as store:
            assert store.audit.verify().holds
            told = {
                one.details["sha256"] for one in store.audit.list(action="export_made", limit=500)
            }
        # What came is whole, and was written down first; what was cut off is no answer at all.
        for one in answers:
            assert one.status_code == 200
            assert int(one.headers["content-length"]) == one.num_bytes_downloaded
            assert hashlib.sha256(one.content).hexdigest() in told
            whole(one.request.url.path, one.content)
        given += len(answers)
    assert given < 2 * len(town.exports), "none was cut off"
    town.start()
    assert town.check() == (0, set())
    with town.browser() as client:
        for path in set(town.exports):
            answer = client.get(path)
            assert answer.status_code == 200, (path, answer.text[:300])
            whole(answer.request.url.path, answer.content)
