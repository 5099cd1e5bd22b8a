"""The standalone proxy: bytes in, a decision, the same bytes out.

heads.py      pure: request heads checked and made anew, so that two parsers never disagree
answers.py    pure: heads of answers, and answers of our own
        what is kept of an answer that passes: its first and last bytes, never a copy of all
answer_framing.py
        what of an answer goes on, under which head
client.py     a client's connection: requests parsed, decided on, handed over
upstream.py   a connection to the upstream: answers relayed as they come
pool.py       idle upstream connections
worker.py     one process: listener, sweeper of deadlines, graceful end
supervisor.py the workers' parent: starts, watches and ends them, and serves the metrics
"""
