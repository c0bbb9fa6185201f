"""A noun that keeps some of its fields out of logs and tracebacks (for `settings` and `fetch`)."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct


class Discreet(Struct, frozen=True):
    """A noun whose repr leaves out the fields in `unsaid`: an address or a header may be a secret, a body is long."""

    unsaid: ClassVar[frozenset[str]] = frozenset()

    def __repr__(self) -> str:
        """Return the name of the class and all fields but the unsaid ones."""
        said = (name for name in self.__struct_fields__ if name not in self.unsaid)
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in said)})"
