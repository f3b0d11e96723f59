"""RFC 6455 on the threaded server."""

import pytest

from tests.live.rfc import RUDE, check_closing, check_manners, check_rudeness, check_vanishing
from tests.live.talk import until


@pytest.mark.parametrize("name", RUDE)
def test_rudeness_is_answered_as_the_rfc_says(talk, cast, name):
    check_rudeness(talk(cast.uma), name)


@pytest.mark.parametrize("code", [None, 1000, 1001, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999])
def test_a_close_frame_is_answered_in_kind(talk, cast, code):
    check_closing(talk(cast.uma), code)


def test_odd_manners_are_manners(talk, cast):
    check_manners(talk(cast.uma))


def test_who_vanishes_is_let_go(talk, cast, hub):
    check_vanishing(talk(cast.uma))
    until(lambda: not hub.houses)
