"""Imports every slice's models, for the mapper and for Alembic."""

from todoapp.accounts.models import Account, AccountMembership, Invitation
from todoapp.activity.models import ActivityChain, ActivityLog, ActivityTombstone, Delivery, OutboxEntry
from todoapp.comments.models import Comment, CommentMention, CommentVersion
from todoapp.fields.models import CustomField
from todoapp.freshness import AccountVersion
from todoapp.idempotency.models import GivenAnswer
from todoapp.imports.models import ImportedItem
from todoapp.search.models import SearchDocument, SearchTerm
from todoapp.tasks.models import (
    ChainLink,
    Tag,
    Task,
    TaskAssignment,
    TaskPause,
    TaskSnapshot,
    TaskTag,
    TimeEntry,
)
from todoapp.users.models import OneTimeLink, RefreshToken, SecretTries, Session, SignIn, User

__all__ = [
    "Account",
    "AccountMembership",
    "AccountVersion",
    "ActivityChain",
    "ActivityLog",
    "ActivityTombstone",
    "ChainLink",
    "Comment",
    "CommentMention",
    "CommentVersion",
    "CustomField",
    "Delivery",
    "GivenAnswer",
    "ImportedItem",
    "Invitation",
    "OneTimeLink",
    "OutboxEntry",
    "RefreshToken",
    "SearchDocument",
    "SearchTerm",
    "SecretTries",
    "Session",
    "SignIn",
    "Tag",
    "Task",
    "TaskAssignment",
    "TaskPause",
    "TaskSnapshot",
    "TaskTag",
    "TimeEntry",
    "User",
]
