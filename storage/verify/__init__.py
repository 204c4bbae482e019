"""Is the archive what it says? Everything in the store is hashed again and held against everything else.

`whole` checks an archive, one segment at a time (`segments`: its `records`, its `cdxj`), with what ties segments
together (`manifests`), who vouches for them (`ledger`, `timestamps`), and the catalogue (`index`). `spools` says what
is still on its way, `resuming` what a check that broke off had done.
"""
