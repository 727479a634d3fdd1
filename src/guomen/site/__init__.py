"""Settings, urls, the WSGI entry and the supervisor: what ``guomen up`` starts."""
