"""The people of the measured account: an owner, a super manager, six managers, and forty users under them."""

from dataclasses import dataclass

ACCOUNT_ID = 1
OWNER_ID, SUPER_ID = 1, 2
TEAMS = (8, 8, 8, 6, 5, 5)
"""How many users each manager has: three managers have eight."""
PASSPHRASE = "measured harbour lantern 27"
FIRST_NAMES = (
    "Ada Ben Cleo Dan Eva Finn Gia Hugo Ida Jon Kim Leo Mia Nils Ola Pia Quin Rosa Sam Tess Udo Vera Will Xena".split()
)
LAST_NAMES = "Adler Berg Costa Diaz Engel Fischer Garcia Haas".split()


@dataclass(frozen=True, slots=True)
class Member:
    """One member of the account, by user id."""

    id: int
    name: str
    role: str
    manager_id: int | None

    @property
    def email(self) -> str:
        """The address with which they sign in."""
        return f"{self.role}-{self.id}@bench.test"


def everybody() -> list[Member]:
    """All members: their ids count from 1, those above first."""
    managers = range(SUPER_ID + 1, SUPER_ID + 1 + len(TEAMS))
    above = [(OWNER_ID, "owner", None), (SUPER_ID, "super_manager", OWNER_ID)]
    above += [(manager, "manager", SUPER_ID) for manager in managers]
    bosses = [manager for manager, size in zip(managers, TEAMS, strict=True) for _ in range(size)]
    users = [(managers.stop + place, "user", boss) for place, boss in enumerate(bosses)]
    return [Member(user_id, _name(user_id), role, manager_id) for user_id, role, manager_id in above + users]


def _name(user_id: int) -> str:
    return f"{FIRST_NAMES[user_id % len(FIRST_NAMES)]} {LAST_NAMES[user_id // len(FIRST_NAMES) % len(LAST_NAMES)]}"


PEOPLE = everybody()
BY_ID = {member.id: member for member in PEOPLE}


def reports_of(member_id: int) -> list[Member]:
    """The users below a member, directly or through a manager; below the owner are all of them."""
    return [one for one in PEOPLE if one.role == "user" and (member_id <= SUPER_ID or one.manager_id == member_id)]


def of_role(role: str) -> list[Member]:
    """Those as whom a case runs: users of the three big teams, the managers of eight, or the owner."""
    if role == "manager":
        return [one for one in PEOPLE if one.role == role and len(reports_of(one.id)) == max(TEAMS)]
    return [one for one in PEOPLE if one.role == role]
