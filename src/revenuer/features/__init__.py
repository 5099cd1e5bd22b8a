"""From exchanges to account-sized tables: Ibis expressions, and readers of text."""
