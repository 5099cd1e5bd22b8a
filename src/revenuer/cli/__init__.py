"""The command line: one command a file, results on stdout, talk on stderr.

entry.py      the outermost face: exceptions become text and exit codes
group.py      `revenuer` itself; loads a command's file when it is asked for
session.py    what every command is handed: consoles, progress, debugging
inputs.py     the options that say which logs to read and with which settings
show/         results on a terminal
<command>.py  one command each
"""

from revenuer.cli.entry import main

__all__ = ["main"]
