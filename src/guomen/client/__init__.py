"""A Python client for programs of firms and authorities: needs httpx and msgspec, and neither Django nor a database."""

from guomen.client.bundling import Fetched
from guomen.client.capturing import Captured, CaptureFailed, EventProblem, Job, Limits, Part, Sent, deliver, split
from guomen.client.certificates import CertificateReader, CredentialError, ReadCertificate
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
from guomen.client.files import Unreadable, read_contents, read_events
from guomen.client.offline import BundleError, CodeReader, Finding, OfflineChecker, ReadCode, SignedCodeError
from guomen.client.webhooks import Delivery, SignatureError, read_delivery

__all__ = [
    "BundleError",
    "CaptureFailed",
    "Captured",
    "CertificateReader",
    "Client",
    "ClientError",
    "CodeReader",
    "Conflict",
    "CredentialError",
    "Delivery",
    "EventProblem",
    "Fetched",
    "FieldProblem",
    "Finding",
    "Forbidden",
    "Invalid",
    "Job",
    "Limits",
    "NotFound",
    "NotSignedIn",
    "NotSupported",
    "OfflineChecker",
    "Part",
    "ProblemError",
    "ReadCertificate",
    "ReadCode",
    "Sent",
    "ServerFailed",
    "SignatureError",
    "SignedCodeError",
    "StillRunning",
    "TooLarge",
    "TooManyRequests",
    "UnexpectedAnswer",
    "Unreachable",
    "Unreadable",
    "deliver",
    "read_contents",
    "read_delivery",
    "read_events",
    "split",
]
