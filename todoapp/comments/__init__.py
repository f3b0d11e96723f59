"""What people say about a task: comments, answers to them, and whom they mention."""
