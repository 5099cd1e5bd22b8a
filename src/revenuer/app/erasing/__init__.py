"""Taking an account out of every place that may know it."""
