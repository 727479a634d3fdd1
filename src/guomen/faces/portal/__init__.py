"""The traders' pages: declare, follow, order tags, answer recall notices, record sales."""
