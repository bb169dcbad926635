import pytest

from optimizer.milp import Child


@pytest.fixture(scope="session")
def milp():
    """One solving child for all tests."""
    with Child() as child:
        yield child
