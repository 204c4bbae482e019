"""The gold set of the diff: pairs of versions of made-up town news, with all that was done to them known."""
