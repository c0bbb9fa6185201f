"""Sources, SourceStates, now -> Asks; and an Outcome -> the next SourceState. Pure, and cheap to import.

plan     which sources are due, at which address, with which validators
state    what an outcome makes of a state, and when the source is due again
skips    skipHours and skipDays
outage   were the failures of a run those of our own network
"""

from syndicator.schedule.plan import due_asks
from syndicator.schedule.state import is_news, next_state, spared_state, usual_gap

__all__ = ["due_asks", "is_news", "next_state", "spared_state", "usual_gap"]
