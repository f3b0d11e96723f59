"""The pager under a list: what is shown of how many, and the addresses before and after."""

from collections.abc import Callable
from typing import Any

from todoapp.kit.paging import Page


def pager_of(page: Page, address: Callable[[int], str]) -> dict[str, Any]:
    """The pager of `page`; `address` makes the address of a page of this list."""
    first = (page.page - 1) * page.per_page
    last = first + len(page.rows)
    return {
        "shown": f"{first + 1} to {last}",
        "total": f"more than {page.total_count:,}" if page.total_capped else f"{page.total_count:,}",
        "previous_url": address(page.page - 1) if page.page > 1 else None,
        "next_url": address(page.page + 1) if page.total_capped or last < page.total_count else None,
    }
