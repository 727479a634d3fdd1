"""The scan path as a process of its own, apart from the pages."""

from guomen.site import config
from guomen.site.web import serve

LARGEST = 32 * 1024
"""Bytes of a request's head: a code, what a browser says of itself, cookies."""


def main() -> None:
    ours = config.load()
    serve("guomen.site.edge_asgi:application", ours.host, ours.edge_port, ours.edge_workers, LARGEST)


if __name__ == "__main__":
    main()
