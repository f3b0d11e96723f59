"""RFC 6455 on the threaded server."""

from tests.live.rfc import CLOSE_CODES, RUDE, check_closing, check_manners, check_rudeness, check_vanishing
from tests.live.talk import until


def test_rudeness_is_answered_as_the_rfc_says(talk, cast):
    for name in RUDE:
        check_rudeness(talk(cast.uma), name)


def test_a_close_frame_is_answered_in_kind(talk, cast):
    for code in CLOSE_CODES:
        check_closing(talk(cast.uma), code)


def test_odd_manners_are_manners(talk, cast):
    check_manners(talk(cast.uma))


def test_who_vanishes_is_let_go(talk, cast, hub):
    check_vanishing(talk(cast.uma))
    until(lambda: not hub.houses)
