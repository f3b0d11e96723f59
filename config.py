"""Settings of the product. This module alone reads the environment."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parent
SHORTEST_SECRET = 32
# MariaDB would gather all tasks in whose chain somebody is, before it looks at one: let it look each time, by the key.
FIRST_STATEMENT = "SET time_zone = '+00:00' /*M!, optimizer_switch = 'exists_to_in=off' */"


class ConfigError(RuntimeError):
    """A setting is missing or unsafe; the message says what to set."""


def run_by_flask(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether this process runs a `flask …` command rather than serving."""
    return environ.get("FLASK_RUN_FROM_CLI") == "true"


def load(environ: Mapping[str, str] = os.environ, *, development: bool | None = None) -> dict[str, object]:
    """Return the Flask configuration that `environ` describes.

    With `development` (by default: where TODO_ENV says so), everything has an embedded default: SQLite and a
    generated secret in the instance folder. Without it, a missing, short or well-known secret is a `ConfigError`.
    """
    if development is None:
        development = environ.get("TODO_ENV") == "development"
    instance = Path(environ.get("TODO_INSTANCE_DIR") or ROOT / "instance")
    base_url = environ.get("BASE_URL", "").rstrip("/")
    port = int(environ.get("PORT", "5000"))
    if not base_url:
        if not development:
            raise ConfigError("Set BASE_URL to the address people open, for example https://tasks.example.com")
        base_url = f"http://127.0.0.1:{port}"
    database = environ.get("DATABASE_URL") or f"sqlite:///{instance / 'todo.sqlite3'}"
    return {
        "DEVELOPMENT": development,
        "INSTANCE_DIR": instance,
        "SECRET_KEY": _secret(environ, instance, development),
        "BASE_URL": base_url,
        "PORT": port,
        "SQLALCHEMY_DATABASE_URI": database,
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(database),
        "REDIS_URL": environ.get("REDIS_URL") or None,
        "MAIL_URL": environ.get("MAIL_URL") or None,
        "MAIL_FROM": environ.get("MAIL_FROM", "Task platform <tasks@localhost>"),
        "MAIL_DIR": Path(environ.get("MAIL_DIR") or instance / "mail"),
        "TRUSTED_PROXIES": int(environ.get("TRUSTED_PROXIES", "0")),
        "CORS_ORIGINS": frozenset(environ.get("CORS_ORIGINS", "").split()),
        "LOG_LEVEL": environ.get("LOG_LEVEL", "INFO"),
        "SESSION_COOKIE_SECURE": base_url.startswith("https://"),
        "SESSION_COOKIE_NAME": "__Host-session" if base_url.startswith("https://") else "session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "MAX_CONTENT_LENGTH": 2 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_CHECK_DEFAULT": False,
    }


def _secret(environ: Mapping[str, str], instance: Path, development: bool) -> str:
    secret = environ.get("SECRET_KEY", "")
    if secret and len(secret) >= SHORTEST_SECRET and len(set(secret)) > 8:
        return secret
    if secret or not development:
        raise ConfigError(
            f"Set SECRET_KEY to at least {SHORTEST_SECRET} random characters, for example the output of: "
            'python -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
    kept = instance / "secret"
    if not kept.exists():
        instance.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(48))
    return kept.read_text()


def _engine_options(database: str) -> dict[str, object]:
    if database.startswith("sqlite"):
        return {"connect_args": {"timeout": 30}}
    return {
        "pool_pre_ping": True,
        "pool_recycle": 280,
        "isolation_level": "READ COMMITTED",
        "connect_args": {"charset": "utf8mb4", "init_command": FIRST_STATEMENT},
    }
