"""What a GS1-Conformant Resolver answers: pure decisions about requests and links, for any host and any store."""

from guomen.core.resolver.answering import (
    CONTEXT,
    CORS,
    OUR_TYPES,
    Answer,
    Known,
    Link,
    decide,
    linkset_link,
    offered,
    options,
)
from guomen.core.resolver.asking import (
    LINKSET_TYPE,
    VOCABULARY,
    Asked,
    Thing,
    ask,
    is_resolvable,
    local_name,
    thing_of,
)
from guomen.core.resolver.negotiation import language_quality, media_quality, weights

__all__ = [
    "CONTEXT",
    "CORS",
    "LINKSET_TYPE",
    "OUR_TYPES",
    "VOCABULARY",
    "Answer",
    "Asked",
    "Known",
    "Link",
    "Thing",
    "ask",
    "decide",
    "is_resolvable",
    "language_quality",
    "linkset_link",
    "local_name",
    "media_quality",
    "offered",
    "options",
    "thing_of",
    "weights",
]
