"""THE TABLE: who may do what, and how far. Its diff is the security review.

A cell is a reach: alternatives joined by `|`, each a conjunction of words joined by `&`. The words are defined
for members in MEMBER_WORDS, for tasks in TASK_WORDS and for comments in COMMENT_WORDS (`reaches.py`); shorthand is
in SHORTHAND; `all` and `-` mean everything and nothing.
"""

from dataclasses import dataclass

from todoapp.accounts.models import ROLES

SHORTHAND = {
    "visible": "assignee|creator|chain|board|team|account",
    "planner": "creator&chain|creator&unassigned|board",
    "planner+": "creator&chain|creator&unassigned|board|unassigned",
    "worker": "assignee",
    "overseer": "assignee|board",
    "own": "author&on_seen_task",
}

TABLE = """
action                 user           manager                          super_manager        owner

task.create            all            all                              all                  all
task.view              visible        visible                          visible|unassigned   visible|unassigned
task.comment           visible        visible                          visible|unassigned   visible|unassigned
task.update            planner        planner                          planner+             planner+
task.archive           planner        planner                          planner+             planner+
task.delete            planner        planner                          planner+             planner+
task.restore           planner        planner                          planner+             planner+
task.assign            planner        planner                          planner+             planner+
task.take              planner        planner                          planner+             planner+
task.reassign          -              planner&trusted                  planner              planner
task.take_back         assigner&unstarted  assigner&unstarted          assigner&unstarted   assigner&unstarted
task.accept            worker         worker                           worker               worker
task.reject            worker         worker                           worker               worker
task.start             worker         worker                           worker               worker
task.resume            worker         worker                           worker               worker
task.pause             overseer       overseer                         overseer             overseer
task.complete          overseer       overseer                         overseer             overseer
task.reopen            overseer       overseer                         overseer             overseer
task.correct_clock     worker         worker                           worker               worker

comment.view           on_seen_task   on_seen_task                     on_seen_task         on_seen_task
comment.update         own            own                              own                  own
comment.delete         own            own                              on_seen_task         on_seen_task

member.assign          self           self|users                       self|users|managers  all
board.view             self           self|reports                     self|users|managers  all
board.team             -              all                              all                  all
board.account          -              -                                all                  all

activity.view_account  -              -                                all                  all
activity.view_task     visible        visible                          visible|unassigned   visible|unassigned
activity.view_person   self           self|reports                     self|users|managers  all

member.view            all            all                              all                  all
member.invite          -              -                                all                  all
member.uninvite        -              -                                all                  all
member.update          -              -                                below                all
member.suspend         -              -                                below                all
member.reactivate      -              -                                below                all
member.add_absence     self           self|reports                     self|below           all
member.remove_absence  self           self|reports                     self|below           all
member.remove          self           self                             self|below           all

tag.view               all            all                              all                  all
tag.create             -              -                                all                  all
tag.update             -              -                                all                  all
tag.merge              -              -                                all                  all
tag.delete             -              -                                all                  all

custom_field.view      all            all                              all                  all
custom_field.create    -              -                                all                  all
custom_field.update    -              -                                all                  all
custom_field.archive   -              -                                all                  all
custom_field.restore   -              -                                all                  all
custom_field.reorder   -              -                                all                  all

account.view           all            all                              all                  all
account.update         -              -                                all                  all
account.configure      -              -                                all                  all
account.set_logo       -              -                                all                  all
account.remove_logo    -              -                                all                  all
account.delete         -              -                                -                    all
account.restore        -              -                                -                    all
account.import         -              -                                all                  all
"""

WHO_MAY = {
    "task.create": "Every member may create tasks.",
    "task.view": "You may not see this task.",
    "task.comment": "Whoever sees the task may comment.",
    "task.update": "Only the task's creator, while it is theirs to hand out, and those who may open the assignee's board may edit it.",
    "task.archive": "Only those who may edit the task may archive it.",
    "task.delete": "Only those who may edit the task may delete it.",
    "task.restore": "Only those who may edit the task may restore it.",
    "task.assign": "Only those who may edit the task may assign it.",
    "task.take": "Only those who may edit the task may take it.",
    "task.reassign": "This task is already assigned. Managers may reassign it if the account or their membership allows it; "
    "super managers and owners always may.",
    "task.take_back": "Only the person who assigned the task may take it back, and only before it is started.",
    "task.accept": "Only the assignee may accept the task.",
    "task.reject": "Only the assignee may reject the task.",
    "task.start": "Only the assignee may start the task: the clock is theirs.",
    "task.resume": "Only the assignee may resume the task: the clock is theirs.",
    "task.pause": "Only the assignee and those who may open the assignee's board may pause the task.",
    "task.complete": "Only the assignee and those who may open the assignee's board may complete the task.",
    "task.reopen": "Only the assignee and those who may open the assignee's board may reopen the task.",
    "task.correct_clock": "Only the assignee may correct the clock: it is theirs.",
    "comment.view": "You may not see this comment.",
    "comment.update": "Only its author may edit a comment.",
    "comment.delete": "Only its author, super managers and owners may delete a comment.",
    "member.assign": "Managers may assign to users, super managers also to managers, and owners to everybody.",
    "board.view": "A person's board opens for themselves, for the managers above them if they are a user, "
    "for super managers if they are a user or a manager, and for owners.",
    "board.team": "The team board is for managers, super managers and owners.",
    "board.account": "The account board is for super managers and owners.",
    "activity.view_account": "The account's activity is for super managers and owners.",
    "activity.view_task": "Whoever sees the task sees its activity.",
    "activity.view_person": "A person's activity is for themselves and for those who may open their board.",
    "member.view": "Members may see each other.",
    "member.invite": "Only super managers and owners may invite members.",
    "member.uninvite": "Only super managers and owners may take back invitations.",
    "member.update": "Super managers may manage members below their own role, owners everybody.",
    "member.suspend": "Super managers may suspend members below their own role, owners everybody else.",
    "member.reactivate": "Super managers may reactivate members below their own role, owners everybody.",
    "member.add_absence": "People plan their own absences; managers those of their reports, super managers and owners those below them.",
    "member.remove_absence": "People plan their own absences; managers those of their reports, super managers and owners those below them.",
    "member.remove": "Super managers may remove members below their own role, owners everybody; everybody may leave.",
    "tag.view": "Members may see the account's tags.",
    "tag.create": "Only super managers and owners may create tags here; in a task, everybody may type new ones.",
    "tag.update": "Only super managers and owners may change tags.",
    "tag.merge": "Only super managers and owners may merge tags.",
    "tag.delete": "Only super managers and owners may delete tags.",
    "custom_field.view": "Members may see the account's custom fields.",
    "custom_field.create": "Only super managers and owners may create custom fields.",
    "custom_field.update": "Only super managers and owners may change custom fields.",
    "custom_field.archive": "Only super managers and owners may archive custom fields.",
    "custom_field.restore": "Only super managers and owners may restore custom fields.",
    "custom_field.reorder": "Only super managers and owners may order custom fields.",
    "account.view": "You do not belong to this account.",
    "account.update": "Only super managers and owners may change the account.",
    "account.configure": "Only super managers and owners may see and change the account's settings.",
    "account.set_logo": "Only super managers and owners may change the logo.",
    "account.remove_logo": "Only super managers and owners may change the logo.",
    "account.delete": "Only an owner may delete the account.",
    "account.restore": "Only an owner may restore the account.",
    "account.import": "Only super managers and owners may import into the account.",
}

Reach = tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One action of the table: a reach per role."""

    action: str
    cells: dict[str, Reach]


def parse_reach(cell: str) -> Reach:
    """Read a cell: a tuple of conjunctions, any of which is enough. `all` is one empty conjunction, `-` is none."""
    if cell == "all":
        return (frozenset(),)
    if cell == "-":
        return ()
    alternatives: list[frozenset[str]] = []
    for part in cell.split("|"):
        words = part.split("&")
        expanded: Reach = (frozenset(),)
        for word in words:
            choices = parse_reach(SHORTHAND[word]) if word in SHORTHAND else (frozenset({word}),)
            expanded = tuple(done | choice for done in expanded for choice in choices)
        alternatives.extend(expanded)
    return tuple(dict.fromkeys(alternatives))


def parse_table(text: str) -> dict[str, Row]:
    """Read the table strictly: each line has an action, once, and one cell for each role."""
    lines = [line.split() for line in text.splitlines() if line.strip()]
    header, *body = lines
    if header != ["action", *ROLES]:
        raise ValueError(f"The matrix must have the columns action, {', '.join(ROLES)}")
    rows: dict[str, Row] = {}
    for line in body:
        action, *cells = line
        if len(cells) != len(ROLES):
            raise ValueError(f"{action} needs a cell for each of {', '.join(ROLES)}")
        if action in rows:
            raise ValueError(f"{action} stands twice in the matrix")
        rows[action] = Row(action, {role: parse_reach(cell) for role, cell in zip(ROLES, cells, strict=True)})
    return rows


MATRIX = parse_table(TABLE)


def reach_of(action: str, role: str) -> Reach:
    """How far `role` reaches with `action`; a KeyError for an action that is not in the table."""
    return MATRIX[action].cells[role]
