"""Search: which tasks hold which words, kept in a table of terms, and the small language in which people ask."""
