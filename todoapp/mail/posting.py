"""Posting a mail in the deed's transaction. What is kept of it holds no secret: its link is made again when it is sent."""

from typing import Any

from todoapp.activity.models import Delivery
from todoapp.activity.posting import post


def post_mail(
    template: str,
    to: str,
    *,
    account_id: int | None = None,
    key: str | None = None,
    link: tuple[str, Any] | str | None = None,
    **params: Any,
) -> Delivery:
    """Send `templates/mail/<template>` to an address after the commit.

    `link` is (purpose, row) of a one-time link, see `users/links.py`, or a path on this site. `params` fill the template.
    """
    place = link if link is None or isinstance(link, str) else [link[0], link[1].id]
    return post("mail", to, account_id=account_id, key=key, template=template, link=place, params=params)
