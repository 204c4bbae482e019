"""Words by which a publication speaks to its readers within a text: subscribe, support, follow, write, agree, read on.

In the ten most spoken languages of Europe: Russian, German, French, English, Turkish, Italian, Spanish, Ukrainian,
Polish and Romanian; Dutch, Portuguese and the Scandinavian ones where the words are alike.
"""

# ruff: noqa: RUF001 - in the letters of these languages

from __future__ import annotations

import re
from operator import itemgetter

from news.reading.text import count_words

_LONGEST = 70
"""Words above which a line is a paragraph, whatever it asks of its readers."""

_OPEN = r"^[^\w\"“”„«»‘’']*"
"""What may stand before a line's first word: no quotation mark, for what people say is text whatever they ask."""

_START = rf"(?:{_OPEN}|[.!?:|–—][^\w\"“”„«»‘’']+|\b(?:please|bitte|por favor|пожалуйста|lütfen|proszę)\s)"
_LETTER = r"\b(?:newsletters?|newsbriefs?|nieuwsbrie(?:f|ven)|nyhets?brev\w*|infolettres?|bolet[ií]n\w*|рассылк\w*|розсилк\w*|bülten\w*|buletin\w*|biuletyn\w*)\b"  # noqa: E501 - read as a list
_JOIN = (
    r"(?:(?:click here to |to )?(?:sign up|subscribe|register now|register for)\b|"
    r"(?:jetzt |hier )?(?:abonnieren|abonniere|abonnier|melden sie sich|melde dich|bestellen sie)\b|"
    r"hier geht(?:['’]s| es) zur anmeldung\b|"
    r"(?:abonnez|inscrivez|recevez|s['’]inscrire|s['’]abonner)\b|"
    r"(?:suscr[ií]b\w*|reg[ií]str(?:ate|ese)|recibe|apúntate|inscr[ií]b\w*|assine|inscreva-se|receba)\b|"
    r"(?:iscriviti|iscrivetevi|ricevi|abbonati|registrati)\b|"
    r"(?:schrijf (?:je|u)|meld (?:je|u)|abonneer|ontvang)\b|"
    r"(?:zapisz się|zapiszcie się|subskrybuj|zamów|zaprenumeruj)\b|"
    r"(?:подпи(?:шитесь|сывайтесь|шись)|оформите)\b|(?:підпи(?:шіться|суйтесь|суйтеся|шись)|оформіть)\b|"
    r"(?:abonați-vă|abonează-te|înscrie-te|înscrieți-vă)|(?:abone ol\w*|kaydol\w*|kayıt ol\w*)|"
    r"(?:anmäl dig|prenumerera|meld deg|abonner|tilmeld dig)\b)"
)
_PLATFORM = (
    r"(?:facebook|twitter|instagram|whatsapp|telegram|tiktok|linkedin|youtube|bluesky|threads|mastodon|viber|"
    r"google news|телеграм\w*|телеграмм?\w*|вконтакте|дзен\w*|x\b)"
)
_US = (
    r"(?:follow\b|like us\b|join us\b|join our\b|folgen sie\b|folge uns\b|folgt uns\b|suivez\b|rejoignez\b|síguenos\b|"
    r"siga-nos\b|segue-nos\b|seguici\b|seguiteci\b|unisciti\b|volg ons\b|obserwuj\b|śledź\b|polub nas\b|"
    r"(?:под|під)пис[а-яії]+\b|читайте\b|следите\b|стежте\b|приєднуйтесь\b|urmăr(?:iți|ește)|takip edin|"
    r"bizi takip|följ oss\b|følg oss\b|følg os\b)"
)
_LIKED = (
    r"(?:if you (?:enjoyed|liked) th(?:is|ese) (?:article|story|post|piece)|"
    r"(?:did you enjoy|enjoying) this (?:article|story|post|piece)|"
    r"(?:hat|haben) (?:ihnen|dir|euch) dies\w+ (?:artikel|text|beitrag)|gefällt (?:ihnen|dir) dieser|"
    r"(?:cet article|ce contenu) vous a plu|vous avez aimé cet article|"
    r"te ha gustado (?:este|el) (?:artículo|texto)|ti è piaciut[oa] (?:quest|l['’])|"
    r"gostou d(?:este|o) (?:artigo|texto)|vond je dit artikel|(?:spodobał|podobał) (?:ci|ci się|wam) (?:się )?ten|"
    r"понравил(?:ась|ся|ось) (?:статья|материал|эта|этот)|сподобалася (?:стаття|ця)|"
    r"ți-a plăcut (?:acest )?articol|bu (?:haberi|yazıyı) beğen)"
)
_SUPPORT = (
    r"(?:support (?:our|independent) (?:journalism|newsroom)|"
    r"unterstützen sie (?:uns|unsere|unabhängig)|unterstütze uns|"
    r"soutenez(?:-nous| notre| le journalisme)|apóyanos|apoye o nosso|apoia o nosso|sostienici|"
    r"sostieni il (?:nostro|giornalismo)|steun ons|wesprzyj (?:nas|nasz)|wspieraj nas|поддержите (?:нас|нашу|наш)|"
    r"підтримайте (?:нас|нашу|наш)|susține(?:-ne| jurnalismul|ți-ne)|bize destek|bizi destekle)"
)
_TELL = (
    r"(?:(?:do you have|have you got|have|got) a story\b[^.]{0,60}\?|"
    r"(?:do you have|have you got|got) (?:a |any )?(?:news tip|tips?|information)\b[^.]{0,60}\?.{0,120}(?:@|"
    r"\bus\b|\bour\b)|"
    r"get in touch (?:with (?:us|our)|by e-?mailing us|at \S+@)|"
    r"(?:contact us|contact our|e-?mail us|e-?mail our|write to us|send us)\b.{0,60}(?:@|by |via |at |here)|"
    r"(?:e-?mail|contact) (?:the (?:writer|author|reporter)|this reporter)\b|"
    r"we['’]d (?:like|love) to hear\b|let us know what you think|share your thoughts (?:in|below)|"
    r"(?:haben sie|hast du) (?:hinweise|einen hinweis|informationen|einen tipp|fragen)\b.{0,160}(?:@|"
    r"\bunser\w*\b|\buns\b)|"
    r"schreiben sie uns\b|"
    r"diskutieren sie\b|(?:was denken|was meinen) sie\?|"
    r"écrivez-nous|contactez-nous|(?:tienes|tiene) una historia\b|escríbenos|"
    r"hai una (?:storia|notizia|segnalazione)\b|scrivi(?:ci|teci)\b|"
    r"(?:heb je|heeft u) (?:een tip|nieuws) voor\b|(?:masz|macie) (?:dla nas )?(?:temat|informacj\w+|zdjęci\w+)|"
    r"napisz do nas|(?:стали очевидцем|есть новость|сообщите нам|напишите нам|присылайте)|"
    r"(?:стали свідком|маєте новину|напишіть нам|надсилайте)|(?:ai|aveți) (?:o poveste|un pont)\b|"
    r"scrie-ne|bize yazın|ihbar hattı)"
)
_APP = (
    r"(?:(?:download|get|install) our\b.{0,40}\bapp\b|laden sie .{0,20}\bunsere\b.{0,40}\bapp\b|"
    r"téléchargez notre app|descarga nuestra app|scarica la nostra app|baixe o nosso app|pobierz naszą aplikacj|"
    r"(?:скачайте|установите) наше .{0,20}приложение|завантаж(?:уй)?те наш .{0,20}(?:додаток|застосунок)|"
    r"descarcă aplicația noastră|uygulamamızı indir)"
)
_ACCOUNT = (
    r"(?:(?:sign|log) in (?:or|to|/)\b.{0,40}(?:account|register|subscri|continue|comment|read)|"
    r"(?:create an account|register) (?:or|/) (?:sign|log) in\b|create (?:an|your) (?:free )?account\b|"
    r"already (?:a subscriber|have an account)|subscribe (?:now|today)\b|"
    r"(?:jetzt|hier) (?:anmelden|registrieren|einloggen|testen|abonnieren|weiterlesen)\b|bereits abonnent|"
    r"(?:déjà abonné|connectez-vous|je m['’]abonne|(?:nouveau\s?:\s*)?découvrez (?:nos|toutes nos) offres)|"
    r"(?:inicia sesión|ya eres suscriptor|hazte (?:socio|premium))|(?:accedi|hai già un account)\b.{0,30}(?:account|"
    r"abbon|\?)|(?:zaloguj się|masz już konto)|(?:войдите|авторизуйтесь|зарегистрируйтесь)\b|"
    r"(?:увійдіть|зареєструйтесь)|(?:ai deja cont|autentifică-te)|(?:giriş yap(?:ın)?|üye ol(?:un)?)\b)"
)
_EXTERNAL = (
    r"\bexterne[nr]? inhalte?\b.{0,160}(?:angezeigt|anzeigen|ausgewählt|geladen|datenschutz|zustimm|drittplattform)|"
    r"\bpersonenbezogene daten an (?:drittplattformen|drittanbieter)"
)
_EMBEDDED = (
    r"(?:empfohlener (?:redaktioneller|externer) inhalt|"
    r"(?:to (?:view|see|watch) this (?:content|video|embed|post)|this content is (?:hosted|provided) by)|"
    r"ce contenu (?:est|a été) bloqué|pour (?:afficher|voir|consulter) ce(?:tte)? (?:contenu|vidéo|publication)|"
    r"(?:para ver este|este) contenido (?:está bloqueado|es necesario|debes|debe|ha sido bloqueado)|"
    r"per (?:visualizzare|vedere) (?:questo|il) contenuto|om deze (?:inhoud|content) te|"
    r"aby (?:zobaczyć|wyświetlić) (?:tę |tą )?treść|для просмотра (?:этого )?контента|щоб переглянути (?:цей )?вміст|"
    r"pentru a vizualiza acest conținut|bu içeriği (?:görmek|görüntülemek) için|"
    r"(?:by (?:signing up|subscribing|clicking)\b.{0,60}\byou (?:agree|accept|consent)|"
    r"mit (?:der|ihrer) anmeldung (?:willigen|stimmen|akzeptieren|erklären)|"
    r"en vous inscrivant,? vous|al suscribirte,? |iscrivendoti,? |(?:read|see|view) our (?:privacy|cookie)\b))"
)
_MORE = (
    r"(?:for (?:more (?:stories|news|articles|updates|coverage)|(?:all )?the latest)\b.{0,90}\b(?:visit|check|"
    r"follow|sign up|click|subscribe|see our|go to|"
    r"head (?:over )?to)\b|check out (?:our|more of (?:our|the))\b|click here (?:for|to)\b|"
    r"(?:mehr|alles|weitere\w*)\b.{0,60}\b(?:lesen|finden|erfahren|hören|sehen) sie (?:hier|(?:in|auf) unser\w+)\b|"
    r".{0,90}\bfinden sie\b.{0,20}\b(?:hier|(?:in|auf) unser\w+ (?:liveblog|newsblog|ticker|themenseite))\b|"
    r"hier (?:finden sie|gibt es) (?:alle|mehr|weitere|unsere)\b.{0,60}\b(?:inhalte|artikel|nachrichten|news|infos?)\b|"
    r"[^.]{0,200}\. hier finden sie (?:alle|mehr|weitere|unsere)\b|"
    r"(?:retrouvez|suivez)\b.{0,30}\b(?:toute l['’]actualité|tous nos articles|toutes nos|notre direct)\b|"
    r"(?:consulta|lee|encuentra) (?:aquí|todas las|más noticias)\b|leggi (?:qui|tutte le|anche)\b|"
    r"(?:więcej|wszystkie) .{0,40}(?:przeczytasz|znajdziesz) (?:tutaj|tu|na|w)\b|"
    r"(?:больше новостей|читайте (?:также|больше|ещё|еще)|смотрите также)\b|"
    r"(?:більше новин|читайте (?:також|більше))\b|"
    r"(?:citește (?:și|mai mult)|citiți și)\b|(?:daha fazla(?:sı)? için|ayrıca okuyun)\b)"
)
_MADE = (
    r"(?:\(?translated (?:from|by)\b.{0,60}$|"
    r".{0,160}\bcontributed (?:reporting\b|to (?:this|the) (?:report|story|article|piece))|"
    r"aus dem \w+en (?:übersetzt )?von\b.{0,60}$|.{0,160}\((?:abgerufen am|accessed on|consulté le|consultado el)\b|"
    r"(?:first|originally) (?:published|appeared) (?:in|on|by|at)\b.{0,40}$|(?:.{0,60}\W)?more to follow\W*$|"
    r"mit (?:material|informationen|agenturmaterial) (?:von|der|des)\b.{0,120}\b(?:afp|ap|apa|dpa|epd|kna|reuters|sda|"
    r"sid)\b|"
    r"(?:redaktion|faktencheck|übersetzung|schlussredaktion|bildredaktion|mitarbeit)\s*:|.{0,200}\bRSS 2\.0\b|"
    r"(?:posted in|abgelegt unter|veröffentlicht unter|publié dans|publicado en|pubblicato in)\b.{0,60}$|"
    r"\(?(?:avec (?:afp|reuters|agences)|con información de|con informazioni di)\b.{0,40}$)"
)
_CONTACT = re.compile(
    r"\W*(?:(?:e-?mail|mail|contact|kontakt|twitter|tel)\s?[:.]\s?)?(?:[\w.+-]+@[\w-]+(?:\.[\w-]+)+|@\w{3,}|"
    r"(?:https?://|www\.)\S+|(?:twitter|x|facebook|instagram)\.com/\S+)\W*",
    re.IGNORECASE,
)

_Keys = frozenset[str]
_KEY = 6
_beginning = itemgetter(slice(_KEY))


def _group(keys: str, pattern: str) -> tuple[_Keys, re.Pattern[str]]:
    return frozenset(word[:_KEY] for word in keys.split()), re.compile(pattern, re.IGNORECASE)


_ASKS = (
    _group(
        """
        newsletter newsbrief nieuwsbrief nyhetsbrev nyhetbrev infolettre boletin boletín рассылка розсилка bülten
        buletin biuletyn newsletters infolettres boletines boletínes
        """,
        rf"(?<![\"“„«‘'])\b(?:sign up|subscribe) (?:for|to) our\b.{{0,60}}{_LETTER}|"
        rf"{_START}(?:{_JOIN}|get\b).{{0,140}}{_LETTER}|{_LETTER}.{{0,200}}[.!?:]\W+{_JOIN}",
    ),
    _group(
        """
        facebook twitter instagram whatsapp telegram tiktok linkedin youtube bluesky threads mastodon viber google
        телеграм вконтакте дзен дзене x
        """,
        rf"{_START}{_US}.{{0,70}}\b{_PLATFORM}",
    ),
    _group(
        """
        enjoy enjoyed enjoying liked gefallen gefällt plu aimé gustado piaciuto piaciuta gostou vond
        spodobał podobał понравилась сподобалася plăcut beğendiniz
        """,
        rf"{_START}(?:\W*{_LIKED})",
    ),
    _group(
        """
        journalism newsroom unterstützen unterstütze soutenez apóyanos apoye apoia
        sostienici sostieni steun wesprzyj wspieraj поддержите підтримайте susține susțineți destek destekle
        """,
        rf"{_START}{_SUPPORT}",
    ),
    _group("app apps aplikację приложение додаток застосунок aplicația uygulamamızı", rf"{_START}{_APP}"),
    _group(
        """
        extern externe externer externen empfohlener drittplattformen drittanbieter drittanbietern content video
        vidéo embed post privacy cookie cookies contenu contenido contenuto inhoud treść контента вміст conținut
        içeriği signing subscribing clicking anmeldung inscrivant suscribirte iscrivendoti
        """,
        rf"{_START}{_EMBEDDED}|{_EXTERNAL}",
    ),
    _group(
        """
        account register subscriber subscribe anmelden registrieren einloggen testen abonnieren weiterlesen abonnent
        abonné abonne connectez offres sesión suscriptor hazte accedi hai zaloguj konto войдите авторизуйтесь
        зарегистрируйтесь увійдіть зареєструйтесь cont autentifică giriş üye
        """,
        rf"{_OPEN}{_ACCOUNT}",
    ),
)
"""What asks, each with the words without which it is not asked: most lines have none of them."""

_TELLING = frozenset[str]().union(*(keys for keys, _ in _ASKS))

_ENDS = re.compile(
    rf"{_OPEN}(?:{_MADE}|{_MORE}|{_TELL}|{_JOIN}.{{0,140}}{_LETTER})|.{{0,120}}[.!?]\s+{_MORE}", re.IGNORECASE
)
_TELLS_LATER = re.compile(rf"[.!?]\s+{_TELL}", re.IGNORECASE)


def telling_in(text: str) -> frozenset[str]:
    """Return the beginnings of words without which nothing is asked, those of this text: parts of it ask no others."""
    return _TELLING.intersection(map(_beginning, _words(text)))


def _words(text: str) -> list[str]:
    return text.lower().replace("-", " ").split()


def asks(text: str) -> bool:
    """Return whether a line asks something of the publication's readers: it is no text, wherever it stands."""
    if count_words(text) > _LONGEST:
        return False
    said = set(map(_beginning, _words(text)))
    return not _TELLING.isdisjoint(said) and any(
        not keys.isdisjoint(said) and pattern.search(text) for keys, pattern in _ASKS
    )


def ends(text: str) -> bool:
    """Return whether a line under a text only serves: who helped with it, whom to write to, what else to read."""
    if count_words(text) > _LONGEST:
        return False
    return bool(_CONTACT.fullmatch(text) or _ENDS.match(text) or _TELLS_LATER.search(text))
