"""The laboratory's pages: samples to receive, to test, and reported."""
