"""Joining a station to its venue server with a one-time code; the code's second half pins the server's certificate."""

from __future__ import annotations

from app.secrets import SecretStore, StationSecrets
from app.server_api import ServerApi, fetch_certificate
from app.store import Identity, Store
from domain.errors import Code, Refused


def enrol(store: Store, secret_store: SecretStore, url: str, code: str) -> Identity:
    """Enrols this data folder; secrets are saved before the identity, so that a crash between asks for a new code.

    Refuses `enrolment_wrong`, `enrolment_used`, `server_untrusted`; raises Unavailable when no server answers.
    """
    _, dash, fingerprint = code.strip().partition("-")
    if not dash:
        raise Refused(Code.ENROLMENT_WRONG)
    certificate = fetch_certificate(url, fingerprint)
    api = ServerApi(url, certificate, "")
    try:
        answer = api.enrol(code.strip())
    finally:
        api.close()
    secret_store.save(StationSecrets(answer.token, answer.key_id, answer.signing_key, answer.pepper))
    identity = Identity(answer.station_id, answer.name, answer.incarnation, answer.prefix, url, certificate)
    store.save_identity(identity)
    return identity
