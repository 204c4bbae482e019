"""How European languages write months and say "updated", "published", "ago"."""

# ruff: noqa: RUF001 - dashes and letters as pages print them

from __future__ import annotations

import re

_MONTHS = (  # full names as dates use them (Polish in the genitive), then short forms; a dot may follow
    "january januar jänner jaenner janvier enero gennaio januari janeiro stycznia styczeń jan janv ene gen sty",
    "february februar feber février fevrier febrero febbraio februari fevereiro lutego luty feb febr févr fevr fev lut",
    "march märz maerz mars marzo maart marts março marco marca marzec mar mär mrz mrt",
    "april avril abril aprile kwietnia kwiecień apr avr abr kwi",
    "may mai mayo maggio mei maio maja maj mag",
    "june juni juin junio giugno junho czerwca czerwiec jun giu cze",
    "july juli juillet julio luglio julho lipca lipiec jul juil lug lip",
    "august août aout agosto augustus augusti sierpnia sierpień aug aoû ago sie",
    "september septembre septiembre setiembre settembre setembro września wrzesień sep sept set wrz",
    "october oktober octobre octubre ottobre outubro października październik oct okt ott out paź",
    "november novembre noviembre novembro listopada listopad nov lis",
    "december dezember décembre decembre diciembre dicembre dezembro grudnia grudzień dec dez déc dic gru",
)
MONTHS = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
"""Month names in lower case, eleven languages, to their number."""

MONTH = "|".join(sorted(map(re.escape, MONTHS), key=len, reverse=True))

_UPDATED = (
    r"last\s+updated|last\s+modified|updated|modified|edited|amended|aktualisiert|zuletzt\s+aktualisiert|"
    r"letzte\s+aktualisierung|aktualisierung|stand|geändert|"
    r"mis(?:e)?\s+à\s+jour|modifiée?|actualisé|actualizado|actualizada|última\s+actualización|actualizació|"
    r"aggiornato|aggiornata|ultimo\s+aggiornamento|aggiornamento|bijgewerkt|laatst\s+bijgewerkt|laatste\s+update|"
    r"gewijzigd|"
    r"atualizado|atualizada|atualização|aktualizacja|zaktualizowano|ostatnia\s+aktualizacja|"
    r"uppdaterad|uppdaterat|senast\s+uppdaterad|opdateret|sidst\s+opdateret|oppdatert|sist\s+oppdatert|update|akt|"
    r"güncelleme|güncellendi|son\s+güncelleme|aktualizováno"
)
_PUBLISHED = (
    r"first\s+published|published|posted|created|veröffentlicht|erstellt|publiziert|publiée?|publicado|publicada|"
    r"creado|"
    r"pubblicato|pubblicata|gepubliceerd|geplaatst|opublikowano|publikacja|publicerad|publicerat|publiceret|"
    r"udgivet|offentliggjort|publisert|erschienen|yayınlanma|yayın|giriş|vydáno"
)
_WHOLE = r"(?<![^\W\d_])(?:{0})(?![^\W\d_])"  # whole words, but pages glue them to digits: "08:22Updated"
UPDATED = re.compile(_WHOLE.format(_UPDATED), re.IGNORECASE)
"""Matches the words that announce an updated stamp."""

PUBLISHED = re.compile(_WHOLE.format(_PUBLISHED), re.IGNORECASE)
"""Matches the words that announce a published stamp."""

RELATIVE = re.compile(
    r"\b(?:\d+|an?|one|few)\s*(?:s|m|h|d|sec(?:ond)?s?|min(?:ute)?s?|hours?|hrs?|days?|weeks?|months?|"
    r"years?)\.?\s+ago\b|"
    r"\bjust\s+now\b|\b(?:yesterday|today|heute|gestern|hier|aujourd|ayer|hoy|ieri|oggi|gisteren|vandaag|ontem|hoje|"
    r"wczoraj|dzisiaj|dziś|idag|igår|i\s+går|i\s+dag)\b|"
    r"\bvor\s+(?:\d+|einer|einem)\s+\w+|\bil\s+y\s+a\s+\w+\s+\w+|\bhace\s+\w+\s+\w+|\bhá\s+\w+\s+\w+|"
    r"\b\d+\s+\w+\s+(?:fa|geleden|atrás|temu|sedan|siden)\b",
    re.IGNORECASE,
)
"""Matches times that count from the moment of reading, which no archive can know."""
