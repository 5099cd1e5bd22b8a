"""`watch`: a live stream in, verdicts at any time out.

taking.py       batches from sources into segments, each once
looks.py        when to look next, by the stream's own time
look.py         one look: the segments as logs, judged, with what earlier looks said
detections.py   pure: what earlier looks found, in this one's findings
remembered.py   what one look leaves for the next, as bytes
asked.py        what is watched, and whether that can be
watching.py     the loop
"""
