"""A teacher and students that train here in minutes, on a task where every step is graded."""
