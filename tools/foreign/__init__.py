"""A generator of logs that shares nothing with `revenuer.worlds`: written from the contract alone."""
