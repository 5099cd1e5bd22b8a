"""The log of exchanges: rows handed over in memory, written by a process of its own.

```
worker:    offer() -> bounded queue -> socket pair
recorder:  socket pair -> sketch -> write -> sync -> acknowledge
```

A process and not a thread: reading bodies and sketching them would take the interpreter's lock
from the worker that relays traffic. What a worker has handed over survives its own death, and
what waits for a dead or full recorder is bounded, its oldest rows dropped and counted.

A row is *acknowledged* once it is in the file and the file is synced to the disk. The worker
counts acknowledgements; killing any process after one loses nothing of it.
"""
