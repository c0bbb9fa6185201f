"""Fetch feeds, credit every post to its source, and republish one combined feed.

The public API. `feeds.toml` is read once, and each function takes what it reads:

>>> import syndicator
>>> config = syndicator.load_config("feeds.toml")
>>> config.feeds[0].title, len(config.sources)
('Planet Vietnam', 3)

`run` fetches, stores and publishes, as the command does, and returns a `Report`. Nothing is
printed, and a source that fails is a value in `report.failures`:

    report = syndicator.run(config, syndicator.Options(force=True))
    print(report.new, [failure.source for failure in report.failures])

`preview` fetches one source and stores nothing:

>>> preview = syndicator.preview("samples/goc-pho.atom")
>>> preview.feed.info.name, preview.feed.info.language
('Góc phố', 'vi')

Whatever goes wrong is a `SyndicatorError`. To import this package is cheap: a name is loaded when
it is used for the first time.
"""

from syndicator.version import __version__

# As `typing` has it, whose import takes some milliseconds: a Ctrl-C in them shows a traceback.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from syndicator.errors import (
        CheckFailed,
        ConfigError,
        LockHeld,
        PublishError,
        StoreError,
        SyndicatorError,
        UsageError,
    )
    from syndicator.generator.site.theme import write_theme
    from syndicator.importers import ImportResult, import_list
    from syndicator.install_check import Finding, home_pages, inspect
    from syndicator.letter import write as write_letter
    from syndicator.model.fetch import SourceState
    from syndicator.model.run import Failure, Options, Preview, Progress, Report, SourceFacts
    from syndicator.model.settings import Config, Feed, Source
    from syndicator.pipeline.activity import write as write_activity
    from syndicator.pipeline.adopt import Adopted, adopt
    from syndicator.pipeline.following import load as load_config
    from syndicator.pipeline.review import HeldSource, judge, review
    from syndicator.pipeline.run import run, source_facts, states
    from syndicator.pipeline.withdrawing import undo_withdrawal, withdraw
    from syndicator.previews import document, find_feeds, preview
    from syndicator.serve import serve as serve_feeds
    from syndicator.vetting.gathering import vet
    from syndicator.vetting.judging import Reason, Verdict

__all__ = [
    "Adopted",
    "CheckFailed",
    "Config",
    "ConfigError",
    "Failure",
    "Feed",
    "Finding",
    "HeldSource",
    "ImportResult",
    "LockHeld",
    "Options",
    "Preview",
    "Progress",
    "PublishError",
    "Reason",
    "Report",
    "Source",
    "SourceFacts",
    "SourceState",
    "StoreError",
    "SyndicatorError",
    "UsageError",
    "Verdict",
    "__version__",
    "adopt",
    "document",
    "find_feeds",
    "home_pages",
    "import_list",
    "inspect",
    "judge",
    "load_config",
    "preview",
    "review",
    "run",
    "serve_feeds",
    "source_facts",
    "states",
    "undo_withdrawal",
    "vet",
    "withdraw",
    "write_activity",
    "write_letter",
    "write_theme",
]

# The module of each name that is loaded late; after ":" its name there, where it has another.
_LATE = {
    "CheckFailed": "errors",
    "ConfigError": "errors",
    "LockHeld": "errors",
    "PublishError": "errors",
    "StoreError": "errors",
    "SyndicatorError": "errors",
    "UsageError": "errors",
    "Adopted": "pipeline.adopt",
    "Config": "model.settings",
    "Failure": "model.run",
    "Feed": "model.settings",
    "Finding": "install_check",
    "HeldSource": "pipeline.review",
    "ImportResult": "importers",
    "Options": "model.run",
    "Preview": "model.run",
    "Progress": "model.run",
    "Reason": "vetting.judging",
    "Report": "model.run",
    "Source": "model.settings",
    "SourceFacts": "model.run",
    "SourceState": "model.fetch",
    "Verdict": "vetting.judging",
    "adopt": "pipeline.adopt",
    "document": "previews",
    "find_feeds": "previews",
    "home_pages": "install_check",
    "import_list": "importers",
    "inspect": "install_check",
    "judge": "pipeline.review",
    "load_config": "pipeline.following:load",
    "preview": "previews",
    "review": "pipeline.review",
    "run": "pipeline.run",
    "serve_feeds": "serve:serve",
    "source_facts": "pipeline.run",
    "states": "pipeline.run",
    "vet": "vetting.gathering",
    "undo_withdrawal": "pipeline.withdrawing",
    "withdraw": "pipeline.withdrawing",
    "write_activity": "pipeline.activity:write",
    "write_letter": "letter:write",
    "write_theme": "generator.site.theme",
}


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, other = _LATE[name].partition(":")
    value = getattr(import_module(f"{__name__}.{module}"), other or name)
    globals()[name] = value
    return value
