"""Passwords: argon2id, at least 12 characters, weak ones refused by what is known of them; never a rule of composition."""

import unicodedata
from functools import cache
from importlib import import_module
from typing import Any

import bcrypt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from todoapp.kit.errors import BadInput

SHORTEST = 12
TOO_SHORT = f"Use at least {SHORTEST} characters. A few words in a row are easiest to remember."
LARGEST_BYTES = 1024
SCORED = 72
STRONG_ENOUGH = 3
BCRYPT_READS = 72
BCRYPT = ("$2a$", "$2b$", "$2y$")

hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_password(password: str) -> str:
    """The argon2id hash of a password that was found strong enough."""
    return hasher.hash(_normal(password))


def verify(password_hash: str | None, password: str) -> bool:
    """Whether `password` belongs to the hash. Without a hash the answer is no, after the same work."""
    try:
        if password_hash is not None and password_hash.startswith(BCRYPT):
            return bcrypt.checkpw(password.encode()[:BCRYPT_READS], password_hash.encode())
        return hasher.verify(password_hash or _nobodys_hash(), _normal(password)) and password_hash is not None
    except (VerificationError, InvalidHashError, ValueError):
        return False


def is_outdated(password_hash: str) -> bool:
    """Whether the hash should be made again, now that the password is at hand."""
    return password_hash.startswith(BCRYPT) or hasher.check_needs_rehash(password_hash)


def refuse_weak(password: str, *known: str | None, field: str = "password") -> None:
    """Refuse a password that is too short, too long, or easily guessed by who knows `known` of the person."""
    if len(password) < SHORTEST:
        raise _refusal(field, TOO_SHORT)
    if len(password.encode()) > LARGEST_BYTES:
        raise _refusal(field, f"Use at most {LARGEST_BYTES} bytes.")
    words = [part for fact in known if fact for part in (fact, *fact.replace("@", " ").replace(".", " ").split())]
    found = _guessed()(password[:SCORED], user_inputs=words)
    if found["score"] < STRONG_ENOUGH:
        feedback = found["feedback"]
        warning = feedback["warning"] or "This password is easy to guess."
        raise _refusal(field, " ".join([warning, *feedback["suggestions"]]))


@cache
def _guessed() -> Any:
    """How zxcvbn judges. Its dictionaries take 12 MB and are read when this process first needs them (docs/decisions/0009)."""
    return import_module("zxcvbn").zxcvbn


def _refusal(field: str, sentence: str) -> BadInput:
    return BadInput(fields={field: [sentence]})


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


@cache
def _nobodys_hash() -> str:
    return hasher.hash("nobody has this password")
