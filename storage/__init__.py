"""Where things lie: configuration, objects, WARC segments, the catalogue, and the one commit path between them."""
