"""Private matching as HTTP shows it."""
