"""What follows from an event, by dotted name; imported when it runs, never before."""

REACTIONS: dict[str, tuple[str, ...]] = {
    "user_registered": ("todoapp.users.reactions.send_activation",),
    "member_invited": ("todoapp.accounts.reactions.send_invitation",),
}
