"""The console: pages where people look at what was found and decide.

page.py        what a page and an action are, and what they are called with
pages/         the pages, a file a subject, and the one table of them all
table.py       every table: it sorts, filters, pages and exports by its URL
rendering.py   templates, and how values are worded in them
face.py        who visits, may they, what comes of it
cookies.py     who is signed in, as browsers hold it
flashes.py     what the next page tells at its top
framing.py     what stands around every page
live.py        pages that are open are told when the casebook has changed
forms.py       forms as they are sent: bounded, and from our own pages only
server.py      the application
templates/     a folder a subject; layout.html and parts/ are everybody's
static_files.py  the files of static/, from memory
static/        one style, small scripts, and vendor/ with what others wrote
"""
