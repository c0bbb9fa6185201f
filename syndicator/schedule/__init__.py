"""Sources, SourceStates, now -> Asks; and an Outcome -> the next SourceState. Pure, cheap to load.

plan     decides which sources are due, at which address, with which validators
state    makes the next state of a source from an outcome, with the time of its next request
outage   recognises a run in which our own network was down
"""

from syndicator.schedule.plan import due_asks, held_hosts, may_lead_to
from syndicator.schedule.state import (
    asked_at,
    is_news,
    is_of_address,
    next_state,
    spared_state,
    told_by_the_clock,
    usual_gap,
)

__all__ = [
    "asked_at",
    "due_asks",
    "held_hosts",
    "is_news",
    "is_of_address",
    "may_lead_to",
    "next_state",
    "spared_state",
    "told_by_the_clock",
    "usual_gap",
]
