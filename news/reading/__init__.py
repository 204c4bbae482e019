"""From a capture's bytes to what a person reads on the page. Structure first, words second, classes as hints.

`decode` makes the one decoded view; `page` parses it once; `jsonld`, `meta` and `visible` say what the publisher
states and prints; `body` finds the text; `walls` says what stands in its way. The readers in `news.sites` put
these together.
"""
