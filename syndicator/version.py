"""The number of this version, which `--version` prints and the User-Agent names, and its date."""

__version__ = "0.1.0"
# The day of its release, as CHANGELOG.md has it; until the first one, a day before all of the code.
# A machine whose clock says an earlier one has lost its time.
RELEASED = "2026-11-01"
