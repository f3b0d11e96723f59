"""Every extension, made once. Imports no slice."""

from flask_login import LoginManager
from flask_migrate import Migrate
from flask_principal import Principal
from flask_smorest import Api
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from todoapp.tenancy import TenantSession

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The mother of all models: names every constraint, so that migrations can speak of it."""

    metadata = MetaData(naming_convention=NAMING)
    __table_args__: tuple | dict = {"mysql_charset": "utf8mb4", "mysql_engine": "InnoDB"}


db = SQLAlchemy(
    model_class=Base,
    session_options={"class_": TenantSession, "expire_on_commit": False},
    disable_autonaming=True,
)
migrate = Migrate()
login_manager = LoginManager()
principal = Principal(use_sessions=False, skip_static=True)
api = Api()
csrf = CSRFProtect()
