"""What was taken from where, so that the same file taken twice makes nothing twice."""

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from todoapp.extensions import Base
from todoapp.kit.clock import now
from todoapp.kit.database import Instant, Key
from todoapp.tenancy import BigId, Tenant


class ImportedItem(Tenant, Base):
    """One thing of a foreign tool and the row that it became here."""

    __tablename__ = "imported_items"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    source: Mapped[str] = mapped_column(Key(100))
    kind: Mapped[str] = mapped_column(String(32))
    foreign_id: Mapped[str] = mapped_column(Key(100))
    local_id: Mapped[int] = mapped_column(BigId)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)

    __table_args__ = (UniqueConstraint("account_id", "source", "kind", "foreign_id"), Base.__table_args__)
