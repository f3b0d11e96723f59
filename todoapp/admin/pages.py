"""The first page of the administration: who is here, how the work stands, what wants attention, what happened last."""

from flask.typing import ResponseReturnValue
from flask_admin import expose

from todoapp.accounts.models import Account
from todoapp.accounts.overview import attention, members_by_role, work_in
from todoapp.accounts.seats import seats_of
from todoapp.activity.logs import log_of_account
from todoapp.admin.base import AdminPage
from todoapp.extensions import db
from todoapp.permissions import reaches_at_all
from todoapp.signed_in import current_actor

LATEST = 8


class Overview(AdminPage):
    """The account at a glance."""

    title, address, icon, row = "Overview", "", "house", "account.update"

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Figures, alerts and the latest events."""
        actor = current_actor()
        account = db.session.get_one(Account, actor.account_id)
        seats = seats_of(account)
        return self.render(
            "admin/overview.html",
            tier=account.subscription_tier,
            seats=seats,
            roles=members_by_role(),
            work=work_in(),
            alerts=attention(seats),
            latest=log_of_account(actor, {"per_page": LATEST}).rows
            if reaches_at_all(actor, "activity.view_account")
            else [],
        )
