"""The nouns, in the order of the flow: settings, fetch, feed, post, edition, run.

Every arrow between two steps carries one of these frozen values; nothing here does work or imports
anything else of ours. Times are aware UTC datetimes, durations timedeltas, sizes bytes. A URL is a string,
absolute unless its docstring says otherwise; the empty string means "none" for every text and URL.

One module a stage: a dataclass costs a millisecond to make, so a run imports only the stages it comes to.
"""
