"""Taking work over from other tools: tasks, people, history and clocks."""
