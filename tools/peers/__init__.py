"""Other people's detectors, on the worlds and with the measures that Revenuer is judged by.

Each peer is written anew from its published description; only `unmimic` is the package
itself, in an environment of its own. `docs/peers.md` says what was changed and why.
"""
