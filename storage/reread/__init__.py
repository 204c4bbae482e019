"""Archived captures through today's readers: what they would make of the histories that the archive tells.

A reader that got better is no new edition. Its chain of revisions is laid beside the old one, and what differs is told
apart: what the publisher changed, and what only our reading did.
"""
