"""Words by which pages announce what is no text: rails of other stories, adverts, tools, sign-up boxes."""

# ruff: noqa: RUF001 - dashes, quotes and letters as pages print them

from __future__ import annotations

import re

TAIL = re.compile(
    r"\W*(?:"
    r"more (?:latest )?(?:news|stories|from|on (?:this|the)|in|top|like this|articles|coverage|reading)\b|"
    r"see more\b|"
    r"related\b|read (?:more|next|also)\b|recommended\b|most (?:read|popular|viewed|shared)\b|trending\b|"
    r"latest (?:news|stories)\b|"
    r"you (?:may|might) (?:also|be|like)\b|also (?:read|see|in)\b|see also\b|up next\b|popular (?:now|stories|on)\b|"
    r"top stories\b|"
    r"(?:leave a )?(?:comments?|reply)\b|join the (?:conversation|discussion)|about the authors?\b|share this\b|"
    r"filed under\b|"
    r"sign up\b|newsletter\b|follow us\b|topics?\b|tags?\b|editor'?s'? (?:picks|choice)|don'?t miss\b|"
    r"what to read next|"
    r"mehr zum thema|mehr (?:zu|aus|von|über)\b|lesen sie (?:auch|mehr)|auch interessant|das könnte|"
    r"weitere (?:artikel|themen|nachrichten|meldungen)|"
    r"meistgelesen|ähnliche|verwandte|zum thema\b|kommentare\b|schlagwörter|themen\b|"
    r"à lire (?:aussi|également)|lire aussi|sur le même|plus d|les plus lus|articles? (?:liés|similaires)|"
    r"commentaires?\b|"
    r"te puede interesar|más (?:noticias|información|leído|sobre)|lea también|noticias relacionadas|temas\b|"
    r"comentarios\b|"
    r"leggi anche|potrebbe interessarti|articoli correlati|i più letti|commenti\b|"
    r"lees (?:ook|meer|verder)|meer (?:over|nieuws)|gerelateerd|reacties\b|leia (?:também|mais)|veja também|"
    r"mais (?:lidas|notícias)|"
    r"czytaj (?:także|również|więcej)|zobacz (?:także|również)|polecamy|najczęściej czytane|komentarze\b|"
    r"läs (?:mer|också|även)|mer om\b|les (?:også|mer)|læs (?:også|mere)|mest (?:lest|läst|læst)|"
    r"関連記事|【関連記事】|あわせて読みたい|こちらも"
    r")",
    re.IGNORECASE,
)
"""Matches the start of a line that opens what follows an article."""

LABEL = re.compile(
    r"^(?![\"“„«‘'»])\W*(?:реклама|إعلان(?:ات)?|"
    r"advert(?:isements?)?|advertising|sponsored(?: content)?|anzeige|werbung|reklama?|publicidad|"
    r"publicité|pubblicità|advertentie|publicidade|"
    r"annons|annonse|annonce|scroll to continue.*|article continues (?:after|below).*|story continues.*|"
    r"continue reading.*|"
    r"listen(?: to this article)?.*|loading(?: audio)?.*|comments?|kommentare?|share|share this.*|teilen|partager|"
    r"compartir|print|save|copy link|close|"
    r"read more|show more|load more|more|don['’]t miss|mehr anzeigen|getty(?: images)?|reuters|afp|ap|"
    r"\d+ (?:min|minute|minuten|minutes|mins|min\.)[ -]?(?:read|lesezeit|de lectura|de lecture|lesedauer|lesetid)?|"
    r"lesezeit\W.*|"
    r"this slideshow requires javascript\.?|(?:please )?enable javascript.*|"
    r"\S*\s*(?:\d+|an?) (?:secs?|seconds?|mins?|minutes?|hours?|days?) ago.*|"
    r"(?:by|von|par|por|di|door|av|af) [A-ZÀ-Þ][\w.’'-]+(?:,? (?:and |und |et |y |e |en |och |"
    r"og )?[A-ZÀ-Þ][\w.’'-]+){1,4}(?:, .{0,40})?|"
    r"(?:source|quelle|fuente|fonte|bron|källa|kilde)\s?:.{0,60}|"
    r"(?:picture|photo|image|foto|bild|credit)s?\s?:.{0,60}|(?:©|\(c\)|copyright)\s.{0,70}|all rights reserved\W*|"
    r"follow (?:us|me|him|her|.{1,30}) on (?:twitter|facebook|x|instagram|whatsapp).*|"
    r"have your say.*|sign up (?:for|to) .*|subscribe (?:to|now).*|"
    r"\d{1,2}[:.]\d\d(?: uhr)?|\d{1,2}\. ?\d{1,2}\. ?\d{4}.{0,20}"
    r")\W*$",
    re.IGNORECASE,
)
"""Matches a short line that labels or serves the page."""

_NUMBER = r"\d(?:[\d.,'’ ]*\d)?\s?(?:k|m|tsd\.?|mio\.?|mln\.?|mil|mila|mii|bin|тыс\.?|млн\.?)?"
_COUNTED = (
    r"(?:(?:page ?)?views?|reads?|shares?|likes?|comments?|reactions?|replies|"
    r"aufrufe?|ansichten|kommentare?|geteilt|reaktionen|vues?|lectures?|commentaires?|partages?|réactions?|j['’]aime|"
    r"visualizzazion[ei]|lettur[ea]|comment[oi]|condivision[ei]|reazion[ei]|mi piace|"
    r"visitas?|vistas?|lecturas?|comentarios?|compartidos?|reacciones|me gusta|"
    r"visualizaç(?:ão|ões)|leituras?|comentários?|partilhas?|compartilhamentos?|curtidas?|"
    r"wyświetle(?:nie|nia|ń)|odsłony?|komentarz[ey]?|udostępnie(?:nie|nia|ń)|polubie(?:nie|nia|ń)|"
    r"weergaven?|keer (?:bekeken|gelezen|gedeeld)|reacties?|vind-ik-leuks|"
    r"vizualizări|vizualizare|citiri|comentarii|comentariu|distribuiri|aprecieri|"
    r"görüntülenme|okunma|yorum|paylaşım|beğeni|"
    r"просмотр(?:а|ов|ы)?|комментари(?:й|я|ев|и)|репост(?:а|ов|ы)?|лайк(?:а|ов|и)?|"
    r"перегляд(?:и|ів|у)?|коментар(?:і|ів|я)?|поширен(?:ня|ь)|вподоба(?:ння|йки|нь))"
)
_PRESENT = (
    r"(?:(?:people |readers |viewers |users )?(?:are )?(?:now |currently )?(?:viewing|watching|reading|online)"
    r"(?: (?:this|the) (?:page|story|article|blog|stream))?(?: (?:right )?now| live)?|"
    r"(?:leser|nutzer|besucher) (?:sind )?(?:gerade )?online|lecteurs en ligne|lectores en línea|"
    r"(?:читателей|человек) (?:онлайн|читают)|читають зараз)"
)
COUNTER = re.compile(
    rf"^\W*(?:(?:{_NUMBER}\s?(?:{_COUNTED}|{_PRESENT})|{_COUNTED}\s?[:(]\s?{_NUMBER}\)?)(?:\W+|$))+$", re.IGNORECASE
)
"""Matches a short line that only counts readers or what they did: `1,204 views`, `12 Kommentare · 3 geteilt`."""

COMMENTS = re.compile(
    r"\W*(?:\d[\d.,]*\s+)?(?:(?:reader|your|latest|all) )?"
    r"(?:comments?|kommentare?|leserkommentare|commentaires?|comentarios?|commenti|reacties|comentários?|komentarze|"
    r"kommentarer|comentarii|yorumlar|комментарии|комментари[йя]|комментариев|коментар[іиів]+|التعليقات|تعليقات)"
    r"(?:\s*\(?\d[\d.,]*\)?|\s*[:–—-]\s*our rules|\s+policy|\s+section)?\W*",
    re.IGNORECASE,
)
"""Matches, as a whole, the heading that stands over what readers wrote: `Comments`, `12 Kommentare`."""

SENTENCE_END = tuple(".!?…;:\"'”»“)’。！？」』")
"""What running text ends with."""

NOTICE = re.compile(
    r"^\W*(?:"
    r"(?:correction|clarification|editor'?s'?’?s? note|update|amendment|retraction|erratum|"
    r"errata)s?\b(?:\s*\([^)]{0,40}\))?\s*[:–—-]|"
    r"(?:correction|clarification)s?\b.{0,40}\d{4}|"
    r"this (?:article|story|piece|report|headline|post|page) (?:was|has been|is) (?:amended|corrected|updated|edited|"
    r"changed|clarified)|"
    r"an? (?:earlier|previous|prior) version of (?:this|the)|"
    r"(?:korrektur|berichtigung|richtigstellung|anmerkung der redaktion|anm\. d\. red\.|hinweis der redaktion|"
    r"transparenzhinweis)\b|"
    r"in einer (?:früheren|vorherigen) (?:version|fassung)|"
    r"(?:correction|rectificatif|précision|note de la rédaction)\s*[:–—-]|une (?:version précédente|"
    r"première version)|"
    r"(?:corrección|fe de errores|aclaración|rectificación|nota de la redacción)\b|una versión anterior|"
    r"(?:correzione|rettifica|errata corrige|nota della redazione)\b|una (?:versione precedente|precedente versione)|"
    r"(?:correctie|rectificatie|verbetering|aanvulling)\s*[:–—-]|in een eerdere versie|"
    r"(?:correção|errata|esclarecimento|nota da redação)\s*[:–—-]|uma versão anterior|"
    r"(?:sprostowanie|korekta|od redakcji)\b|"
    r"(?:rättelse|rettelse|korrigering|förtydligande|presisering|præcisering)\s*[:–—-]|i en tidigare version|"
    r"i en tidligere (?:version|versjon)|"
    r"(?:исправление|уточнение|опровержение|поправка|от редакции|прим(?:ечание|\.) ред(?:акции|\.))\s*[:.–—-]|"
    r"в (?:более ранней|предыдущей|первоначальной) (?:версии|редакции)|"
    r"(?:виправлення|уточнення|спростування|від редакції)\s*[:.–—-]|[ву] (?:попередній|ранішій) версії|"
    r"(?:düzeltme|tekzip|editörün notu)\s*[:–—-]|bu haberin (?:önceki|ilk) (?:sürüm|hali|versiyon)|"
    r"(?:erată|rectificare|precizare|corecție|nota redacției)\s*[:–—-]|(?:într-)?o versiune (?:anterioară|precedentă)|"
    r"(?:تصحيح|توضيح|تنويه|استدراك)\s*[:–—-]|(?:ذكرت|في) نسخة سابقة"
    r")",
    re.IGNORECASE,
)
"""Matches how editors announce what they changed, in sixteen languages."""

READ_MORE = re.compile(
    r"^\W*(?:read (?:more|next|also|our)\b.{0,30}?|see also|related|more on this|mehr (?:zum thema|dazu|lesen)|"
    r"lesen sie (?:auch|mehr|hier).{0,20}?|lesen sie auch|"
    r"à lire(?: aussi| également)?|lire aussi|lea también|lee también|te puede interesar|leggi anche|lees (?:ook|"
    r"verder|meer)|"
    r"leia (?:também|mais)|veja também|czytaj (?:także|również|też|więcej)|zobacz (?:także|też)|läs (?:mer|också|"
    r"även)|les (?:også|mer)|læs (?:også|mere))\s*(?:[:|>»–-]|$)\s*",
    re.IGNORECASE,
)
"""Matches the words that lead to another story."""

_NOTICE_STARTS = frozenset(
    """
    cor cla edi upd ame ret err thi an a kor ber ric anm hin tra in rec pré not une una fe acl ver aan esc uma spr od
    rät för pre præ i
    исп уто опр поп от при в вип спр від у düz tek edi bu era not cor înt o تصح توض تنو است ذكر في
    """.split()  # noqa: SIM905
)
_READ_MORE = """
rea see rel mor meh les à lir lea lee te leg lei vej czy zob läs læs
"""
_READ_MORE_STARTS = frozenset(_READ_MORE.split())


def is_notice(text: str) -> bool:
    """Return whether a line opens as a notice does; few do, and most are told by their first letters."""
    return _may_open(text, _NOTICE_STARTS) and NOTICE.match(text) is not None


def leads_on(text: str) -> bool:
    """Return whether a line opens with the words that lead to another story."""
    return _may_open(text, _READ_MORE_STARTS) and READ_MORE.match(text) is not None


def _may_open(text: str, starts: frozenset[str]) -> bool:
    opening = text[:3].lower()
    return not opening[:1].isalpha() or opening.split(" ", 1)[0] in starts
