"""The files of ``deploy/``: settings that exist, units and configurations that their programs take,
and Mizan behind the very TLS proxy that they describe.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
import yaml

from service.auth.accounts import token_hash
from service.settings import Settings
from tests.service.ogc_clients.conftest import serving
from tests.service.web_house import PASSWORD, make_house

ROOT = Path(__file__).resolve().parents[3]
DEPLOY = ROOT / "deploy"
OF_COMPOSE = {"MIZAN_DB_PASSWORD", "MIZAN_TLS_DIR"}
GIVEN = {
    "MIZAN_DB_PASSWORD": "0f",
    "MIZAN_PUBLIC_URL": "https://mizan.example",
    "MIZAN_TLS_DIR": "/etc/mizan/tls",
}
HEADERS = ("strict-transport-security", "x-content-type-options", "content-security-policy")


def program(name):
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")


def needed(name):
    found = program(name)
    if found is None:
        pytest.skip(f"no {name} here; python tools/debian.py --install")
    return found


def texts():
    return {path: path.read_text("utf-8") for path in DEPLOY.rglob("*") if path.is_file()}


def test_every_setting_that_is_named_exists():
    fields = {f"MIZAN_{name.upper()}" for name in Settings.model_fields}
    for path, text in texts().items():
        named = set(re.findall(r"MIZAN_[A-Z_]*[A-Z]\b(?!\*)", text))
        assert named <= fields | OF_COMPOSE, path


def test_the_example_of_settings_is_taken(tmp_path):
    lines = (DEPLOY / "systemd/mizan.env.example").read_text("utf-8").splitlines()
    own = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    code = "from service.settings import Settings; print(Settings().cookies_are_secure)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | own | {"MIZAN_HOME": str(tmp_path)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "True"


def test_systemd_takes_the_units(tmp_path):
    analyze = needed("systemd-analyze")
    files = []
    for path in (DEPLOY / "systemd").glob("mizan*.*"):
        if path.suffix in {".service", ".timer"}:
            there = path.read_text("utf-8").replace("/opt/mizan/.venv/bin/mizan", sys.executable)
            there = there.replace("file:/opt/mizan", f"file:{ROOT}")
            files.append(tmp_path / path.name)
            files[-1].write_text(there, "utf-8")
    assert len(files) == 5
    done = subprocess.run(
        [analyze, "verify", "--man=no", *map(str, files)],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "mizan" in line]
    assert (done.returncode, ours) == (0, []), done.stderr
    # How much a service that was broken into could reach, by systemd's own scale of 0 to 10.
    for file in files:
        if file.suffix == ".service":
            looked = subprocess.run(
                [analyze, "security", "--offline=true", "--threshold=30", "--no-pager", str(file)],
                capture_output=True,
                text=True,
                check=False,
            )
            assert looked.returncode == 0, (file.name, looked.stdout[-200:])


def test_the_image_is_built_of_what_is_there():
    """No engine is here to build it: at least nothing that it copies is missing or left out."""
    lines = (DEPLOY / "compose/Dockerfile").read_text("utf-8").splitlines()
    left_out = (DEPLOY / "compose/Dockerfile.dockerignore").read_text("utf-8").split()
    copied = [
        name
        for line in lines
        if line.startswith("COPY ") and "--from=" not in line
        for name in line.split()[1:-1]
    ]
    assert "." in copied
    for name in copied:
        assert (ROOT / name).exists(), name
        assert name.split("/")[0] not in left_out, name
    settings = {one for line in lines for one in re.findall(r"MIZAN_[A-Z_]+", line)}
    assert settings == {"MIZAN_HOME", "MIZAN_HOST"}


def test_compose_joins_what_belongs_together():
    found = yaml.safe_load((DEPLOY / "compose/compose.yaml").read_text("utf-8"))
    services, networks = found["services"], found["networks"]
    assert networks["inside"] == networks["solving"] == {"internal": True}
    reached = {name: set(one.get("networks", ())) for name, one in services.items()}
    assert reached == {
        "keys": set(),
        "scheduler": {"solving"},
        "worker": {"solving"},
        "db": {"inside"},
        "mizan": {"inside", "solving"},
        "proxy": {"inside", "outside"},
    }
    assert services["keys"]["network_mode"] == "none"
    for member in ("scheduler", "worker"):
        assert "MIZAN_DATABASE_URL" not in services[member]["environment"], member
    port = services["scheduler"]["command"][-1]
    for name in ("worker", "mizan"):
        assert services[name]["environment"]["MIZAN_SCHEDULER"] == f"tls://scheduler:{port}"
    for name, one in services.items():
        assert "ports" not in one or name == "proxy", name
        for volume in one.get("volumes", ()):
            source = volume.split(":")[0]
            if source.startswith("."):
                assert (DEPLOY / "compose" / source).exists(), source


def test_compose_takes_the_file_and_misses_what_is_not_set():
    compose = program("docker-compose")
    if compose is None:
        pytest.skip("no docker-compose here (Debian's docker-compose)")
    command = [compose, "-f", str(DEPLOY / "compose/compose.yaml"), "config"]
    bare = {name: value for name, value in os.environ.items() if not name.startswith("MIZAN_")}
    done = subprocess.run(command, env=bare | GIVEN, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for name in GIVEN:
        rest = {key: value for key, value in GIVEN.items() if key != name}
        done = subprocess.run(command, env=bare | rest, capture_output=True, text=True, check=False)
        assert done.returncode != 0, name


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class Proxy:
    def __init__(self, folder, upstream):
        self.plain, self.tls = free_port(), free_port()
        self.certificate = folder / "fullchain.pem"
        subprocess.run(
            [needed("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
             "-keyout", str(folder / "privkey.pem"), "-out", str(self.certificate)],
            check=True, capture_output=True,
        )  # fmt: skip
        site = (DEPLOY / "nginx/mizan.conf").read_text("utf-8")
        for old, new in (
            ("    listen [::]:80;\n", ""),
            ("    listen [::]:443 ssl http2;\n", ""),
            ("listen 80;", f"listen 127.0.0.1:{self.plain};"),
            ("listen 443 ssl", f"listen 127.0.0.1:{self.tls} ssl"),
            ("server_name mizan.example;", "server_name localhost;"),
            ("/etc/mizan/tls", str(folder)),
        ):
            assert old in site, old
            site = site.replace(old, new)
        inner = (DEPLOY / "nginx/upstream-local.conf").read_text("utf-8")
        assert "127.0.0.1:8000" in inner
        inner = inner.replace("127.0.0.1:8000", upstream)
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temp = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
        user = "user root;\n" if os.geteuid() == 0 else ""
        self.config = folder / "nginx.conf"
        self.config.write_text(
            f"{user}daemon off;\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
            f"http {{\naccess_log off;\n{temp}{inner}\n{site}\n}}\n",
            "utf-8",
        )
        self.command = [needed("nginx"), "-p", str(folder), "-c", str(self.config)]

    def __enter__(self):
        subprocess.run([*self.command, "-t"], check=True, capture_output=True)
        self.process = subprocess.Popen(
            self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.tls)) == 0:
                    return self
            time.sleep(0.05)
        raise AssertionError("nginx does not listen")

    def __exit__(self, *_error):
        self.process.terminate()
        self.process.wait(10)

    def client(self):
        import ssl

        trust = ssl.create_default_context(cafile=str(self.certificate))
        return httpx.Client(base_url=f"https://localhost:{self.tls}", verify=trust, timeout=30)


@pytest.fixture
def proxied(tmp_path):
    folder = tmp_path / "nginx"
    folder.mkdir()
    port = free_port()
    proxy = Proxy(folder, f"127.0.0.1:{port}")
    public = f"https://localhost:{proxy.tls}"
    app, store = make_house(
        tmp_path / "home", language="en", public_url=public, secure_cookies=True
    )
    store.accounts.add_token("planner", "QGIS", token_hash("secret"))
    yield proxy, app, port
    store.close()


def test_mizan_behind_the_proxy_with_tls(proxied):
    proxy, app, port = proxied
    with proxy, proxy.client() as client:
        away = client.get("/login")
        assert (away.status_code, away.headers["retry-after"]) == (503, "5")
        assert all(name in away.headers for name in HEADERS)
        with serving(app, port):
            _talks_to_mizan(proxy, client)
            # What a client says of itself is not believed: the log has the address it came from.
            said = {"x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "http"}
            client.cookies.clear()
            refused = client.get("/ogc", auth=("planner", "wrong"), headers=said)
            assert refused.status_code == 401
            assert app.state.house.store.audit.list(action="token_refused")[0].details == {
                "address": "127.0.0.1"
            }


def _talks_to_mizan(proxy, client):
    public = f"https://localhost:{proxy.tls}"
    door = client.get("/login")
    assert door.status_code == 200
    assert all(name in door.headers for name in HEADERS)
    assert len(door.headers.get_list("x-content-type-options")) == 1
    signed = client.post(
        "/login",
        data={"name": "planner", "password": PASSWORD},
        headers={"origin": public},
        follow_redirects=False,
    )
    assert signed.status_code == 303
    assert "Secure" in signed.headers["set-cookie"]
    assert client.get("/plans").status_code == 200
    refused = client.post("/scenarios", headers={"origin": "https://elsewhere.example"})
    assert refused.status_code == 403
    landing = client.get("/ogc", auth=("planner", "secret")).json()
    assert all(one["href"].startswith(public) for one in landing["links"])
    large = client.post("/login", content=b"x" * (65 * 1024 * 1024))
    assert large.status_code == 413
    assert all(name in large.headers for name in HEADERS)
    assert client.get("/metrics", auth=("planner", "secret")).status_code == 404
    plain = httpx.get(f"http://127.0.0.1:{proxy.plain}/map", headers={"host": "localhost"})
    assert plain.status_code == 308
    assert plain.headers["location"] == "https://localhost/map"
