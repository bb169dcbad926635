"""How many tests run side by side."""

import os

import pytest


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than processors: many tests wait for a browser, a child, or a service to end."""
    return len(os.sched_getaffinity(0)) + 1
