"""What goes to other operators and what comes from them.

tlp.py          the Traffic Light Protocol: who may see what
tiers.py        which kinds of value may leave, and how
profile.py      our STIX 2.1 profile: its names, its extension, and how that is read
objects.py      objects that are the same whoever writes them
words.py        how sure a finding is, and the same in sentences
reidentify.py   what may leave of a campaign without pointing at a person
terms.py        who shares, and under which terms
bundle.py       a campaign as a STIX bundle
replies.py      what is said of another operator's object
revocation.py   taking back what was shared
patterns.py     STIX patterns of single values
schemas/        the JSON Schema of the extension
bounded.py      what strangers send, within bounds of bytes and depth
http_client.py  requests to another operator's server
taxii_client.py collections of a TAXII server, and pushing into them
taxii_pull.py   pulling what is new, page by page

STIX objects are plain dictionaries here, as they stand on the wire.
"""
