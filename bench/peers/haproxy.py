"""HAProxy from Debian, which verifies each request by `jwt_verify`, on one thread.

It checks what Vitrina checks: algorithm, issuer, audience, expiry and signature.
"""

import os
import shutil

from bench.peers.installing import debian_program
from bench.peers.testbed import AUDIENCE, Launch, Recipe, Testbed

PACKAGES = ("haproxy", "liblua5.3-0", "libopentracing-c-wrapper0", "libopentracing1")
REFUSAL = '{"code":401,"message":"Unauthorized"}'
CACHE = """
cache answers
  total-max-size 64
  max-object-size 1000000
  max-age 60
"""
USE_CACHE = """
  http-request cache-use answers
  http-response cache-store answers
"""
CONFIGURATION = """
global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 2s
  timeout client 30s
  timeout server 30s
  http-reuse always
{cache}
frontend gateway
  bind 127.0.0.1:{port}
  http-request set-var(txn.bearer) http_auth_bearer
  http-request set-var(txn.algorithm) http_auth_bearer,jwt_header_query('$.alg')
  http-request set-var(txn.issuer) http_auth_bearer,jwt_payload_query('$.iss')
  http-request set-var(txn.audience) http_auth_bearer,jwt_payload_query('$.aud')
  http-request set-var(txn.expires) http_auth_bearer,jwt_payload_query('$.exp','int')
  http-request set-var(txn.now) date()
  acl algorithm_is_right var(txn.algorithm) -m str RS256
  acl issuer_is_right var(txn.issuer) -m str {issuer}
  acl audience_is_right var(txn.audience) -m str {audience}
  acl signature_is_right http_auth_bearer,jwt_verify(txn.algorithm,"{pem}") 1
  acl is_live var(txn.expires),sub(txn.now) -m int gt 0
  http-request return status 401 content-type application/json string '{refusal}' \
unless algorithm_is_right issuer_is_right audience_is_right is_live signature_is_right
{use_cache}
  default_backend service
backend service
  server one {address} maxconn 1024
"""


def haproxy_program() -> tuple[str, dict[str, str]]:
    """Return HAProxy's program and what it needs in its environment; raises Unavailable."""
    binary = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin")
    if binary is not None:
        return binary, {}
    found, folder = debian_program("haproxy", "usr/sbin/haproxy", PACKAGES)
    path = ":".join(filter(None, (str(folder), os.environ.get("LD_LIBRARY_PATH"))))
    return str(found), {"LD_LIBRARY_PATH": path}


def haproxy(*, cache: bool) -> Recipe:
    """Return how to start it with or without its cache of answers."""

    def launch(testbed: Testbed, port: int) -> Launch:
        binary, environment = haproxy_program()
        file = testbed.folder / f"haproxy-{port}.cfg"
        configuration = CONFIGURATION.format(
            port=port,
            issuer=testbed.issuer,
            audience=AUDIENCE,
            pem=testbed.pem,
            refusal=REFUSAL,
            address=testbed.address,
            cache=CACHE if cache else "",
            use_cache=USE_CACHE if cache else "",
        )
        file.write_text(configuration)
        return Launch([binary, "-q", "-f", str(file)], environment)

    return launch
