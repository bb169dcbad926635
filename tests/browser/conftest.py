"""A real browser against a real server on loopback; skipped, with the reason, where none is."""

import importlib.util
import socket
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uvicorn

from service.app import create_app
from service.jobs.runner import make_runner
from service.settings import Settings
from service.store import open_store
from tests.service.homes import lay_out, the_demo
from tests.service.web_house import PASSWORD, FakeAtlas, add_account, make_house

ROOT = Path(__file__).resolve().parents[2]
PORTS = range(8600, 8700)
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE = {"width": 1366, "height": 768}
NARROW = {"width": 390, "height": 844}


def chromium():
    spec = importlib.util.spec_from_file_location("browser_tool", ROOT / "tools/debian.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool.find()


def pytest_collection_modifyitems(items):
    path = chromium()
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
            if path is None:
                reason = "no Chromium here; python tools/debian.py --install"
                item.add_marker(pytest.mark.skip(reason=reason))


def listening():
    """A socket on a port of ours, taken at once: tests that run side by side look for one as well."""
    for port in PORTS:
        try:
            return socket.create_server(("127.0.0.1", port))
        except OSError:
            continue
    pytest.fail("no free port of ours")
    return None


class Served:
    """A service in a thread of this process."""

    def __init__(self, app):
        self.socket = listening()
        self.address = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        config = uvicorn.Config(app, log_level="error", lifespan="off")
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(
            target=self.server.run, kwargs={"sockets": [self.socket]}, daemon=True
        )
        self.thread.start()
        until = time.monotonic() + 20
        while not self.server.started and time.monotonic() < until:
            time.sleep(0.02)
        assert self.server.started

    def stop(self):
        self.server.should_exit = True
        self.thread.join(10)
        self.socket.close()


@pytest.fixture(scope="module")
def browser():
    """Playwright's loop runs as long as it is open: no longer than a module, for others run loops."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield found
        found.close()


class Reader:
    """A page that notes every request to elsewhere, every console error, every dialog."""

    def __init__(self, browser, address, lang="ar", viewport=WIDE):
        self.address = address
        self.context = browser.new_context(viewport=viewport)
        self.context.add_cookies([{"name": "mizan_lang", "value": lang, "url": address}])
        self.page = self.context.new_page()
        self.foreign, self.errors, self.dialogs = [], [], []
        self.context.route("**/*", self._only_ours)
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on(
            "dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss())
        )

    def _only_ours(self, route):
        host = urlsplit(route.request.url).hostname
        if host in {None, "127.0.0.1"}:
            route.continue_()
        else:
            self.foreign.append(route.request.url)
            route.abort()

    def _note(self, message):
        if message.type in {"error", "warning"}:
            self.errors.append(message.text)

    def sign_in(self, name="director"):
        self.page.goto(f"{self.address}/login")
        self.page.fill("#name", name)
        self.page.fill("#password", PASSWORD)
        self.page.click("main button.primary")
        self.page.wait_for_load_state("networkidle")
        self.errors.clear()
        return self

    def open(self, path):
        self.page.goto(self.address + path)
        self.page.wait_for_load_state("networkidle")
        return self.page

    def frame(self):
        """The map's own document, when its areas are drawn."""
        handle = self.page.query_selector("#frame").content_frame()
        handle.wait_for_selector("path.leaflet-interactive")
        return handle

    def check(self):
        assert self.foreign == []
        assert self.errors == []
        assert self.dialogs == []


@pytest.fixture
def read(browser, request):
    """Open a reader on the module's ``served``; what it noted is checked at the end."""
    readers = []

    def start(lang="ar", viewport=WIDE, name="director"):
        served = request.getfixturevalue("served")
        readers.append(Reader(browser, served.address, lang, viewport).sign_in(name))
        return readers[-1]

    yield start
    for reader in readers:
        reader.context.close()
        reader.check()


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """A store with the Basra demo and accounts of every role."""
    from service.auth.roles import Role

    settings = Settings(home=tmp_path_factory.mktemp("demo"), solve_time_limit_s=120)
    lay_out(settings.home, the_demo)
    store = open_store(settings)
    for role in Role:
        add_account(store, role.value, role)
    runner = make_runner(settings, store)
    app = create_app(settings, store=store, wake=runner.wake)
    runner.start(alone=True)
    yield app, store
    runner.stop()
    store.close()


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The made-up governorate of six squares."""
    app, store = make_house(tmp_path_factory.mktemp("small"), FakeAtlas())
    yield app
    store.close()
