"""Sort keys as pywb spells them: the pairs were made with the library that it asks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.surt import surt

PAIRS = {
    "http://127.0.0.1:8080/": "1,0,0,127:8080)/",
    "http://192.168.1.254/info/": "254,1,168,192)/info",
    "https://www.LBC.co.uk/news/Foo-Bar/?b=2&a=1": "uk,co,lbc)/news/foo-bar?a=1&b=2",
    "http://www2.example.com:80/a//b/../c/;jsessionid=0123456789ABCDEF0123456789ABCDEF?x": (
        "com,example)/a/c/;jsessionid=0123456789abcdef0123456789abcdef?x"
    ),
    "https://example.com:8443/A%20b?Q=Z&": "com,example:8443)/a%20b?&q=z",
    "http://example.com": "com,example)/",
    "http://ex.com/caf%C3%A9/?": "com,ex)/caf%c3%a9",
    "http://u:p@ex.com/x?a=%2F&sid=0123456789abcdef0123456789abcdef": "com,ex)/x?&a=/",
    "http://xn--bcher-kva.example/ü": "example,xn--bcher-kva)/%c3%bc",
    "http://[::1]:80/x": "::1)/x",
    "http://ex.com./a/b/": "com,ex)/a/b",
    "http://localhost:9000/robots.txt": "localhost:9000)/robots.txt",
    "http://ex.com/a%2fb%3Fc|d": "com,ex)/a/b?c|d",
    "https://ex.com/(S(4hqa0555fwsecu455xqckv45))/file.aspx": "com,ex)/file.aspx",
    "http://ex.com/a?CFID=1&CFTOKEN=2&z": "com,ex)/a?z",
    "http://ex.com/%7Efoo/%41": "com,ex)/~foo/a",
    "http://ex.com\\foo:bar/a b": "http://ex.com\\foo:bar/a%20b",
}


@pytest.mark.parametrize(("url", "key"), PAIRS.items())
def test_keys_are_spelt_as_replay_asks_for_them(url: str, key: str) -> None:
    assert surt(url) == key


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs",)), max_size=60))
def test_any_path_has_a_key_of_one_line_without_spaces(path: str) -> None:
    key = surt(f"http://example.com/{path.replace('?', '').replace('#', '')}")
    assert key.startswith("com,example)/")
    assert " " not in key
    assert "\n" not in key
