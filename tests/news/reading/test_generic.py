# ruff: noqa: E501, RUF001 - pages stand in one line, in their own letters

import golden
import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.model import Article, Link, Picture, Site
from news.reading.authors import names_in
from news.reading.decode import html_document
from news.reading.pictures import split_credit
from news.reading.text import fold
from news.revising.content import content_digest
from news.revising.moving import printed_moved
from news.sites.generic import READER

SITE = Site(name="gazette", home="https://gazette.example/", timezone="Europe/London")
URL = "https://gazette.example/2025/03/05/the-bridge-is-open-again"
WORDS = "The bridge, which was shut for a year, was opened again on Wednesday by nobody in particular."
HEAD = (
    '<meta property="og:type" content="article"><meta property="article:published_time" content="2025-03-05T10:00:00Z">'
)


def read(body: str, head: str = HEAD):
    html = f"<html lang='en'><head><title>The bridge is open again - Gazette</title>{head}</head><body>{body}</body></html>"
    return READER.read(html_document(URL, html.encode(), golden.SEEN), SITE)


def article(inner: str) -> str:
    return f"<article><h1>The bridge is open again</h1><div class='b'><p>{WORDS}</p>{inner}<p>{WORDS} So it was said.</p></div></article>"


def test_broken_json_ld_is_read():
    linked = """<script type="application/ld+json">//<![CDATA[
    {"@graph": [{"@type": "WebSite"}, {"@type": "NewsArticle", "headline": "The &quot;bridge&quot;
    is open", "datePublished": "2025-03-05T10:00:00Z", "author": {"@id": "#jo"}, /* ours */ }, {"@type": "Person", "@id": "#jo", "name": "Jo Ling"},]}
    //]]></script>"""
    assert read(article(""), linked).authors == ("Jo Ling",)


def test_inline_links_are_absolute_and_in_order():
    body = article(f"<p>{WORDS} See <a href='/a'>the plan</a> and <a href='b?x=1#y'>the map</a>.</p>")
    assert read(body).links == (
        Link(role="inline", text="the plan", url="https://gazette.example/a"),
        Link(role="inline", text="the map", url="https://gazette.example/2025/03/05/b?x=1"),
    )


@pytest.mark.parametrize(
    "label", ["Read more:", "Lesen Sie auch:", "Lire aussi :", "Leggi anche:", "Lees ook:", "Läs mer:"]
)
def test_links_to_other_stories_are_read_more_links_and_no_text(label: str):
    found = read(article(f"<p><b>{label}</b> <a href='/other'>Another story of some length</a></p>"))
    assert found.links == (
        Link(role="read-more", text="Another story of some length", url="https://gazette.example/other"),
    )
    assert len(found.body) == 2


@pytest.mark.parametrize(
    "notice",
    [
        "Correction: the bridge was shut for two years, not one.",
        "This article was amended on 6 March 2025 to correct the length of the bridge.",
        "An earlier version of this article said that the bridge was blue.",
        "Korrektur: In einer früheren Version war die Brücke blau.",
        "Rectificatif : le pont n’est pas bleu.",
        "Fe de errores: el puente no es azul.",
        "Rättelse: Bron är inte blå.",
        "Исправление: мост был закрыт два года, а не год.",
        "В предыдущей версии статьи говорилось, что мост синий.",
        "Виправлення: міст не синій.",
        "Düzeltme: Köprü mavi değil.",
        "Erată: podul nu este albastru.",
        "تصحيح: الجسر ليس أزرق.",
    ],
)
def test_correction_notices_have_their_own_role(notice: str):
    assert [block.role for block in read(article(f"<p><em>{notice}</em></p>")).body] == [
        "paragraph",
        "notice",
        "paragraph",
    ]


def test_lists_quotes_and_headings_keep_their_roles():
    inner = "<h2>Three steps</h2><ul><li>open the gate</li><li>close the <b>gate</b></li></ul><blockquote>It is a bridge, said the mayor.</blockquote>"
    body = read(article(inner)).body
    assert [(block.role, block.text) for block in body[1:4]] == [
        ("heading", "Three steps"),
        ("list", "open the gate\nclose the gate"),
        ("quote", "It is a bridge, said the mayor."),
    ]


def test_the_largest_form_of_a_lazy_picture_is_taken_without_its_size():
    inner = """<figure><img src="data:image/gif;base64,R0" data-srcset="/i/b-400.jpg?w=400 400w, /i/b-1600.jpg?w=1600&v=2 1600w" alt="The bridge">
    <figcaption>The bridge at noon. <span class="credit">Photo: Jo Ling</span></figcaption></figure>"""
    assert read(article(inner)).pictures == (
        Picture(
            url="https://gazette.example/i/b-1600.jpg?v=2",
            alt="The bridge",
            caption="The bridge at noon.",
            credit="Jo Ling",
        ),
    )


def test_a_signed_picture_address_stays_whole():
    inner = '<figure><img src="/i/b.jpg?w=400&signature=abc" alt="x"></figure>'
    assert read(article(inner)).pictures[0].url == "https://gazette.example/i/b.jpg?w=400&signature=abc"


@pytest.mark.parametrize(
    ("words", "caption", "credit"),
    [
        ("A view. Picture: Getty/Alamy", "A view.", "Getty/Alamy"),
        ("A view (Photo: Jo Ling)", "A view", "Jo Ling"),
        ("Ein Blick. Foto: dpa", "Ein Blick.", "dpa"),
        ("Une vue. © Paul Renard", "Une vue.", "Paul Renard"),
        ("Credit: Reuters", None, "Reuters"),
        ("A crowd (Picture: X)", "A crowd", "X"),
        ("A crowd [Photo: Jo Ling].", "A crowd", "Jo Ling"),
        ("A crowd. Photo: Jo Ling (AP)", "A crowd.", "Jo Ling (AP)"),
        ("A crowd (Photo: Jo Ling (AP))", "A crowd", "Jo Ling (AP)"),
        ("A crowd (© Getty)", "A crowd", "Getty"),
        ("A picture of health", "A picture of health", None),
        ("", None, None),
    ],
)
def test_captions_and_credits_are_kept_apart(words: str, caption: str | None, credit: str | None):
    assert split_credit(words) == (caption, credit)


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        (["By Jo Ling and Ada Brook"], ("Jo Ling", "Ada Brook")),
        (["By Jo Ling, Political Editor"], ("Jo Ling",)),
        (["Von Henrike Sollbach und Veit Arning"], ("Henrike Sollbach", "Veit Arning")),
        (["Jo Ling, Ada Brook & Tom Sellers"], ("Jo Ling", "Ada Brook", "Tom Sellers")),
        (["https://facebook.example/jo", "Jo Ling", "jo ling"], ("Jo Ling",)),
        (["The Gazette", "Jo Ling"], ("Jo Ling",)),
        (["jo-ling"], ()),
        (["By Jo Ling in Dover"], ("Jo Ling",)),
        (["By Jo Ling in New York and Ada Brook in Washington, D.C."], ("Jo Ling", "Ada Brook")),
        (["By Jo Ling in The Hague, Political Editor"], ("Jo Ling",)),
        (["Von Henrike Sollbach in Frankfurt am Main"], ("Henrike Sollbach",)),
        (["Door Sophie in 't Veld"], ("Sophie in 't Veld",)),
        (["Von Karl in der Smitten"], ("Karl in der Smitten",)),
        (["Jo Ling in Dover"], ("Jo Ling in Dover",)),
        (["By in Dover"], ("in Dover",)),
        (["Автор: Вера Кастова"], ("Вера Кастова",)),
        (["بقلم إيدا فنمور"], ("إيدا فنمور",)),
    ],
)
def test_bylines_give_names(lines: list[str], names: tuple[str, ...]):
    assert names_in(lines, publishers=["the gazette"]) == names


@given(st.text())
def test_folding_twice_is_folding_once(text: str):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    "path",
    [
        "/2025/03/05/bridge-opens",
        "/news/the-bridge-is-open-again",
        "/news/local/article28471123.html",
        "/politik/bruecke-art-481516",
        "/a/bridge-4815162",
        "/news/moved-para-story/",
        "/news/local/us-buys-bridge",
    ],
)
def test_links_of_an_article_s_shape_are_followed(path: str):
    assert READER.follows(f"https://gazette.example{path}", SITE)
    assert READER.follows(f"https://www.gazette.example{path}/", SITE)
    assert not READER.follows(f"https://elsewhere.example{path}", SITE)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/news",
        "/news/politics",
        "/tag/the-bridge-over-the-river",
        "/author/jo-ling-of-the-gazette",
        "/images/the-bridge-is-open.jpg",
        "/about-us",
        "/about/how-we-work",
        "/moved-para-story",
        "/news/moved-story",
        "/life/food-and-drink",
        "/politik/europa-und-welt",
        "/topics/moved-para-story",
        "/series/moved-para-story",
        "/info/terms-of-use",
        "/site/comment-policy-terms",
        "/sport/premier-league-tables",
        "/search",
    ],
)
def test_sections_tags_authors_and_media_are_not(path: str):
    assert not READER.follows(f"https://gazette.example{path}", SITE)


DATED = (
    "<div><time datetime='2025-03-05T10:00:00Z'>Published 5 March 2025, 10:00</time> "
    "<time datetime='2025-03-06T12:00:00Z'>Updated 6 March 2025, 12:00</time></div>"
)


def opened(over: str, dated: str = DATED) -> Article:
    return read(f"<article><h1>The bridge is open again</h1>{over}{dated}{f'<p>{WORDS}</p>' * 3}</article>")


@pytest.mark.parametrize(
    "over",
    [
        "",
        "<p>1,204 views</p>",
        "<p>12 comments</p>",
        "<p>By Ann Writer</p><p>Political Editor</p>",
        "<p>Exclusive: bank named</p>",
        "<p>Local</p><p>Bridges</p><p>1.2k shares · 3 comments</p>",
    ],
)
def test_short_lines_over_the_dates_are_no_text_and_the_dates_are_printed_stamps(over: str):
    found = opened(over)
    assert [block.text for block in found.body] == [WORDS] * 3
    assert found.standfirst is None
    assert [(stamp.kind, stamp.text) for stamp in found.stamps if stamp.source == "printed"] == [
        ("published", "Published 5 March 2025, 10:00"),
        ("updated", "Updated 6 March 2025, 12:00"),
    ]


def test_a_printed_date_that_moves_under_a_counter_is_a_moved_stamp_and_the_same_content():
    before = opened("<p>1,204 views</p>")
    after = opened("<p>98 k views</p>", DATED.replace("12:00", "15:30"))
    assert content_digest(before) == content_digest(after)
    assert printed_moved(before, after, "updated")
    assert not printed_moved(before, after, "published")
    assert "Updated 6 March 2025, 15:30" in {stamp.text for stamp in after.stamps if stamp.source == "printed"}


@pytest.mark.parametrize(
    "over",
    [
        "<p class='standfirst'>Mayor defends sale</p>",
        "<p itemprop='description'>Mayor defends sale</p>",
        "<p>1,204 views</p><p class='standfirst'>Mayor defends sale</p>",
    ],
)
def test_a_named_standfirst_may_be_short(over: str):
    assert opened(over).standfirst == "Mayor defends sale"


def test_a_described_standfirst_may_be_short():
    body = f"<article><h1>The bridge is open again</h1><p>Mayor defends sale</p>{f'<p>{WORDS}</p>' * 3}</article>"
    found = read(body, HEAD + "<meta name='description' content='Mayor defends sale.'>")
    assert (found.standfirst, len(found.body)) == ("Mayor defends sale", 3)


@pytest.mark.parametrize(
    "lead", ["Mayor defends the sale of it to a bank", "The mayor defended on Tuesday what he did with it."]
)
def test_an_unnamed_line_with_words_enough_over_the_dates_is_the_standfirst(lead: str):
    found = opened(f"<p>{lead}</p>")
    assert (found.standfirst, len(found.body)) == (lead, 3)


def test_a_sentence_over_the_dates_that_can_be_no_standfirst_stays_text():
    words = " ".join([WORDS] * 10)  # 900 characters and more introduce nothing
    assert opened(f"<p>{words}</p>").body[0].text == words


def test_a_sentence_over_the_dates_that_is_no_standfirst_stays_text():
    found = opened(f"<p class='standfirst'>Mayor defends sale</p><p>{WORDS} So he said.</p>")
    assert found.standfirst == "Mayor defends sale"
    assert [block.text for block in found.body] == [f"{WORDS} So he said.", *[WORDS] * 3]


@pytest.mark.parametrize(
    "opening",
    [
        "<h2>What happened</h2><h3>3 March 2025</h3>",
        "<ul><li>Mayor defends sale</li><li>Bridge sold on 3 March 1980</li></ul>",
        "<blockquote>Mayor defends sale</blockquote><p>Seen on 3 March 2025</p>",
    ],
)
def test_dates_in_the_text_s_own_headings_lists_and_quotes_end_no_opening(opening: str):
    assert len(opened(opening, "").body) > 3


COUNTERS = [
    "1,204 views", "98K likes", "Comments (12)", "1.204 Aufrufe", "12 Kommentare · 3 geteilt", "1 204 vues",
    "12 commentaires", "3 mila visualizzazioni", "12 comentarios", "12 comentários", "12 komentarzy", "12 reacties",
    "12 comentarii", "12 yorum", "1 204 просмотра", "12 коментарів", "4,383 viewing this page", "212 people watching now",
    "31 Leser online",
]  # fmt: skip


@pytest.mark.parametrize("counter", COUNTERS)
def test_a_line_that_only_counts_readers_is_no_text(counter: str):
    assert len(read(article(f"<p>{counter}</p>")).body) == 2


@pytest.mark.parametrize(
    "words", ["12 views of the bridge, all painted in one year", "The post had 12 likes", "7 bridges"]
)
def test_a_line_that_says_more_than_a_count_is_text(words: str):
    assert words in {block.text for block in read(article(f"<p>{words}</p>")).body}


TITLE = "<h1>The bridge is open again</h1>"
TEXT = f"<div><p>{WORDS}</p><p>{WORDS} So it was said.</p><p>{WORDS} It was said twice, and once more in the evening.</p></div>"


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("By Jo Ling Published 5 March 2025, 10:04 80 comments", "Jo Ling"),
        ("By Jo Ling March 5, 2025 10:04 AM", "Jo Ling"),
        ("Автор: Вера Кастова Опубликовано 5 марта 2025, 10:04 80 комментариев", "Вера Кастова"),
        ("<span class='author'>Jo Ling</span> <span>5 March 2025, 10:04</span> <span>80 comments</span>", "Jo Ling"),
    ],
)
def test_a_byline_ends_where_the_date_in_its_line_begins(line: str, author: str):
    found = read(f"<article>{TITLE}<div>{line}</div>{TEXT}</article>")
    assert found.authors == (author,)
    assert found.stamps[0].source == "printed"


def test_what_readers_wrote_under_a_heading_of_comments_is_no_text_however_long():
    rules = (
        "<p>We want our comments to be a lively part of our town, a place where readers can argue with each other.</p>"
        * 3
    )
    heading = "<div><h3>{}</h3>" + rules + "</div>"
    without = read(f"<div>{TITLE}{TEXT}</div>").body
    for words in ("Comments", "12 Kommentare", "Comments: Our rules", "Комментарии (3)"):
        assert read(f"<div>{TITLE}{TEXT}{heading.format(words)}</div>").body == without
    assert len(read(f"<div>{TITLE}{TEXT}{heading.format('Comments that changed the town')}</div>").body) > len(without)


def test_a_correction_under_a_rail_of_other_stories_is_kept():
    rail = "<h2>More on this story</h2><ul><li><a href='/ferry'>The ferry and its captain</a></li></ul>"
    note = "Correction: the bridge was shut for two years, and not for one."
    within = read(article(f"<p>{WORDS} It rained.</p></div><div>{rail}<p>{note}</p>"))
    beside = read(f"<article>{TITLE}{TEXT}{rail}<p>{note}</p></article>")
    for found in (within, beside):
        assert [block.text for block in found.body if block.role == "notice"] == [note]
    other = read(f"<article>{TITLE}{TEXT}</article><article><h2>The ferry</h2><p>{note}</p></article>")
    assert all(block.role != "notice" for block in other.body)


@pytest.mark.parametrize(("stories", "counted"), [(1, 1), (2, 2), (3, 0), (5, 0)])
def test_three_links_under_one_label_are_a_rail_that_the_site_fills_anew(stories: int, counted: int):
    items = "".join(
        f"<li><a href='/{number}'>The ferry and its captain, part {number}</a></li>" for number in range(stories)
    )
    rail = f"<div class='related-posts'><h3><em>Related</em></h3><ul>{items}</ul></div>"
    assert len(read(article(rail)).links) == counted


def test_letters_in_a_hashed_class_name_say_nothing_of_an_element():
    for name in ("css-ad3f12", "ssrcss-ad0f12-Block", "ssrcss-ad4078-Block", "sc-ads9xk"):
        assert len(read(article(f"<div class='{name}'><p>It rained on Wednesday, all day long.</p></div>")).body) == 3
    for name in ("ad", "ad2", "ad-3", "ad_12 wide", "adSlot", "c-ads"):
        assert len(read(article(f"<div class='{name}'><p>It rained on Wednesday, all day long.</p></div>")).body) == 2
