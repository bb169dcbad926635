"""Named weights of the need index.

Revision ID: 0004
"""

import sqlalchemy as sa
from alembic import op

from service.store.types import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "weight_set",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("saved_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weight_set")),
        sa.UniqueConstraint("owner", "name", name=op.f("uq_weight_set_owner_name")),
        sqlite_autoincrement=True,
    )
