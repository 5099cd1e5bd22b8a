"""The folder's own builders on the path."""

from __future__ import annotations

import sys
from pathlib import Path

# pytest's importlib mode does not put a test's folder on the path.
sys.path.insert(0, str(Path(__file__).parent))
