"""Markdown of comments: read once into tokens, then shown as cleaned HTML or as plain text.

A mention is `@` before a person's e-mail name (the part before the @) or full name without spaces, as in `@dilip.rao` or
`@DilipRao`, or what the picker writes: `@[Dilip Rao](user:12)`. `#412` is a link to a task. Neither counts in code or in links.
"""

import html
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import mistune
import nh3
from markupsafe import Markup

from todoapp.comments.models import LONGEST_EXCERPT

MENTION = r"(?<![\w@/.+-])@(?:\[[^\[\]\n]{1,200}\]\(user:[0-9]{1,18}\)|\w(?:[\w.+-]{0,98}\w)?)"
TASK_NUMBER = r"(?<![\w&/#])#[1-9][0-9]{0,17}(?!\w)"
PICKED = re.compile(r"@\[(.+)\]\(user:([0-9]+)\)")
LINKED = ("http://", "https://", "mailto:")
LARGEST = 250_000
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff]")

BLOCKS = {"p", "br", "hr", "h3", "h4", "h5", "h6", "pre", "blockquote", "ul", "ol", "li"}
WORDS = {"em", "strong", "del", "code", "a", "bdi"}
CLEANER = nh3.Cleaner(
    tags=BLOCKS | WORDS,
    attributes={"a": {"href"}, "ol": {"start"}, "bdi": {"title"}},
    allowed_classes={"bdi": {"mention", "unreached"}},
    url_schemes={"http", "https", "mailto"},
    link_rel="nofollow noopener noreferrer",
)
BARE = nh3.Cleaner(tags=set())


@dataclass(frozen=True, slots=True)
class Mentioned:
    """How a mention is shown: the person's name, and whether they see the task."""

    name: str
    reached: bool


NOBODY: Mapping[str, Mentioned] = {}


class CommentHtml(mistune.HTMLRenderer):
    """HTML without pictures and without links to anything but web and mail addresses; headings fit below a page's own."""

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        """A heading, two levels further down."""
        return f"<h{min(level + 2, 6)}>{text}</h{min(level + 2, 6)}>\n"

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """A link, or its text alone where it leads elsewhere than to the web or a mailbox."""
        return super().link(text, url) if url.lower().startswith(LINKED) else text

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """A picture is a link to it: nothing is loaded from elsewhere."""
        return self.link(text or html.escape(url), url)

    def strikethrough(self, text: str) -> str:
        """Text that no longer holds."""
        return f"<del>{text}</del>"

    def block_code(self, code: str, info: str | None = None) -> str:
        """Code as it was typed, in no language."""
        return f"<pre><code>{html.escape(code)}</code></pre>\n"

    def mention(self, text: str, reached: bool) -> str:
        """A person's name."""
        name = html.escape(text)
        if reached:
            return f'<bdi class="mention">@{name}</bdi>'
        return f'<bdi class="mention unreached" title="{name} could not see this task.">@{name}</bdi>'

    def task_number(self, text: str) -> str:
        """A link to a task, by its number alone."""
        return f'<a href="/tasks/{text[1:]}">{text}</a>'


def _parser() -> mistune.Markdown:
    parser = mistune.create_markdown(renderer=None, hard_wrap=True, plugins=["strikethrough", "url"])
    # Raw HTML is text like any other. A link defined once and used a thousand times would grow without bound.
    for rules in (parser.block.rules, parser.block.block_quote_rules, parser.block.list_rules):
        rules[:] = [rule for rule in rules if rule not in ("raw_html", "ref_link")]
    parser.inline.rules.remove("inline_html")
    for name, pattern in (("mention", MENTION), ("task_number", TASK_NUMBER)):
        parser.inline.register(name, pattern, _token(name), before="link", start_chars=pattern[pattern.index(")") + 1])
    return parser


def _token(name: str) -> Any:
    def parse(_inline: Any, found: re.Match[str], state: Any) -> int:
        state.append_token({"type": name, "raw": found[0]})
        return found.end()

    return parse


PARSER = _parser()
RENDERER = CommentHtml()


def handle_of(mention: str) -> str:
    """What a mention goes by, however it is typed: `user:12`, or the folded name after the @."""
    picked = PICKED.fullmatch(mention)
    return f"user:{int(picked[2])}" if picked else folded(mention[1:])


def folded(name: str) -> str:
    """A name as handles are compared."""
    return unicodedata.normalize("NFKC", name).casefold()


def handles_in(body: str) -> list[str]:
    """The handles by which `body` mentions people, each once, in their order."""
    found = (handle_of(token["raw"]) for token in _flat(_read(body)) if token["type"] == "mention")
    return list(dict.fromkeys(found))


def as_html(body: str, mentioned: Mapping[str, Mentioned] = NOBODY) -> Markup:
    """`body` as HTML that may stand in a page as it is; `mentioned` says whom a handle names."""
    tokens = _read(body)
    for token in _flat(tokens):
        if token["type"] == "mention":
            _name(token, mentioned)
    cleaned = CLEANER.clean(RENDERER(tokens, mistune.BlockState()))
    if len(cleaned) > LARGEST:
        cleaned = CLEANER.clean(f"<pre>{html.escape(body)}</pre>")
    return Markup(cleaned)  # noqa: S704  # nosec B704  # nosemgrep: unsafe-markup


def as_text(body: str, mentioned: Mapping[str, Mentioned] = NOBODY) -> str:
    """`body` in plain words, on one line."""
    return " ".join(html.unescape(BARE.clean(as_html(body, mentioned))).split())


def excerpt_of(body: str, mentioned: Mapping[str, Mentioned] = NOBODY) -> str:
    """The beginning of `body` in plain words."""
    text = as_text(body, mentioned)
    if len(text) <= LONGEST_EXCERPT:
        return text
    return text[: LONGEST_EXCERPT - 1].rsplit(" ", 1)[0].rstrip(".,;:") + "…"


def _read(body: str) -> list[dict[str, Any]]:
    tokens, _state = PARSER.parse(_DIRECTIONS.sub("", body))
    _quieten(tokens, in_link=False)
    return tokens  # type: ignore[return-value]


def _quieten(tokens: Any, in_link: bool) -> None:
    """What looks like a mention or a number of a task inside a link is text."""
    for token in tokens:
        if in_link and token["type"] in ("mention", "task_number"):
            token["type"] = "text"
        _quieten(token.get("children", ()), in_link or token["type"] in ("link", "image"))


def _flat(tokens: Any) -> Iterator[dict[str, Any]]:
    for token in tokens:
        yield token
        yield from _flat(token.get("children", ()))


def _name(token: dict[str, Any], mentioned: Mapping[str, Mentioned]) -> None:
    whom = mentioned.get(handle_of(token["raw"]))
    if whom is not None:
        token |= {"raw": whom.name, "attrs": {"reached": whom.reached}}
        return
    picked = PICKED.fullmatch(token["raw"])
    token |= {"type": "text", "raw": f"@{picked[1]}" if picked else token["raw"]}
