"""What follows from an event, and who delivers what, by dotted name; imported when it runs, never before."""

INDEX_TASK = "todoapp.search.reactions.index_task"

REACTIONS: dict[str, tuple[str, ...]] = {
    "user_registered": ("todoapp.users.reactions.send_activation",),
    "member_invited": ("todoapp.accounts.reactions.send_invitation",),
    "task_created": (INDEX_TASK,),
    "task_updated": (INDEX_TASK,),
    "task_commented": (INDEX_TASK,),
    "task_comment_edited": (INDEX_TASK,),
    "task_comment_deleted": (INDEX_TASK,),
    "tag_updated": ("todoapp.search.reactions.index_tagged",),
}

DELIVERERS: dict[str, str] = {
    "mail": "todoapp.mail.sending.send_mail",
    "reaction": "todoapp.activity.deliver.react_again",
    "activation_request": "todoapp.users.reactions.answer_activation_request",
    "reset_request": "todoapp.users.reactions.answer_reset_request",
}
"""Who delivers which kind. A deliverer works in the transaction and returns what is left to do outside of it, if anything."""
