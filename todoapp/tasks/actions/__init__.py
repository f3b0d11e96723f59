"""The verbs of a task, by what one does: creating, assigning, progressing, editing, archiving."""
