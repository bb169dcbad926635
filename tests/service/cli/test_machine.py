"""What ``mizan doctor`` says of the machine."""

import resource

import pytest

from service.machine import on_the_machine
from service.settings import Settings


def found(**settings):
    return {one.what.key.split()[0]: one for one in on_the_machine(Settings(**settings))}


@pytest.mark.parametrize(
    ("settings", "well"),
    [
        ({}, True),
        ({"host": "0.0.0.0"}, False),
        ({"host": "0.0.0.0", "public_url": "https://mizan.example"}, True),
        ({"public_url": "https://mizan.example"}, False),
        ({"public_url": "https://mizan.example", "secure_cookies": True}, True),
        ({"public_url": "http://mizan.example", "secure_cookies": True}, False),
    ],
)
def test_passwords_pass_a_network_inside_of_tls_only(settings, well):
    finding = found(**settings)["Nobody"]
    assert finding.well is well
    assert "deploy/README.md" in finding.advice


def test_memory_is_held_against_what_solves_may_take(monkeypatch, tmp_path):
    told = tmp_path / "meminfo"
    told.write_text("MemTotal: 9 kB\nMemAvailable:    4194304 kB\n")
    monkeypatch.setattr("service.machine._MEMORY", told)
    assert found(solve_workers=2, solve_memory_mb=2048)["{free}"].well
    assert not found(solve_workers=2, solve_memory_mb=2049)["{free}"].well
    told.write_text("nothing\n")
    assert "{free}" not in found()


def test_open_files(monkeypatch):
    monkeypatch.setattr(resource, "getrlimit", lambda _what: (256, 256))
    assert not found()["{n}"].well
    monkeypatch.setattr(resource, "getrlimit", lambda _what: (resource.RLIM_INFINITY,) * 2)
    assert found()["{n}"].well
