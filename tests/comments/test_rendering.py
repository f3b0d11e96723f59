"""Markdown becomes harmless HTML, quickly, whatever is in it."""

import re
import time

import pytest

from todoapp.comments.rendering import LARGEST, Mentioned, as_html, as_text, excerpt_of, handles_in

PEOPLE = {"uma": Mentioned("Uma Northwind", True), "user:7": Mentioned('Karl "K" <b>Berg</b>', False)}
REL = 'rel="nofollow noopener noreferrer"'


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("**a** _b_ ~~c~~ `d`", "<p><strong>a</strong> <em>b</em> <del>c</del> <code>d</code></p>"),
        ("# Head", "<h3>Head</h3>"),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a", '<ol start="3">\n<li>a</li>\n</ol>'),
        ("```python\nif a < b: @uma #4\n```", "<pre><code>if a &lt; b: @uma #4\n</code></pre>"),
        ("[t](https://a.example/?x=1&y=2)", f'<p><a href="https://a.example/?x=1&amp;y=2" {REL}>t</a></p>'),
        ("see https://a.example/x.", f'<p>see <a href="https://a.example/x" {REL}>https://a.example/x</a>.</p>'),
        ("<me@a.example>", f'<p><a href="mailto:me@a.example" {REL}>me@a.example</a></p>'),
        ("![a cat](https://a.example/cat.png)", f'<p><a href="https://a.example/cat.png" {REL}>a cat</a></p>'),
        ("fixed by #412.", f'<p>fixed by <a href="/tasks/412" {REL}>#412</a>.</p>'),
        ("not #0, a#4, ##4, &#65; #4a or `#4`", "<p>not #0, a#4, ##4, &amp;#65; #4a or <code>#4</code></p>"),
        ("", ""),
    ],
)
def test_what_markdown_becomes(written, shown):
    assert as_html(written).strip() == shown


@pytest.mark.parametrize(
    "written",
    [
        "<img src=x onerror=alert(1)>",
        "<script>alert(1)</script>",
        "<svg/onload=alert(1)>",
        "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<div hx-get='/v1/tasks' data-hx-get='/v1/tasks' hx-trigger='load' style='x'>y</div>",
        "<a href='javascript:alert(1)'>x</a>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java\tscript:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](\u0001javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x) [y](file:///etc/passwd) [z](blob:x)",
        "[x](/logout) [y](//evil.example) [z](\\\\evil.example)",
        "<javascript:alert(1)> <data:text/html,x>",
        "![x](javascript:alert(1)) ![y](data:image/svg+xml,<svg>)",
        '[x](https://a.example "\\" onmouseover=alert(1) x=\\"")',
        "[x]: javascript:alert(1)\n\n[x]",
        '```"><script>alert(1)</script>\ncode\n```',
        "**<b onclick=alert(1)>**",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "@[<img src=x onerror=alert(1)>](user:3)",
        '@[x" onmouseover="alert(1)](user:7)',
    ],
)
def test_nothing_that_runs_or_loads_gets_through(written):
    shown = as_html(written, PEOPLE)
    tags = set(re.findall(r"<\s*([a-z0-9]+)", shown))
    assert tags <= {"p", "a", "br", "pre", "code", "strong", "blockquote", "bdi"}
    for attribute in re.findall(r"<[^>]*\s([\w-]+)=", shown):
        assert attribute in ("href", "rel", "class", "title")
    for address in re.findall(r'href="([^"]*)"', shown):
        assert address.startswith(("https://a.example", "/tasks/")), shown


def test_text_shows_as_it_was_typed():
    assert as_html("<b>x</b> & <i>") == "<p>&lt;b&gt;x&lt;/b&gt; &amp; &lt;i&gt;</p>\n"
    assert as_text("<b>x</b> & &amp; **y**") == "<b>x</b> & &amp; y"


def test_mentions_show_the_name_of_the_person():
    assert as_html("Hi @uma!", PEOPLE) == '<p>Hi <bdi class="mention">@Uma Northwind</bdi>!</p>\n'
    assert as_html("@UMA, (@uma) **@uma**. @uma", PEOPLE).count("@Uma Northwind") == 4
    shown = as_html("@[Karl](user:7)", PEOPLE)
    assert 'class="mention unreached"' in shown and "&lt;b&gt;Berg&lt;/b&gt;" in shown and "<b>" not in shown
    assert as_html("@[Somebody](user:99) @nobody", PEOPLE) == "<p>@Somebody @nobody</p>\n"


def test_a_mention_inside_code_or_a_link_is_text():
    written = "`@uma` [by @uma and @[Karl](user:7), #4](https://a.example)\n\n    @uma\n\nme@uma x/@uma @@uma https://a.example/@uma"
    assert handles_in(written) == []
    assert "mention" not in as_html(written, PEOPLE) and "/tasks/" not in as_html(written, PEOPLE)


def test_handles_are_read_as_people_write_them():
    assert handles_in("@dilip.rao, @Dilip.Rao. @anne-marie_x! (@ＵＭＡ) @[Karl Berg](user:007)\n# @é") == [
        "dilip.rao",
        "anne-marie_x",
        "uma",
        "user:7",
        "é",
    ]
    assert handles_in("@ @. @[x](user:x) @[x](user:) @[](user:4) @[a](user:" + "9" * 19 + ")") == []


def test_letters_that_turn_the_text_around_are_left_out():
    assert as_html("invoice\u202efdp.exe \u2066x\u2069") == "<p>invoicefdp.exe x</p>\n"
    assert "\u200d" in as_html("👩\u200d🔧"), "joined emoji stay whole"


def test_nobody_can_be_spoofed_by_a_letter_that_looks_alike():
    assert "mention" not in as_html("@umа", PEOPLE), "with a Cyrillic а"
    assert "mention" not in as_html("@u\u200bma", PEOPLE)


def test_an_excerpt_is_short_and_plain():
    assert excerpt_of("**Hello** @uma,\n\nsee [this](https://a.example)", PEOPLE) == "Hello @Uma Northwind, see this"
    long = excerpt_of("word, " * 100)
    assert len(long) <= 140 and long.endswith("word…")
    assert len(excerpt_of("x" * 500)) == 140


HOSTILE = {
    "quotes": "> " * 10_000,
    "lists": "- " * 10_000,
    "deep list": "".join(" " * level + "- x\n" for level in range(200)),
    "quotes and lists": "> - " * 5_000,
    "brackets": "[" * 10_000 + "]" * 10_000,
    "nested links": "[a " * 5_000 + "](https://b.example)" * 200,
    "links": "[a](b" * 4_000,
    "images": "![" * 10_000,
    "stars": "*" * 20_000,
    "emphasis": "*a" * 10_000,
    "mixed emphasis": "*a **b _c " * 2_000,
    "strikes": "~~a" * 6_600,
    "ticks": "".join("`" * length + "a" for length in range(1, 198)),
    "tags": "<a " * 6_600,
    "comments": "<!--" * 5_000,
    "ampersands": "&" * 20_000,
    "backslashes": "\\" * 20_000,
    "addresses": "http://" * 2_850,
    "definitions": "[a]: http://b.example/\n" * 900,
    "one definition, used often": "[a]: http://b.example/" + "b" * 9_000 + "\n\n" + "[a] " * 2_700,
    "mentions": "@uma " * 4_000,
    "half mentions": "@[a](user:" * 2_000,
    "ats": "@" * 20_000,
    "one long mention": "@" + "a" * 19_999,
    "numbers": "#1 " * 6_600,
    "tables": "|a" * 4_000 + "\n" + "|-" * 4_000 + "\n" + "|\n" * 2_000,
    "headings": "#" * 20_000,
    "underlines": "a\n" * 9_000 + "=",
    "new lines": "\n" * 20_000,
    "combining letters": "a" + "\u0301" * 19_999,
}


def cost_of(text):
    """CPU seconds of this thread, the least of three tries."""
    took = []
    for _try in range(3):
        began = time.thread_time()
        as_html(text, PEOPLE)
        handles_in(text)
        took.append(time.thread_time() - began)
    return min(took)


@pytest.fixture(scope="module")
def plain_text_costs():
    return cost_of(("Call Uma about the invoice of May. " * 600)[:20_000])


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_costs_as_text_does_and_stays_small(name, plain_text_costs):
    """The worst costs about 30 times plain text; what backtracks costs thousands of times as much."""
    text = HOSTILE[name][:20_000]
    assert cost_of(text) < 300 * plain_text_costs
    assert len(as_html(text, PEOPLE)) <= LARGEST


def test_text_that_would_grow_too_large_is_shown_as_it_was_typed():
    long_name = {"u": Mentioned("N" * 160, True)}
    shown = as_html("@u " * 6_600, long_name)
    assert shown.startswith("<pre>@u @u") and len(shown) < 30_000
