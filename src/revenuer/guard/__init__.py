"""The guard: (state, event) -> decision, with nothing but the standard library.

Like h11 it does no input or output. An adapter owns sockets, files and clocks, and drives it:

```python
fingerprints = Fingerprinter(secret)             # 32 bytes, shared with the publisher
guard = Guard(policy, fingerprints)              # Policy(), or app.guard_policy.load_policy(file)
guard.offer(read_snapshot(mapped), now)          # after enforcement.snapshot_file verified it
caller = Caller(fingerprints.of(Kind.ACCOUNT, account_id))            # one for each credential
decision = guard.decide(Request(now, caller, Protocol.OPENAI_CHAT, facts))
if decision.passes:
    if decision.changes:
        body = apply(body, decision.changes)     # only then is a body written again
else:
    ...                                          # refuse, with decision.reason and so on
guard.finish(Answer(now, caller, decision, tokens))   # when the answer is through
```

| in | is |
|---|---|
| `Request(now, caller, protocol, facts, reasoning)` | decided by `Guard.decide` |
| `Answer(now, caller, decision, tokens)` | charged by `Guard.finish` |
| `Snapshot` or `SnapshotFault`, from `read_snapshot(bytes)` | taken or refused by `Guard.offer` |
| `Notice(now, fingerprint, standing, until)` | an appeal or challenge won: `Guard.heed` |

`facts=None` says that the body could not be read within the deadline, was too large or was no
JSON: what does not need the body, a block say, still holds, and nothing is reduced. Where not
even `decide` was reached in time, `Guard.open(request)` is the decision: the request passes.
`Decision` has action, passes, reason, evidence_id, expires_at, appeal, changes,
retry_after_s, and, in shadow mode, would_be and would_pass. `Guard.refresh(now).samples()`
gives the numbers for Prometheus.
"""

from revenuer.guard.core import Guard
from revenuer.guard.decision import NOTHING, Change, Decision, Edit, Reason
from revenuer.guard.events import (
    Answer,
    Caller,
    Facts,
    Notice,
    Protocol,
    ReasoningSign,
    Request,
    Standing,
)
from revenuer.guard.faults import Fault, SnapshotFault
from revenuer.guard.fingerprint import Fingerprinter, Kind
from revenuer.guard.ladder import TRANSITIONS, Action, Signal
from revenuer.guard.metrics import Metrics, Sample
from revenuer.guard.policy import Mode, Policy
from revenuer.guard.reduce import apply, changes_for
from revenuer.guard.snapshot import Listed, Snapshot, read_snapshot, signed_part

__all__ = [
    "NOTHING",
    "TRANSITIONS",
    "Action",
    "Answer",
    "Caller",
    "Change",
    "Decision",
    "Edit",
    "Facts",
    "Fault",
    "Fingerprinter",
    "Guard",
    "Kind",
    "Listed",
    "Metrics",
    "Mode",
    "Notice",
    "Policy",
    "Protocol",
    "Reason",
    "ReasoningSign",
    "Request",
    "Sample",
    "Signal",
    "Snapshot",
    "SnapshotFault",
    "Standing",
    "apply",
    "changes_for",
    "read_snapshot",
    "signed_part",
]
