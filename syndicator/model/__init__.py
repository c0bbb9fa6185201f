"""The nouns, in the order of the flow: settings, fetch, feed, post, edition, run.

Every arrow between two steps carries one of these frozen values; nothing here does work or imports
anything else of ours. Times are aware UTC datetimes, durations timedeltas, sizes bytes. A URL is a
string, absolute unless its docstring says otherwise; the empty string means "none" for every text
and URL.

They are msgspec structs: a dataclass takes a millisecond to make and two microseconds to fill, a
struct a fiftieth. One module a stage, so a run imports only the stages it comes to.
"""
