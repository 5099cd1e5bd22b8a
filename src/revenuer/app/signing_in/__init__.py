"""Signing in to the console: who somebody is, and for how long that is known.

sessions.py      who is signed in, and since when
own_sessions.py  where one is signed in oneself
by_passkey.py    passkeys: made, asked for, verified
by_password.py   a password, always with a second factor
by_oidc.py       the organization's own sign-in
invitations.py   links with which people choose what they sign in with; the first admin's
enrolling.py     such a link is taken up
own_means.py     what one signs in with oneself
waits.py         whoever fails waits, longer each time
begun.py         what begins at the server and ends in the same browser
keyed.py         marks that only this casebook can make
"""
