"""What a browser would see of a page: tags in order, with attributes and the text inside."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"meta", "img", "br", "link", "input"}


class Seen(HTMLParser):
    """Every tag with its attributes, texts by tag, and whether all tags are closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self.unbalanced: list[str] = []
        self.feed(page)
        self.close()
        self.unbalanced += self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: D102
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: D102
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:  # noqa: D102
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data: str) -> None:  # noqa: D102
        for tag in self.open[-1:]:
            self.texts.setdefault(tag, []).append(data.strip())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Attributes of each tag of that name."""
        return [attrs for name, attrs in self.tags if name == tag]

    def text(self, tag: str) -> list[str]:
        """Texts directly inside tags of that name."""
        return [text for text in self.texts.get(tag, []) if text]
