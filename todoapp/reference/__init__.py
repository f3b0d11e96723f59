"""The API reference: a page that draws the OpenAPI document, offline and under the content policy."""
