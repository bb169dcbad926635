"""How many jobs there are in each state: for the figures of whoever runs the machine."""

from collections.abc import Mapping

from sqlalchemy import func, select

from service.store.engine import Transactions
from service.store.jobs import JobStatus
from service.store.tables_work import JobRow


def jobs_by_state(transactions: Transactions) -> Mapping[str, int]:
    """Every state with its number of jobs, none left out."""
    query = select(JobRow.status, func.count()).group_by(JobRow.status)
    with transactions.read() as connection:
        counted = {str(state): int(n) for state, n in connection.execute(query)}
    return {state.value: counted.get(state.value, 0) for state in JobStatus}
