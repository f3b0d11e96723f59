"""The whole timetable, in UTC. Every job may run twice, or late: what it finds done it leaves."""

from huey import crontab

TIMETABLE = {
    "deliver_due": crontab(minute="*"),
    "forget": crontab(minute="17"),
    "index_behind": crontab(minute="*"),
    "index_missed": crontab(minute="23"),
    "note_unanswered": crontab(minute="*"),
    "seal_events": crontab(minute="*"),
}
