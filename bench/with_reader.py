"""lemon24/reader, used as its documentation shows: add the feeds, update them all."""

import sys
from pathlib import Path

from reader import make_reader

with make_reader("reader.db") as reader:
    for url in Path(sys.argv[1]).read_text().split():
        reader.add_feed(url, exist_ok=True)
    reader.update_feeds(
        workers=16, scheduled=False
    )  # all, as the others do: not those due by its own clock
