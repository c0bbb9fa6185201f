"""A struct that keeps some fields out of logs and tracebacks (for `settings` and `fetch`)."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct


class RedactedRepr(Struct, frozen=True):
    """A struct with a repr that leaves out the fields in `repr_exclude`.

    An address or a header may be a secret, and a body is long.
    """

    repr_exclude: ClassVar[frozenset[str]] = frozenset()

    def __repr__(self) -> str:
        """Return the name of the class and all fields but the excluded ones."""
        shown = [name for name in self.__struct_fields__ if name not in self.repr_exclude]
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
        return f"{type(self).__name__}({fields})"
