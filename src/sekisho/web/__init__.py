"""The pages, the HTTP API and MCP: thin over the same calls as the command line.

Nothing here decides anything. :func:`sekisho.web.app.create_app` makes the application,
``sekisho serve`` runs it, :mod:`sekisho.web.client` calls it from Python.
"""
