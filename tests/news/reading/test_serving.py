"""What stands in an article's element and is none of its text, and text that only looks like it."""

# ruff: noqa: E501, RUF001 - pages stand in one line, in their own letters

import golden
import pytest

from news.model import Article, Picture, Site
from news.reading.decode import html_document
from news.reading.prompts import asks, ends, telling_in
from news.sites.generic import READER

SITE = Site(name="gazette", home="https://gazette.example/", timezone="Europe/London")
URL = "https://gazette.example/2025/03/05/the-bridge-is-open-again"
WORDS = "The bridge, which was shut for a year, was opened again on Wednesday by nobody in particular."
LAST = "So it was said in the market hall, where those who had waited for it drank to its health."
LINKED = """<script type="application/ld+json">{"@type": "NewsArticle", "headline": "The bridge is open again",
"datePublished": "2025-03-05T10:00:00Z", "author": [{"name": "Ada Brook"}, {"name": "Tom Sellers"}]}</script>"""


def read(inner: str, *, head: str = "") -> Article:
    body = f"<article><h1>The bridge is open again</h1><div class='b'>{inner}</div></article>"
    html = f"<html lang='en'><head><title>The bridge is open again - Gazette</title>{LINKED}{head}</head><body>{body}</body></html>"
    return READER.read(html_document(URL, html.encode(), golden.SEEN), SITE)


def texts(inner: str) -> list[str]:
    return [block.text for block in read(inner).body]


def around(inner: str) -> str:
    return f"<p>{WORDS}</p><p>{WORDS} It is blue.</p>{inner}<p>{LAST}</p>"


AROUND = [WORDS, f"{WORDS} It is blue.", LAST]

ASKING = [
    "Sign up for our free newsletter and read about bridges every Monday.",
    "Bridges matter to you? Subscribe to the Harbour Newsletter today.",
    "Our site is the place for bridges, so sign up for our newsletters.",
    "Follow the Gazette on Facebook and Instagram.",
    "If you enjoyed this article, tell a friend.",
    "Support our journalism with a small sum a month.",
    "To view this content, please accept cookies.",
    "Create an account or sign in to continue reading.",
    "Melden Sie sich jetzt für unseren Newsletter an.",
    "An dieser Stelle finden Sie externe Inhalte, die Sie anzeigen lassen können.",
    "Unterstützen Sie unsere Arbeit mit einer Spende.",
    "Abonnez-vous à notre newsletter du matin.",
    "Suivez la Gazette sur WhatsApp !",
    "Suscríbete a nuestro boletín semanal.",
    "Síguenos en Instagram y Facebook.",
    "Iscriviti alla nostra newsletter.",
    "Ti è piaciuto questo articolo?",
    "Zapisz się na nasz newsletter.",
    "Obserwuj nas na Facebooku i na Facebook Messenger",
    "Подписывайтесь на наш канал в Telegram",
    "Подпишитесь на нашу рассылку: подписаться — Подпишитесь на рассылку",
    "Підписуйтесь на наш канал у Telegram",
    "Підтримайте нас, якщо можете.",
    "Abonați-vă la newsletter.",
    "Urmăriți Gazeta pe Facebook.",
    "Bültenimize abone olun: abone olun, bülten her sabah gelsin",
    "Uygulamamızı indirin.",
    "Schrijf je in voor onze nieuwsbrief.",
]


@pytest.mark.parametrize("line", ASKING)
def test_a_line_that_asks_something_of_the_readers_is_no_text_wherever_it_stands(line: str):
    assert texts(around(f"<p>{line}</p>")) == AROUND
    assert texts(f"<p>{line}</p>{around('')}") == AROUND


SAID = [
    "The council asked readers to sign up for its newsletter about the bridge.",
    "“Sign up for our newsletter,” said the mayor, and nobody laughed at that.",
    "“Follow us on Facebook,” the ferry's owners said on Monday.",
    "She follows the mayor on Facebook, as do most people who use the bridge.",
    "He wrote the newsletter of the bridge's friends for forty years.",
    "“Help us keep the bridge open”, said the banner over the market hall.",
    "Download the ferry app and take a photo of the code at the pier.",
    "Der Verein hat einen Newsletter, den vierhundert Leute lesen.",
    "Die Stadt will externe Inhalte auf ihren Seiten künftig vermeiden.",
    "El boletín de la ciudad habla del puente desde marzo.",
    "Giriş yapan yolcular köprüyü gördü ve sevindi.",
    "Рассылка мэрии сообщила о мосте в понедельник утром.",
]


@pytest.mark.parametrize("line", SAID)
def test_a_sentence_that_speaks_of_such_things_is_text(line: str):
    assert texts(around(f"<p>{line}</p>"))[2] == line
    assert texts(f"<p>{WORDS}</p><p>{WORDS} It is blue.</p><p>{line}</p>")[-1] == line


@pytest.mark.parametrize("line", ASKING)
def test_what_asks_has_words_that_tell_of_it_wherever_it_stands(line: str):
    told = telling_in(f"{WORDS} {line} {LAST}")
    assert asks(line)
    assert any(word in line.lower() for word in told)


def test_a_plain_text_has_no_word_that_tells_of_asking():
    assert not telling_in(f"{WORDS} {LAST}")


def test_a_line_ends_a_text_where_a_later_sentence_of_it_asks_for_stories():
    assert ends("She has met him since. Do you have a story for us?")
    assert not ends("She has met him since. He had a story for us.")


def test_a_long_paragraph_is_text_whatever_it_asks():
    line = " ".join(["Subscribe to the newsletter, they say.", *[WORDS] * 5])
    assert not asks(line)
    assert not ends(line)
    assert line in texts(around(f"<p>{line}</p>"))


def test_a_box_that_asks_goes_with_its_list_and_labels():
    box = "<div><h3>Register / Sign in to read more stories</h3><p>Get it all.</p><ul><li>Ten stories a month</li><li>Comment on bridges</li></ul></div>"
    assert texts(around(box)) == AROUND


def test_a_box_that_asks_and_then_tells_loses_what_asks_only():
    box = f"<div><p>Sign up for our newsletter.</p><p>{WORDS} It was told twice.</p></div>"
    assert texts(around(box)) == [*AROUND[:2], f"{WORDS} It was told twice.", LAST]


ENDING = [
    "Jo Ling contributed to this report.",
    "Got a story about bridges? Get in touch with our newsdesk at desk@gazette.example",
    "newsdesk@gazette.example",
    "twitter.com/gazette-bridges",
    "For more stories like this, see our bridges page.",
    "First published in The Pellbrook Review.",
    "Mehr zur Brücke lesen Sie in unserem Liveblog:",
    "Redaktion: Henrike Sollbach, Faktencheck: Veit Arning",
    "Mit Material von dpa und Reuters.",
    "Ada Brook is a reporter at the Gazette who writes about bridges.",
    "Tom Sellers ist freier Autor und lebt in Pellbrook.",
    "You may also like...",
]


@pytest.mark.parametrize("line", ENDING)
def test_a_line_under_the_text_that_only_serves_is_none_of_it(line: str):
    assert texts(f"{around('')}<p>{line}</p>") == AROUND
    assert texts(f"{around('')}<p>{line}</p><p>Jo Ling contributed to this report.</p>") == AROUND


@pytest.mark.parametrize("line", [line for line in ENDING if not line.startswith(("You may", "newsdesk", "twitter"))])
def test_such_a_line_in_the_midst_of_the_text_stays(line: str):
    assert line in texts(around(f"<p>{line}</p>"))


LASTING = [
    "Do you have any information about the bridge? The police ask witnesses to call 101.",
    "Haben Sie Hinweise? Die Polizei in Pellbrook nimmt sie unter 110 entgegen.",
    "For more information, visit the council's page on bridges.",
    "Hier gibt es zum Frühstück Fisch, und danach geht es über die Brücke.",
    "Con información de la policía, el juez abrió el puente a todos los vecinos.",
    "Fonte inesgotável de histórias, a ponte abriu de novo.",
    "Mit Informationen von Zeugen fand die Polizei den Dieb der Brücke.",
    "Ada Brook was cheered by all who had come to see the bridge, and the mayor said that nobody had waited for it as long as she had, who was born beside it and had crossed it every day of her life until the morning when it was shut, and who had since then written to the council every week, to the minister every month and to the Gazette whenever it rained.",
    "Correction: Ada Brook contributed to this report. An earlier version did not say so.",
    "Der Sieger lief die Strecke über die Brücke in 4:02 min.",
]


@pytest.mark.parametrize("line", LASTING)
def test_a_last_line_that_tells_something_is_text(line: str):
    assert texts(f"<p>{WORDS}</p><p>{WORDS} It is blue.</p><p>{line}</p>")[-1] == line


def test_what_follows_a_line_that_leads_elsewhere_goes_with_it():
    tail = "<div>Mehr zur Brücke lesen Sie in unserem Liveblog:</div><article><h3>Die Brücke</h3><div>Seit Mittwoch ist sie offen. Alles dazu im Blog.</div></article>"
    assert texts(f"{around('')}{tail}") == AROUND


def test_a_paragraph_after_a_line_that_serves_is_text():
    assert texts(around("<p>Mehr zur Brücke lesen Sie in unserem Liveblog:</p>"))[-1] == LAST


def test_a_list_of_links_at_the_end_is_a_rail_and_one_in_the_text_is_text():
    items = "".join(
        f"<li>{before} the bridge and <a href='/{number}'>the ferry and its captain</a></li>"
        for number, before in enumerate(["How to love", "What became in a year of", "Who paid for"])
    )
    assert texts(f"{around('')}<h3>Great stories from here</h3><ul>{items}</ul>") == AROUND
    assert len(texts(around(f"<ul>{items}</ul>"))) == 4


def test_a_label_that_leads_elsewhere_takes_its_teaser_with_it():
    teaser = "<div><p>Read more</p><h4><a href='/ferry'>Ferry saved</a></h4><p>The ferry was saved on Tuesday, when nobody had thought of it.</p></div>"
    assert texts(around(teaser)) == AROUND
    assert texts(around(f"<div><p>Read more</p><p>{WORDS} Twice.</p></div>"))[2] == f"{WORDS} Twice."


def test_the_choices_of_a_poll_are_no_text():
    poll = "<div><label><input type='radio'><div>It is a good bridge, I think.</div></label><label><div>I have no answer to that.</div></label></div>"
    assert texts(around(poll)) == AROUND


PICTURE = "<div class='x1'><div><img src='/i/bridge.jpg' alt='A bridge'></div><div><p>Ada Brook at the rail, seen from the ferry (Photo: Jo Ling)</p></div></div>"


def test_a_line_alone_with_a_picture_is_its_caption_though_nothing_names_it_so():
    found = read(around(PICTURE))
    assert [block.text for block in found.body] == AROUND
    assert found.pictures == (
        Picture(
            url="https://gazette.example/i/bridge.jpg",
            alt="A bridge",
            caption="Ada Brook at the rail, seen from the ferry",
            credit="Jo Ling",
        ),
    )


@pytest.mark.parametrize(
    "inner",
    [
        f"<div><img src='/i/a.jpg'><p>{WORDS} {WORDS} So it stood beside its picture.</p></div>",
        "<p><img src='/i/a.jpg'> The bridge as it looked on Wednesday.</p>",
        "<div><img src='/i/a.jpg'><h3>What it looked like</h3></div>",
        "<div><img src='/i/a.jpg'><ul><li>a rail of oak</li></ul></div>",
        "<div><img src='/i/a.jpg'><blockquote>It is a bridge.</blockquote></div>",
    ],
)
def test_paragraphs_headings_lists_and_quotes_beside_a_picture_are_text(inner: str):
    assert len(texts(around(inner))) == 4


def test_an_article_laid_out_in_pictures_with_words_keeps_its_words():
    shown = "".join(
        f"<div><img src='/i/{place}.jpg'><p>The bridge on day {place} of the year.</p></div>" for place in range(12)
    )
    assert len(texts(f"{shown}<p>{WORDS}</p>")) == 13


def test_a_film_s_words_with_its_length_are_no_text():
    assert texts(around("<div>The mayor opens the bridge. 05.03.2025 | 0:21 min</div>")) == AROUND


LINK = "<a class='related-topic' href='/t'>the county of Pellbrook</a>"


def test_a_link_in_a_sentence_is_text_whatever_its_name():
    line = "The bridge belongs to the county of Pellbrook, which has owned it since the flood of 1953."
    inner = f"<p>The bridge belongs to {LINK}, which has owned it since the flood of 1953.</p>"
    assert texts(around(inner))[2] == line


def test_a_link_that_opens_a_paragraph_is_text_whatever_its_name():
    inner = f"<p>{LINK} has owned it since the flood of 1953, and pays for its paint.</p>"
    assert texts(around(inner))[2].startswith("the county of Pellbrook has owned")


def test_a_link_beside_little_text_is_what_its_name_says():
    assert "the county of Pellbrook" not in "".join(texts(around(f"<p>Topic: {LINK}</p>")))


def test_all_that_says_the_headline_is_kept_by_place():
    head = "<meta property='og:title' content='Bridge open'><meta name='twitter:title' content='It is open'>"
    assert read(around(""), head=head).surfaces == (
        ("json-ld:headline", "The bridge is open again"),
        ("og:title", "Bridge open"),
        ("title", "The bridge is open again - Gazette"),
        ("twitter:title", "It is open"),
    )
    assert "og:title" not in dict(read(around("")).surfaces)
