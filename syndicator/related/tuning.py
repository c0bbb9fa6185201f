"""All constants of related posts. bench/related.py measures the effect of a change."""

from __future__ import annotations

# -- terms of a post ---------------------------------------------------------------------------

BODY_CHARACTERS = 4000  # read of a body: an article names its subject early
FRAGMENT_WEIGHT = 0.35  # all fragments of a title together weigh less than its words
CATEGORY_COUNT = 3  # a category counts as often as a word that the text has three times

# -- term weights ------------------------------------------------------------------------------

SLOTS = 1 << 18  # terms share slots; few posts in a hundred meet by such a collision, and weakly
TERMS_KEPT = 400  # of a post: two reports on one event share many words, each of little weight
TERMS_POSTED = 32  # of a post: the terms by which it can be found

SATURATION = 1.2  # BM25's k1: a third mention adds half of what the second adds
# A term of one post in fifty weighs as much as the rarest. Otherwise the words of a big story,
# which are frequent, would count for little.
COMMON_SHARE = 0.018
RARITY_RANGE = 4.0  # extra weight of the rarest term over one that all posts have
MAX_STRETCH = 3.0  # power to which rarity is raised among a dozen posts; 1 among thousands

# A term is learnt to matter if the neighbours of posts that have it tend to have it too: names do,
# "everything" does not.
PLAIN = 1.5  # weight of a term that the neighbours never share, beside at most 1 more
EXPECTED_SHARE = 0.25  # prior: the share of neighbours that have a term
PRIOR_POSTS = 8.0  # weight of that prior, in neighbours seen
FORGET_AT = 500.0  # neighbours seen of a term before both its counts are halved

# -- search ------------------------------------------------------------------------------------

QUERY_TERMS = 128  # terms whose postings are read, until
ENTRIES_READ = 40_000  # so many entries were read
LONGEST_POSTINGS = 3600  # entries that the store gives of one term, about
CLOSED_FROM = 300  # posts of a term from which its postings have closed rows
CANDIDATES = 64  # posts whose whole vectors are compared
OUTSIDE_SCORE = 0.7  # share of the worst candidate's score, for posts that are none
SECONDS_A_DAY = 86_400.0
LOG_ENTRIES = 4000 * 32  # new postings kept in a log, 4,000 posts: a megabyte to read and sort

# Pseudo-relevance feedback: terms that the nearest posts share widen the query.
FEEDBACK_POSTS = 5
FEEDBACK_FULL_AT = 0.12  # mean nearness of these posts from which feedback counts in full
FEEDBACK_FADE_FROM = 0.15  # and from which it counts less: nearness alone separates posts there

# Neighbour smoothing: a candidate whose own neighbours score well gets a better score.
NEIGHBOURS_KEPT = 8
NEIGHBOUR_WEIGHT = 0.7  # share of the neighbours' scores in the last part of a score
LEARN_FROM = 16  # nearest posts that teach which terms matter
SCORE_PARTS = 4  # the highest possible sum of nearness, feedback and both of the neighbours

# Terms of most posts of a source (a signature, function words) are ignored.
SOURCE_SAMPLE = 16  # posts of the source that are looked at
USUAL_FROM = 8  # a term must stand in more posts of the sample than this

# A word of few posts may be a small word of a language that few posts have. So a term is no rarer
# than in a sample of the posts in its post's language, where that is the language of a minority.
LANGUAGE_NEWEST = 5000  # newest stored posts among which languages are looked for
LANGUAGE_SAMPLE = 128
LANGUAGE_LEAST = 16  # posts of a language that show which of its words are small

# -- lists -------------------------------------------------------------------------------------

STRICT_THRESHOLD = 0.113  # least score of a link to another source, with `strict`
# Without `strict` the least score follows the post's background: the usual score of its candidates
# beyond the nearest quarter, which share words by chance. It differs by language, length of texts
# and size of the corpus; docs/related.md shows length against precision.
BACKGROUND_SHARE = 0.75
BACKGROUND_FLOOR = 0.045
NEAREST_QUARTER = 4
SOURCE_THRESHOLD = 0.013  # least score by which a post goes before the newest of its own source
MAX_PER_SOURCE = 4096  # newest posts of a source that are compared for its list
EXAMINED = 48  # posts beyond the limit looked at for one list
CARDS_READ = 8  # posts beyond the limit read at once: most may be shown
MIN_TERMS = 16  # a post of fewer terms gets no list of other sources: one word may mean anything
BATCH = 2000  # posts indexed at once: a few megabytes

# -- stories ---------------------------------------------------------------------------------

# Least mean nearness of a post to those of a story that it joins. bench/stories.py counts how many
# stories are wrong.
STORY_NEARNESS = 0.55
STORY_HOURS = 48  # between any two reports of one event

# -- copies ------------------------------------------------------------------------------------

COPY_SHARE = 0.8  # shared pieces of two texts that are copies: an edited lead or a cut ending
COPY_MIN_PIECES = 12  # a text of fewer words is too short to tell
COPY_CANDIDATES = 8  # nearest posts among which copies are looked for
