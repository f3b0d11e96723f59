"""mission.md's "See a task" and "Edit and plan it" in plain Python, written without a look at the matrix.

It knows nothing of SQL, of reaches or of the stored chain: only people, who manages whom, and who handed what to whom.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Someone:
    """A member: their number, role, manager's number, and whether they left."""

    number: int
    role: str
    manager: int | None = None
    left: bool = False


@dataclass(frozen=True)
class HandOver:
    """Somebody gave a task to somebody, who may have rejected it."""

    by: int
    to: int
    rejected: bool = False


@dataclass
class Work:
    """A task: its creator, its visibility, its hand-overs in order; `dropped` when nobody has it any more."""

    creator: int
    visibility: str
    hand_overs: list[HandOver] = field(default_factory=list)
    dropped: bool = False

    @property
    def assignee(self) -> int | None:
        """Who has it."""
        return None if self.dropped or not self.hand_overs else self.hand_overs[-1].to

    def chain(self) -> set[int]:
        """Who assigned it to whom down to the assignee."""
        return set() if self.assignee is None else self.upwards(self.assignee, len(self.hand_overs))

    def upwards(self, holder: int, moment: int) -> set[int]:
        """The holder, and those above: whoever gave it to them last before that moment had it from somebody, too."""
        received = [place for place in range(moment) if self.hand_overs[place].to == holder]
        received = [place for place in received if not self.hand_overs[place].rejected]
        if not received:
            return {holder}
        return {holder} | self.upwards(self.hand_overs[received[-1]].by, received[-1])


@dataclass
class Organisation:
    """The people of an account."""

    people: dict[int, Someone]

    def is_below(self, person: int, manager: int) -> bool:
        """Whether `person` reports to `manager`, directly or through others."""
        above = self.people[person].manager
        while above is not None and not self.people[above].left:
            if above == manager:
                return True
            above = self.people[above].manager
        return False

    def opens_board(self, viewer: int, owner: int) -> bool:
        """Whether `viewer` may look at the board of `owner`."""
        me, them = self.people[viewer], self.people[owner]
        if viewer == owner or me.role == "owner":
            return True
        if me.role == "super_manager":
            return them.role in ("user", "manager")
        return me.role == "manager" and them.role == "user" and self.is_below(owner, viewer)

    def shares_manager(self, one: int, other: int) -> bool:
        """Whether both have the same manager; a missing manager matches nobody."""
        manager = self.people[one].manager
        return manager is not None and manager == self.people[other].manager

    def sees(self, viewer: int, work: Work) -> bool:
        """See a task."""
        holder = work.assignee
        if viewer in (holder, work.creator) or viewer in work.chain() or work.visibility == "account":
            return True
        anchor = work.creator if holder is None else holder
        if work.visibility == "team" and self.shares_manager(viewer, anchor):
            return True
        if holder is None:
            return self.people[viewer].role in ("super_manager", "owner")
        return self.opens_board(viewer, holder)

    def edits(self, viewer: int, work: Work) -> bool:
        """Edit and plan it. That those who see every unassigned task may plan it is our reading: else nobody could."""
        if work.assignee is None:
            return viewer == work.creator or self.people[viewer].role in ("super_manager", "owner")
        in_chain = viewer == work.creator and viewer in work.chain()
        return in_chain or self.opens_board(viewer, work.assignee)
