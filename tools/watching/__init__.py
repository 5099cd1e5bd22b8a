"""What `bench_watch.py` measures a watch with.

nights.py    a watch of a world, look by look, beside what each look alone would have convicted
leaks.py     what a campaign took before a method named it
peering.py   other people's detectors, asked every day
rates.py     exchanges a second and memory, in processes of their own
peeking.py   the rule for looks that follow one another, on simulated e-values
faults.py    watches that are killed, filled up and fed with rubbish
streams.py   a world as small files of JSON Lines
poison.py    the same with records that are wrong
"""
