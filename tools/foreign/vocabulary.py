"""The words that the foreign generator's own grammar draws from. Written for this folder alone."""

from __future__ import annotations

TOPICS = tuple(
    t.strip()
    for t in """
    sourdough that never rises; a visa for Portugal; knee pain after running; a fixed-rate mortgage;
    the offside rule; a leaking radiator; houseplants for a dark hallway; a toddler who refuses naps;
    tenants' rights in Bavaria; the French Revolution; photosynthesis; a broken zip; compost heaps;
    a cover letter for a nursing job; a 5k training plan; chess openings for black; tax on side income;
    a used electric car; the water cycle; my landlord's deposit; vegan lasagne; noise-cancelling
    headphones; a eulogy for my grandfather; baby names from Wales; learning the ukulele; the
    Krebs cycle; a wedding speech; cheap flights to Lisbon; a wasp nest; bilingual kids; sleep apnea;
    the causes of inflation; a slow laptop; an angry neighbour; interview questions for a bakery;
    a Dungeons and Dragons tavern; solar panels on a flat roof; potty training; sharpening knives;
    a memorial garden; the periodic table; the Ottoman Empire; jet lag; a puppy's first week;
    removing red wine stains; a marathon in the heat; rental scams; gluten-free birthday cake;
    cold brew; the difference between weather and climate; pension transfers; a capsule wardrobe;
    Norse mythology; a screenplay set on a ferry; cycling with a baby; black holes; old photographs;
    the second law of thermodynamics; gift ideas for a teacher; a museum weekend in Vienna; anxiety
    before exams; a beginner's telescope; quitting coffee; haiku about rain; dividing an inheritance;
    lactose intolerance; beekeeping; moving to New Zealand; a treehouse; a retirement party; tinnitus;
    crossword clues; double-entry bookkeeping; a crossing of the Alps; supply and demand; mould in
    the bathroom; a phone that overheats; indoor climbing; the lymphatic system; Kafka's letters;
    a school play; migraine triggers; pickling cucumbers; travel insurance; a bookshelf from pallets;
    the moons of Jupiter; salary negotiation; a haunted lighthouse; invoicing clients abroad;
    growing tomatoes; kites; the silk road; sign language; a nut allergy; fixing a bicycle chain;
    tidal power; a quarrel with my sister; watercolour skies; an apology to a customer; origami;
    card tricks; volcanoes in Iceland; an e-mail to the council; curry without coconut; ant colonies;
    a reading list about grief; sewing a curtain; how vaccines work; freelance contracts; sea shanties
    """.replace("\n", " ").split(";")
)
OPENERS = (
    "how do I deal with {t}?",
    "what should I know about {t}",
    "{t}: where would you start?",
    "Explain {t} to {w}.",
    "can you write something short about {t} for {w}",
    "I've been thinking about {t} since {d} and I'm stuck. {s}",
    "Give me {n} ideas on {t}",
    "compare {t} with {u}",
    "My {p} asked me about {t}, what do I say?",
    "is {t} worth it if I only have {n} days?",
    "pls help with {t}, {s}",
    "Write a {f} on {t}, not longer than {n} lines.",
    "why is {t} so hard?? {s}",
    "what's a polite way to bring up {t} with my {p}",
    "Summarise what people usually get wrong about {t}.",
    "I need a plan for {t} by {d}",
    "{t} vs {u} - honest opinion please",
    "draft a {f} to my {p} about {t}",
)
FOLLOW_UPS = (
    "shorter please", "thanks! and for {w}?", "no I meant {u}", "can you make it sound less formal",
    "ok but what about {t}", "give me another one", "in bullet points", "why?", "and if it's {d}?",
    "hmm that doesn't work, {s}", "translate that into {l}", "perfect, now a title", "continue",
    "are you sure about the second part?", "what would my {p} say to that", "add an example",
)  # fmt: skip
STEPWISE = (
    "Walk me through it step by step: {t}.",
    "think it through slowly and show all your steps. {s} So what about {t}?",
    "show your full working: if {t} takes {n} hours and {u} takes {m}, which comes first and why",
    "Explain every step of your reasoning, I learn best that way. Topic: {t}",
    "go step by step, numbered, no jumps: {t} for {w}",
)
WHO = (
    "a ten-year-old", "my mum", "a beginner", "an engineer", "someone in a hurry", "a sceptic",
    "my book club", "new colleagues", "a tired parent", "sixth-formers", "a jury", "my boss",
)  # fmt: skip
PEOPLE = (
    "sister", "boss", "flatmate", "son", "neighbour", "aunt", "teacher", "client", "coach",
    "husband", "wife", "friend Ana", "daughter", "doctor", "landlady", "colleague",
)  # fmt: skip
WHEN = (
    "Friday", "next month", "tonight", "the summer", "Easter", "the 14th", "tomorrow morning",
    "last winter", "the weekend", "half past nine", "my birthday",
)  # fmt: skip
FORMS = (
    "letter", "poem", "text message", "short story", "checklist", "toast", "blog post", "limerick",
    "recipe card", "complaint", "review", "one-page brief", "lesson plan", "dialogue",
)  # fmt: skip
LANGUAGES = (
    "Spanish", "Polish", "Dutch", "Japanese", "Portuguese", "Turkish", "Swedish", "Korean", "Greek",
    "Arabic", "Czech", "Hindi", "Vietnamese", "Italian", "Finnish", "Romanian",
)  # fmt: skip
SUBJECTS = (
    "the supplier", "our driver", "the second tenant", "a nurse on the ward", "the treasurer",
    "the pump", "the morning crew", "the insurer", "a visitor", "the new release", "the ferry",
    "our warehouse", "the committee", "the lessee", "a cyclist", "the cashier", "the backup server",
    "the harvest", "the choir", "the district court", "a subcontractor", "the boiler", "the tram",
    "the youngest pupil", "the auditor", "my phone", "the parcel", "the goalkeeper", "the bakery",
)  # fmt: skip
VERBS = (
    "delivered", "refused", "misplaced", "repaired", "approved", "postponed", "described", "lost",
    "inspected", "cancelled", "returned", "noticed", "underestimated", "sold", "borrowed", "praised",
    "overheated near", "argued about", "replaced", "signed for", "waited for", "asked about",
)  # fmt: skip
OBJECTS = (
    "the invoice", "two pallets of tiles", "a faulty valve", "the annex", "the last bus", "the keys",
    "a blue umbrella", "the quarterly figures", "the wrong dosage", "a signed copy", "the fence",
    "the red folder", "thirty chairs", "a refund", "the northern route", "the password", "a crate",
    "the deposit", "an old photograph", "the fuse box", "a parking permit", "the appendix",
    "the school trip", "a sample of soil", "the warranty", "the third clause", "a spare tyre",
)  # fmt: skip
TAILS = (
    "before noon", "without notice", "for the third time", "near the harbour", "despite the rain",
    "at the customer's expense", "as agreed", "in March", "during the audit", "by mistake",
    "under protest", "to everyone's relief", "on the way home", "after a long call", "in writing",
    "behind the station", "with visible damage", "two weeks late", "over the holidays", "in cash",
)  # fmt: skip
CODE_NOUNS = (
    "orders", "sensor readings", "user sessions", "invoices", "log lines", "playlists", "tickets",
    "image tiles", "bank transfers", "bookings", "tweets", "GPS tracks", "recipes", "inventory rows",
    "feature flags", "chess games", "e-mails", "timesheets", "shipments", "course grades",
)  # fmt: skip
CODE_TASKS = (
    "write a function that groups {n} by day in {c}",
    "this {c} code crashes on empty {n}:\n{x}\nwhat's wrong?",
    "refactor so that {n} are streamed instead of loaded at once ({c})\n{x}",
    "add tests for the {n} parser in {c}",
    "why is my query over {n} slow? index on ({a}, {b}) exists",
    "regex to pull {a} and {b} out of {n}",
    "Convert this from {c} to {e}:\n{x}",
    "type error: cannot assign {a} to {b} in {c}, {n} module",
    "dockerfile for a {c} worker that processes {n}",
    "explain what this does\n{x}",
)
CODE_LANGUAGES = (
    "Python",
    "TypeScript",
    "Go",
    "Rust",
    "Java",
    "C#",
    "Kotlin",
    "PHP",
    "Ruby",
    "SQL",
)
IDENTIFIERS = (
    "user_id", "ts", "amount", "row_hash", "parent", "offset", "tenant", "due_at", "lat", "sku",
    "retries", "total", "checksum", "start", "state", "label", "owner", "weight", "kind", "cursor",
)  # fmt: skip
BRANDS = (
    "Fennwick", "Ostrava Tools", "Lumo", "Kestrel Bikes", "Harbour & Co", "Pinto", "Vellum", "Tarn",
    "Mistral Sofas", "Oakridge", "Blip", "Nordlicht", "Quill", "Sundry", "Cobalt Air", "Juniper Bank",
    "Marlow", "Zephyr", "Palisade", "Dovetail", "Hearth", "Saffron Foods", "Argo", "Willow Clinic",
    "Beacon", "Trellis", "Monsoon", "Gable", "Perch", "Isle Telecom", "Rook", "Cinder", "Fable",
    "Orchard", "Stride", "Tidewater", "Umber", "Vireo", "Wharf", "Yarrow",
)  # fmt: skip
