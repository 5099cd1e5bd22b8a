"""Private matching: what two operators have in common, and nothing else of what they have.

Pure: values, keys and `now` come in; messages, answers and rulings go out. The files and the
wire are in `app.sharing`, `api.matching` and `sharing.matching_client`.

| level | module | who learns what |
|---|---|---|
| forms | `canonical` | one spelling of a value, so that both sides hash the same bytes |
| 1 | `templates` | members with the group key: how near two prompt templates are |
| 2 | `oprf`, `table`, `asking`, `answering` | asker: which of its values match; holder: a bucket |
| 3 | `intersection` | asker: how many; which ones only after a person approved it |
| all | `keyring`, `quotas` | keys by quarter; what one peer may ask |
"""
