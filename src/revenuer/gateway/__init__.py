"""The guard on the wire: adapters that ask `revenuer.guard`, and log exchanges in our contract.

config.py      what an operator sets of the gateway itself
start.py       configuration -> parts; nothing else of the gateway puts parts together
gate.py        one request -> ruling: who asks, what for, may it pass, with which changes
ruling.py      what is known of a request by its head, and what is done with it
identity.py    credentials and trusted headers -> fingerprints
routes.py      path -> protocol and operation
facts.py       body -> what it asks for, read in part
tap.py         what is kept of an answer that passes: its ends, never a copy of all
usage.py       first and last bytes of an answer -> token counts
refusals.py    decision -> an error in the words of the client's protocol
verdicts.py    the snapshot file, looked for each second
journal.py     an exchange that is over: its tokens charged, its row handed over
recorder/      rows handed to a process of its own, which sketches, writes, syncs, acknowledges
proxy/         adapter: a reverse proxy in front of any OpenAI- or Anthropic-compatible server
asgi.py        adapter: middleware for vLLM, FastAPI and every other ASGI server
litellm.py     adapter: a callback of the LiteLLM proxy
ext_proc.py    adapter: an external processor of Envoy, request phase only
"""
