"""Who may have an account: an application and what is known -> an assessment, with reasons.

Pure: the tables of domains and networks, the history and the time are passed in.
"""
