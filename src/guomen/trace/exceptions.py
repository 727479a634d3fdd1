"""The standard's names for what goes wrong: the type of a problem document. Source: EPCIS 2.0 section 12."""

from guomen.kit.errors import GuomenError, Invalid

EXCEPTIONS = {
    400: "ValidationException",
    401: "SecurityException",
    403: "SecurityException",
    404: "NoSuchResourceException",
    406: "NotAcceptableException",
    409: "ResourceAlreadyExistsException",
    413: "CaptureLimitExceededException",
    414: "URITooLongException",
    415: "UnsupportedMediaTypeException",
}
_BY_CODE = {
    "query-too-large": "QueryTooLargeException",
    "query-too-complex": "QueryTooComplexException",
    "subscribe-not-permitted": "SubscribeNotPermittedException",
}
_BY_PROBLEM = {
    "query-parameter": "QueryParameterException",
    "destination": "InvalidURIException",
    "subscription-controls": "SubscriptionControlsException",
}


def exception_of(error: Exception) -> str:
    """What the standard calls this."""
    if not isinstance(error, GuomenError):
        return "ImplementationException"
    if error.code in _BY_CODE:
        return _BY_CODE[error.code]
    if isinstance(error, Invalid):
        for problem in error.problems:
            if problem.code in _BY_PROBLEM:
                return _BY_PROBLEM[problem.code]
    # The standard has no 422.
    return EXCEPTIONS.get(400 if error.status == 422 else error.status, "ImplementationException")
