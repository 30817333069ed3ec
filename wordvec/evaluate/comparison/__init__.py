"""Models against each other: on common items, over seeds and tasks, today and later."""
