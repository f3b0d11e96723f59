"""Work logs: tables of tasks and of the sessions in which people worked on them."""
