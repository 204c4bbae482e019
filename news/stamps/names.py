"""How European languages and Arabic write months and say "updated", "published", "ago"."""

# ruff: noqa: RUF001 - dashes and letters as pages print them

from __future__ import annotations

import re
from functools import lru_cache

_MONTHS = """
    january february march april may june july august september october november december
    jan feb mar apr may jun jul aug sep oct nov dec
    - - - - - - - - sept - - -
    januar februar märz april mai juni juli august september oktober november dezember
    jänner feber maerz - - - - - - - - -
    jan feb mär apr mai jun jul aug sep okt nov dez
    jaenner febr mrz - - - - - sept - - -
    janvier février mars avril mai juin juillet août septembre octobre novembre décembre
    janv févr - avr - juin juil aoû sept oct nov déc
    - fevrier - - - - juill aout - - - decembre
    - fevr - - - - - - - - - -
    - fév - - - - - - - - - -
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    ene feb mar abr may jun jul ago sep oct nov dic
    - - - - - - - - setiembre - - -
    gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
    gen feb mar apr mag giu lug ago set ott nov dic
    januari februari maart april mei juni juli augustus september oktober november december
    jan feb mrt apr mei jun jul aug sep okt nov dec
    janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro
    jan fev mar abr mai jun jul ago set out nov dez
    - - marco - - - - - - - - -
    stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia
    styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień
    sty lut mar kwi maj cze lip sie wrz paź lis gru
    ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie
    ian feb mar apr mai iun iul aug sept oct noi dec
    ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık
    oca şub mar nis may haz tem ağu eyl eki kas ara
    - - - - mayis - - - - - kasim aralik
    января февраля марта апреля мая июня июля августа сентября октября ноября декабря
    январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь
    янв фев мар апр май июн июл авг сен окт ноя дек
    - февр - - - - - - сент - нояб -
    січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня
    січень лютий березень квітень травень червень липень серпень вересень жовтень листопад грудень
    січ лют бер квіт трав черв лип серп вер жовт лист груд
    - - - кві тра чер - сер - жов лис гру
    januari februari mars april maj juni juli augusti september oktober november december
    januar februar marts april maj juni juli august september oktober november december
    januar februar mars april mai juni juli august september oktober november desember
    - - - - - - - - - - - des
    يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر
    - - - ابريل - يونيه يوليه اغسطس - اكتوبر - -
    جانفي فيفري - أفريل ماي جوان جويلية أوت - - - -
    - - - - - - يوليوز غشت شتنبر - نونبر دجنبر
    - شباط آذار نيسان أيار حزيران تموز - أيلول - - -
"""
"""A row for each language and each way of writing, January to December; Slavic ones also as in dates (genitive)."""

MONTHS = {
    name: number for row in _MONTHS.strip().splitlines() for number, name in enumerate(row.split(), 1) if name != "-"
}
"""Month names in lower case, fifteen languages, to their number."""

MONTH = "|".join(sorted(map(re.escape, MONTHS), key=len, reverse=True))

_UPDATED = """
    last updated, last modified, updated, modified, edited, amended, update
    aktualisiert, zuletzt aktualisiert, letzte aktualisierung, aktualisierung, stand, geändert, akt
    mis à jour, mise à jour, modifié, modifiée, actualisé, actualisée, dernière mise à jour
    actualizado, actualizada, última actualización, actualizació, modificado, modificada
    aggiornato, aggiornata, ultimo aggiornamento, aggiornamento, modificato
    bijgewerkt, laatst bijgewerkt, laatste update, gewijzigd, aangepast
    atualizado, atualizada, atualização, última atualização, modificado em
    aktualizacja, zaktualizowano, ostatnia aktualizacja, data aktualizacji, zmodyfikowano
    uppdaterad, uppdaterat, senast uppdaterad, ändrad, opdateret, sidst opdateret, oppdatert, sist oppdatert, endret
    güncelleme, güncellendi, son güncelleme, güncelleme tarihi, güncellenme
    обновлено, обновлена, обновлён, обновлен, обновление, последнее обновление, дата обновления, изменено
    оновлено, оновлена, оновлення, останнє оновлення, дата оновлення, змінено
    actualizat, actualizată, ultima actualizare, actualizare, modificat
    aktualizováno
    آخر تحديث, تم التحديث, تحديث, حُدّث, محدث
"""
_PUBLISHED = """
    first published, published, posted, created
    veröffentlicht, erstellt, publiziert, erschienen
    publié, publiée
    publicado, publicada, creado
    pubblicato, pubblicata
    gepubliceerd, geplaatst
    opublikowano, publikacja, data publikacji, dodano
    publicerad, publicerat, publiceret, udgivet, offentliggjort, publisert
    yayınlanma, yayınlandı, yayın, giriş, oluşturulma, eklenme
    опубликовано, опубликована, опубликован, публикация, дата публикации
    опубліковано, опублікована, публікація, дата публікації
    publicat, publicată, data publicării
    vydáno
    نُشر, نشر, تاريخ النشر, نُشرت, نشرت
"""
_RELATIVE = (
    r"\b(?:\d+|an?|one|few)\s*(?:s|m|h|d|sec(?:ond)?s?|min(?:ute)?s?|hours?|hrs?|days?|weeks?|months?|"
    r"years?)\.?\s+ago\b|"
    r"\bjust\s+now\b|\b(?:yesterday|today|heute|gestern|hier|aujourd|ayer|hoy|ieri|oggi|gisteren|vandaag|ontem|hoje|"
    r"wczoraj|dzisiaj|dziś|idag|igår|i\s+går|i\s+dag|сегодня|вчера|сьогодні|вчора|щойно|bugün|dün|azi|astăzi)\b|"
    r"\bvor\s+(?:\d+|einer|einem)\s+\w+|\bil\s+y\s+a\s+\w+\s+\w+|\bhace\s+\w+\s+\w+|\bhá\s+\w+\s+\w+|"
    r"\bacum\s+(?:\d+|o|un|câteva)\s+\w+|\bтолько\s+что\b|\baz\s+önce\b|\bprzed\s+chwilą\b|"
    r"\b\d+\s+\w+\s+(?:fa|geleden|atrás|temu|sedan|siden|назад|тому|önce)\b|"
    r"\bمنذ\s+\w+(?:\s+\w+)?|"
    r"\b(?:минуту|час|день|хвилину|годину)\s+(?:назад|тому)\b"
)


def _pattern(table: str) -> re.Pattern[str]:
    """Return what matches these words as whole words; pages glue them to digits: "08:22Updated"."""
    words = [r"\s+".join(map(re.escape, phrase.split())) for phrase in _phrases(table)]
    return re.compile(rf"(?<![^\W\d_])(?:{'|'.join(words)})(?![^\W\d_])", re.IGNORECASE)


def _phrases(table: str) -> list[str]:
    """Return the phrases, the longest first: "last updated" goes before "updated"."""
    every = [phrase.strip() for line in table.splitlines() for phrase in line.split(",") if phrase.strip()]
    return sorted(dict.fromkeys(every), key=len, reverse=True)


UPDATED = _pattern(_UPDATED)
"""Matches the words that announce an updated stamp."""

PUBLISHED = _pattern(_PUBLISHED)
"""Matches the words that announce a published stamp."""

RELATIVE = re.compile(_RELATIVE, re.IGNORECASE)
"""Matches times that count from the moment of reading, which no archive can know."""

_LETTERS = re.compile(r"[^\W\d_]+")


def _plain(text: str) -> str:
    """Return the text in lower case, a Turkish i with its dot or without it alike, as the patterns take it."""
    return text.replace("İ", "i").lower().replace("ı", "i")


_WRITTEN = _UPDATED + _PUBLISHED + re.sub(r"\\\w", " ", _RELATIVE)
_HINTS = frozenset(word for word in _LETTERS.findall(_plain(_WRITTEN)) if len(word) > 1)


@lru_cache(maxsize=1024)
def is_announced(text: str) -> bool:
    """Return whether a text may hold one of the words above; the patterns take ten times as long to find none."""
    return not _HINTS.isdisjoint(_LETTERS.findall(_plain(text)))
