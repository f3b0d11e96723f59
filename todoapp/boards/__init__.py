"""Boards: views of tasks, not rows. One query, shown as columns or as a list."""
