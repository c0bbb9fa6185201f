"""Views -> HTML, by Jinja2 templates that a folder of the operator's may override one by one."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from ...model import Document
from .words import label

if TYPE_CHECKING:
    from jinja2 import Environment, Template

OURS = Path(__file__).parents[1] / "templates"
_STYLE = "style.css"


class Theme:
    """The templates and the style of one feed. Nothing is read before the first page is made."""

    def __init__(self, folder: Path | None, language: str) -> None:
        self.folders = [folder, OURS] if folder else [OURS]
        self.language = language
        self._templates: dict[str, Template] = {}
        self._environment: Environment | None = None
        self._style: Document | None = None

    def render(self, name: str, **context: object) -> bytes:
        """Return a page as UTF-8."""
        template = self._templates.get(name)
        if template is None:
            template = self._templates[name] = self.environment.get_template(name)
        return template.render(context).encode()

    @property
    def environment(self) -> Environment:
        """The Jinja2 environment, made when first needed."""
        if self._environment is None:
            from jinja2 import Environment, FileSystemLoader, StrictUndefined  # 54 ms: only who renders pays

            self._environment = Environment(
                loader=FileSystemLoader([str(folder) for folder in self.folders]),  # the first that has it
                autoescape=True,
                undefined=StrictUndefined,
                trim_blocks=True,
                lstrip_blocks=True,
                keep_trailing_newline=True,
                auto_reload=False,
            )
            self._environment.globals["t"] = self.label
        return self._environment

    def label(self, key: str, **values: str) -> str:
        """Return a label in the feed's language, `{name}`s filled in."""
        text = label(key, self.language)
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    def style(self) -> Document:
        """Return the style sheet. Its name tells its bytes, so that a page keeps the one that it was made with."""
        if self._style is None:
            path = next(folder / _STYLE for folder in self.folders if (folder / _STYLE).is_file())
            body = path.read_bytes()
            digest = blake2b(body, digest_size=6).hexdigest()
            self._style = Document(f"style-{digest}.css", body, "text/css; charset=utf-8", digest=digest)
        return self._style
