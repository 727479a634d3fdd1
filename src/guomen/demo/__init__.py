"""The first whole story, played through the same doors that people use: pages, forms and the API."""

from guomen.demo.run import main

__all__ = ["main"]
