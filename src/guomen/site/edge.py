"""The scan path as a process of its own, apart from the pages."""

from guomen.site import config
from guomen.site.web import serve


def main() -> None:
    ours = config.load()
    serve("guomen.site.edge_asgi:application", ours.host, ours.edge_port, ours.edge_workers)


if __name__ == "__main__":
    main()
