"""Who decided what, and how it is undone: pure functions over entries and decisions."""
