"""What a service or the way to it says, as errors of ours: what happened, where, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from botocore import exceptions as boto
from urllib3.exceptions import HTTPError

from news.errors import ObjectCorrupt, StopPressError, StoreUnavailable
from storage.objects.protocol import missing

GONE = ("NoSuchKey", "NoSuchVersion", "404")
KEYS = "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the AWS profile"
AGAIN = "nothing is lost; try again"
BUCKET = "mend archive.store, or run `stoppress init`, which makes the bucket"

BROKEN = (boto.BotoCoreError, HTTPError, OSError)
"""What is raised where a connection fails; the second kind while a body is read, past boto3's own retries."""

CODES = {
    "NoSuchBucket": ("there is no such bucket", BUCKET),
    "InvalidBucketName": ("the service takes no bucket of that name", "mend archive.store"),
    "InvalidAccessKeyId": ("the service does not know the access key", KEYS),
    "SignatureDoesNotMatch": ("the secret key is wrong", KEYS),
    "InvalidToken": ("the session token is wrong", "renew the credentials"),
    "ExpiredToken": ("the session token has expired", "renew the credentials"),
    "RequestTimeTooSkewed": ("this machine's clock and the service's differ too much", "set the clock right (NTP)"),
    "RequestExpired": ("this machine's clock and the service's differ too much", "set the clock right (NTP)"),
    "AccessDenied": (
        "these credentials may not do that",
        "allow them what docs/how-to/s3.md lists",
    ),
    "QuotaExceeded": ("the bucket's quota is used up", "raise it, or free space"),
    "InsufficientStorage": ("the service is full", "free space there"),
    "XMinioStorageFull": ("the service is full", "free space there"),
    "SlowDown": ("the service asks us to slow down", AGAIN),
    "ServiceUnavailable": ("the service is not available", AGAIN),
    "InternalError": ("the service failed", AGAIN),
    "RequestTimeout": ("the service waited in vain for our bytes", AGAIN),
    "BadDigest": ("the bytes did not arrive as they were sent", AGAIN),
    "XAmzContentChecksumMismatch": ("the bytes did not arrive as they were sent", AGAIN),
    "XAmzContentSHA256Mismatch": ("the bytes did not arrive as they were sent", AGAIN),
    "PermanentRedirect": ("the bucket lies in another region", "set s3.region, or s3.endpoint_url, to its own"),
    "AuthorizationHeaderMalformed": ("the bucket lies in another region", "set s3.region to its own"),
    "IllegalLocationConstraintException": ("the bucket lies in another region", "set s3.region to its own"),
    "InvalidRequest": ("the service refuses the request", "if s3.object_lock_days is set, the bucket may not allow it"),
    "NotImplemented": ("the service can't do that", "see docs/how-to/s3.md for what a service must be able to"),
    "MethodNotAllowed": ("the service can't do that", "see docs/how-to/s3.md for what a service must be able to"),
}
"""For each error code what happened, and what to do."""

STATUSES = {401: "AccessDenied", 403: "AccessDenied", 301: "PermanentRedirect", 503: "SlowDown", 507: "QuotaExceeded"}
"""An answer to HEAD has no body, so no code: its status stands for one."""

WAYS: tuple[tuple[type[Exception], str, str], ...] = (
    (boto.NoCredentialsError, "no credentials were found", f"{KEYS}; they come from the standard AWS chain"),
    (boto.PartialCredentialsError, "the credentials are incomplete", KEYS),
    (boto.ProfileNotFound, "there is no such AWS profile", "mend AWS_PROFILE"),
    (boto.NoRegionError, "no region is known", "set s3.region"),
    (
        boto.SSLError,
        "its TLS certificate can't be trusted, or TLS failed",
        "name the CA's certificate in AWS_CA_BUNDLE, or mend s3.endpoint_url",
    ),
    (boto.ConnectTimeoutError, "no connection within s3.connect_seconds", f"see that it runs; {AGAIN}"),
    (boto.ReadTimeoutError, "no answer within s3.read_seconds", AGAIN),
    (boto.EndpointConnectionError, "no connection", f"see that it runs, and check s3.endpoint_url; {AGAIN}"),
    (boto.ProxyConnectionError, "the proxy can't be reached", "mend HTTPS_PROXY or HTTP_PROXY"),
    (boto.ConnectionClosedError, "the connection was closed before the answer was whole", AGAIN),
    (boto.ResponseStreamingError, "the connection broke within the answer", AGAIN),
    (boto.IncompleteReadError, "the connection broke within the answer", AGAIN),
)
"""For each error on the way what happened, and what to do; the first that fits is told."""


@contextmanager
def reporting(address: str, what: str) -> Iterator[None]:
    """Turn what boto3 raises while it does `what`, such as "put warc/…", into errors of ours."""
    try:
        yield
    except StopPressError:
        raise
    except (*BROKEN, boto.ClientError) as error:
        raise translated(error, address, what) from error


def translated(error: Exception, address: str, what: str) -> StopPressError:
    """Return the error of ours for one of boto3's."""
    if isinstance(error, boto.ClientError):
        return _refused(error, address, what)
    if isinstance(error, boto.FlexibleChecksumError):
        return ObjectCorrupt(
            f"{address}: {what}: the bytes that came are not those that the service took a checksum of; "
            "run `stoppress verify`"
        )
    for kind, happened, advice in WAYS:
        if isinstance(error, kind):
            return StoreUnavailable(f"{address}: {what}: {happened} ({_brief(error)}): {advice}")
    return StoreUnavailable(f"{address}: {what}: {_brief(error)}: {AGAIN}")


def code_of(error: boto.ClientError) -> str:
    """Return the code that an answer has, or the one that its status stands for."""
    code = str(error.response.get("Error", {}).get("Code", ""))
    return STATUSES.get(status_of(error), code) if code.isdigit() or not code else code


def status_of(error: boto.ClientError) -> int:
    """Return the HTTP status of an answer, 0 where there is none."""
    answer: Mapping[str, int] = error.response.get("ResponseMetadata", {})
    return int(answer.get("HTTPStatusCode", 0))


def _refused(error: boto.ClientError, address: str, what: str) -> StopPressError:
    code, status = code_of(error), status_of(error)
    if code in GONE:
        return missing(what.rpartition(" ")[2], address)
    said = str(error.response.get("Error", {}).get("Message") or "")
    known = CODES.get(code) or CODES.get(STATUSES.get(status, ""))
    if known is None:
        known = ("the service failed", AGAIN) if status >= 500 else ("the service refuses the request", "see its logs")
    happened, advice = known
    words = ", ".join(part for part in (code, f"HTTP {status}" if status else "", said.rstrip(".")) if part)
    return StoreUnavailable(f"{address}: {what}: {happened} ({words}): {advice}")


def _brief(error: Exception) -> str:
    """Return an error's words on one line, without what it wraps."""
    return " ".join(str(error).split())[:300] or type(error).__name__
