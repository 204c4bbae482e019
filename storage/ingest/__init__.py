"""Others' WARC files taken in: captures and revisions as if we had made them, marked as imported, each in its own time.

`content` and `records` read files of any packing; `scanning` says what is in one and whose it is; `copying` brings the
records into segments of ours; `looking` makes looks of the captures, oldest first; `importing` ties that together.
"""
