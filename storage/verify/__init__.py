"""Is the archive what it says? Everything in the store is hashed again and held against everything else.

`whole` checks an archive, one segment at a time (`segments`), with what ties segments together (`chains`), what lies in
the store unaccounted for (`strays`), and the catalogue (`index`). `spools` says what is still on its way.
"""
