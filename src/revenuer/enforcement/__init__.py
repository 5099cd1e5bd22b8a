"""Actions out: verdicts published for the guard, and taken up by it. No logs are read here."""
