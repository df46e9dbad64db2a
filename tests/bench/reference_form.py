"""The reference register of one session: 20 fields and a repeat of 20 people of 7, 4.1 kB, the same for each seed.

Its shape is that of the form the peers were measured with, so that figures can be set side by side.
"""

from __future__ import annotations

import random
import uuid

FORM_ID, VERSION = "session_register", "1"
FIELDS = (
    ("start", "dateTime"),
    ("end", "dateTime"),
    ("today", "date"),
    ("deviceid", "string"),
    ("officer", "string"),
    ("org", "string"),
    ("province", "string"),
    ("district", "string"),
    ("community", "string"),
    ("location", "geopoint"),
    ("activity", "string"),
    ("topics", "string"),
    ("session_no", "int"),
    ("venue", "string"),
    ("language", "string"),
    ("minutes", "int"),
    ("expected", "int"),
    ("safe_space", "string"),
    ("referrals", "int"),
    ("notes", "string"),
)
PARTICIPANT = ("pid", "sex", "age", "disability", "first_time", "pre", "post")
# What Samaki makes of it: a training with 20 people by their numbers.
MAPPING = {
    "fields": {"held_on": "today", "title": "community", "people.person": "participants/pid"},
    "repeats": {"people": "participants"},
    "constants": {"kind": "training"},
}


def xform() -> str:
    binds = "".join(f'<bind nodeset="/data/{name}" type="{kind}"/>' for name, kind in FIELDS)
    inputs = "".join(f'<input ref="/data/{name}"><label>{name}</label></input>' for name, _kind in FIELDS)
    people = "".join(f'<input ref="/data/participants/{name}"><label>{name}</label></input>' for name in PARTICIPANT)
    empty = "".join(f"<{name}/>" for name, _kind in FIELDS)
    row = "".join(f"<{name}/>" for name in PARTICIPANT)
    return (
        '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"'
        ' xmlns:jr="http://openrosa.org/javarosa"><h:head><h:title>Session register</h:title><model><instance>'
        f'<data id="{FORM_ID}" version="{VERSION}">{empty}<participants jr:template="">{row}</participants>'
        f"<meta><instanceID/></meta></data></instance>{binds}</model></h:head><h:body>{inputs}"
        f'<group ref="/data/participants"><repeat nodeset="/data/participants">{people}</repeat></group>'
        "</h:body></h:html>"
    )


def submission(seed: str, *, people: int) -> bytes:
    """A filled register with 20 different people out of those numbered 1 to `people`."""
    rng = random.Random(seed)
    day = f"2025-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
    province = rng.randint(1, 12)
    values = {
        "start": f"{day}T08:30:00.000+07:00",
        "end": f"{day}T11:00:00.000+07:00",
        "today": day,
        "deviceid": f"collect:{rng.getrandbits(64):016x}",
        "officer": f"officer{rng.randint(1, 120):03d}",
        "org": f"ORG{rng.randint(1, 8):02d}",
        "province": f"P{province:02d}",
        "district": f"P{province:02d}D{rng.randint(1, 10):02d}",
        "community": f"Community {rng.randint(1, 900)}",
        "location": f"{rng.uniform(10, 14):.6f} {rng.uniform(102, 107):.6f} 20 5",
        "activity": rng.choice(("training", "dialogue", "legal_clinic", "campaign")),
        "topics": " ".join(rng.sample(("rights", "inheritance", "leadership", "legal_aid", "livelihoods"), 2)),
        "session_no": str(rng.randint(1, 12)),
        "venue": "Community hall",
        "language": rng.choice(("km", "en")),
        "minutes": rng.choice(("60", "90", "120")),
        "expected": "20",
        "safe_space": rng.choice(("yes", "no")),
        "referrals": str(rng.randint(0, 3)),
        "notes": "Discussion went well; follow up with the village committee next month.",
    }
    rows = []
    for number in rng.sample(range(1, people + 1), 20):
        pre = rng.randint(0, 60)
        cells = (
            f"P{number:06d}",
            rng.choice(("female", "male", "other", "undisclosed")),
            rng.randint(10, 75),
            rng.choice(("none", "some", "lot")),
            rng.choice(("yes", "no")),
            pre,
            pre + rng.randint(0, 40),
        )
        rows.append("".join(f"<{name}>{cell}</{name}>" for name, cell in zip(PARTICIPANT, cells, strict=True)))
    body = "".join(f"<{name}>{values[name]}</{name}>" for name, _kind in FIELDS)
    body += "".join(f"<participants>{row}</participants>" for row in rows)
    instance = uuid.UUID(int=rng.getrandbits(128), version=4)
    return (
        f'<?xml version="1.0"?><data id="{FORM_ID}" version="{VERSION}" xmlns:jr="http://openrosa.org/javarosa">{body}'
        f"<meta><instanceID>uuid:{instance}</instanceID></meta></data>"
    ).encode()
