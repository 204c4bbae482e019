"""The Scrapy project: fetches politely, and archives what crossed the wire before anything else sees it."""
