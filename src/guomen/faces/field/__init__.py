"""The inspector's pages: tasks, one task on a phone, hold, release, receipt."""
