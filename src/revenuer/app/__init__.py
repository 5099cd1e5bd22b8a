"""What a user can ask for, one function each; every face calls only these."""

from revenuer.app.scan import ScanOutcome, scan

__all__ = ["ScanOutcome", "scan"]
