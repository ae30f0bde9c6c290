"""Core: the life of a job post and of an application, as tables `{state: {event: state}}`, and how long an employer may
read an application's résumé.

A pair that is not in a table does not happen: rows change only by a guarded UPDATE whose predicate is
`sources(table, event)` (commerce/order/states.py), in commerce/jobs/transitions.py.

An application moves forward as the employer says, by any step or by a leap (a worker may be hired at the gate); opening
a submitted one makes it viewed. It ends by being hired, rejected or withdrawn; the employer may think better of a
rejection for as long as the résumé may be read, and nobody of the other two: withdrawing is the applicant's last word.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from commerce.order.states import Table

POST: Final[Table] = {
    "draft": {"published": "open"},
    "open": {"withdrawn": "withdrawn"},
    "withdrawn": {"published": "open"},
}

APPLICATION: Final[Table] = {
    "submitted": {
        "viewed": "viewed",
        "contacted": "contacted",
        "interview": "interview",
        "offered": "offered",
        "hired": "hired",
        "rejected": "rejected",
        "withdrawn": "withdrawn",
    },
    "viewed": {
        "contacted": "contacted",
        "interview": "interview",
        "offered": "offered",
        "hired": "hired",
        "rejected": "rejected",
        "withdrawn": "withdrawn",
    },
    "contacted": {
        "interview": "interview",
        "offered": "offered",
        "hired": "hired",
        "rejected": "rejected",
        "withdrawn": "withdrawn",
    },
    "interview": {"offered": "offered", "hired": "hired", "rejected": "rejected", "withdrawn": "withdrawn"},
    "offered": {"hired": "hired", "rejected": "rejected", "withdrawn": "withdrawn"},
    "hired": {},
    "rejected": {"contacted": "contacted"},
    "withdrawn": {},
}
APPLICATION_FIRST: Final = "submitted"

EMPLOYER_EVENTS: Final = ("contacted", "interview", "offered", "hired", "rejected")
"""What an employer may say happened; `viewed` happens by opening, `withdrawn` is the applicant's."""

ACCESS_PERIODS: Final[Mapping[str, timedelta]] = {
    **dict.fromkeys(("submitted", "viewed", "contacted", "interview", "offered"), timedelta(days=180)),
    **dict.fromkeys(("hired", "rejected"), timedelta(days=30)),
    "withdrawn": timedelta(0),
}
"""How long after an application came into a state its employer may read the résumé: commerce.access_period in SQL."""


def may_become(state: str) -> list[str]:
    """The states that an employer may move an application to from here, in the order of the way."""
    return [event for event in EMPLOYER_EVENTS if event in APPLICATION[state]]
