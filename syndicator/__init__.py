"""syndicator: fetch feeds, credit every post, republish one combined feed with related links."""

__version__ = "0.1.0"
