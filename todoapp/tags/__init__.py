"""Tags as an account keeps them: named, coloured, merged and deleted in one place for all tasks."""
