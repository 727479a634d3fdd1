"""A Python client for programs of firms and authorities: needs httpx and msgspec, and neither Django nor a database."""

from guomen.client.capturing import Captured, CaptureFailed, EventProblem, Job, Limits, Part, Sent, deliver, split
from guomen.client.client import Client
from guomen.client.errors import (
    ClientError,
    Conflict,
    FieldProblem,
    Forbidden,
    Invalid,
    NotFound,
    NotSignedIn,
    NotSupported,
    ProblemError,
    ServerFailed,
    StillRunning,
    TooLarge,
    TooManyRequests,
    UnexpectedAnswer,
    Unreachable,
)
from guomen.client.files import Unreadable, read_events

__all__ = [
    "CaptureFailed",
    "Captured",
    "Client",
    "ClientError",
    "Conflict",
    "EventProblem",
    "FieldProblem",
    "Forbidden",
    "Invalid",
    "Job",
    "Limits",
    "NotFound",
    "NotSignedIn",
    "NotSupported",
    "Part",
    "ProblemError",
    "Sent",
    "ServerFailed",
    "StillRunning",
    "TooLarge",
    "TooManyRequests",
    "UnexpectedAnswer",
    "Unreachable",
    "Unreadable",
    "deliver",
    "read_events",
    "split",
]
