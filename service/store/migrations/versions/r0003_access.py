"""Grants that are used up or closed, and versions of the data that were purged.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

from service.store.types import Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("access_grant", sa.Column("used_at", Moment(), nullable=True))
    op.add_column("access_grant", sa.Column("closed_at", Moment(), nullable=True))
    op.add_column(
        "access_grant", sa.Column("serial", sa.String(length=20), server_default="", nullable=False)
    )
    op.add_column(
        "dataset", sa.Column("revision", sa.Integer(), server_default="0", nullable=False)
    )
