"""The list of all doors."""

from flask import Flask
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme

from todoapp.accounts.admin import Members
from todoapp.accounts.api import blp as accounts_api
from todoapp.accounts.member_pages import pages as accounts_pages
from todoapp.accounts.members_api import blp as members_api
from todoapp.accounts.settings_admin import Settings
from todoapp.activity.admin import AuditLog
from todoapp.activity.api import blp as activity_api
from todoapp.admin.pages import Overview
from todoapp.boards.api import blp as boards_api
from todoapp.boards.pages import pages as boards_pages
from todoapp.comments.api import blp as comments_api
from todoapp.comments.pages import pages as comments_pages
from todoapp.extensions import api
from todoapp.fields.admin import CustomFields
from todoapp.fields.api import blp as custom_fields_api
from todoapp.kit.health import health
from todoapp.live.socket import open_live
from todoapp.reference.pages import pages as reference_pages
from todoapp.search.api import blp as search_api
from todoapp.search.pages import pages as search_pages
from todoapp.tags.admin import Tags
from todoapp.tags.api import blp as tags_api
from todoapp.tasks.admin import Tasks
from todoapp.tasks.api import blp as tasks_api
from todoapp.tasks.deed_pages import pages as tasks_pages
from todoapp.tasks.suggestions_api import blp as suggestions_api
from todoapp.users.api import auth as auth_api
from todoapp.users.api import me as me_api
from todoapp.users.settings_pages import pages as users_pages

PAGES = (health, reference_pages, users_pages, accounts_pages, boards_pages, tasks_pages, comments_pages, search_pages)
API = (
    auth_api,
    me_api,
    tasks_api,
    comments_api,
    boards_api,
    accounts_api,
    members_api,
    activity_api,
    suggestions_api,
    tags_api,
    custom_fields_api,
    search_api,
)
ADMIN = (Members, Tasks, Tags, CustomFields, Settings, AuditLog)


def open_doors(app: Flask) -> None:
    """Register every door on `app`."""
    theme = Bootstrap4Theme(base_template="admin/layout.html")
    Admin(app, "Administration", index_view=Overview(), theme=theme).add_views(*(page() for page in ADMIN))
    for pages in PAGES:
        app.register_blueprint(pages)
    for blueprint in API:
        api.register_blueprint(blueprint)
    open_live(app)
