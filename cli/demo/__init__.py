"""The demo behind `make run`: a small news site that edits its articles, and the archive that catches it."""
