from __future__ import annotations

import socket
import ssl

import pytest
import requests
import urllib3

from robot_action.clients.http.reasons import reason_of


def untrusted() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed")
    error.verify_message = "self-signed certificate"
    return error


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "connection refused"),
        (socket.gaierror(-2, "Name or service not known"), "the host's name is not known"),
        (ConnectionResetError(104, "Connection reset by peer"), "the connection was closed"),
        (TimeoutError("timed out"), "no answer in time"),
        (untrusted(), "its certificate is not trusted: self-signed certificate"),
        (ssl.SSLError(1, "odd"), "TLS fails: no reason given"),
        (OSError(113, "No route to host"), "No route to host"),
        (urllib3.exceptions.ProxyError("Unable to connect to proxy", OSError("403")), "the proxy does not let us through"),
        (ValueError("<object at 0x7f>"), "no whole answer (ConnectionError)"),
    ],
)
def test_the_innermost_cause_is_told_in_words(cause: Exception, words: str) -> None:
    error = requests.ConnectionError(f"HTTPConnectionPool(host='x'): {cause!r}")
    error.__cause__ = urllib3.exceptions.HTTPError("NewConnectionError: HTTPConnection")
    error.__cause__.__context__ = cause
    assert reason_of(error) == words


def test_a_connection_that_is_refused_is_told_without_the_libraries_words() -> None:
    with pytest.raises(requests.RequestException) as refused:
        requests.get("http://127.0.0.1:9/", timeout=5)
    assert reason_of(refused.value) == "connection refused"
