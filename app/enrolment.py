"""Joining a station to its venue server with a one-time code; the code's second half pins the server's certificate."""

from __future__ import annotations

import logging

from app.recording import Identity, identity_of
from app.secrets import SecretStore, StationSecrets
from app.server_api import ServerApi, fetch_certificate
from app.store import Store
from domain.errors import Code, Refused, Unavailable

log = logging.getLogger(__name__)


def enrol(store: Store, secret_store: SecretStore, url: str, code: str) -> Identity:
    """Enrols this data folder. One that is a station already goes on as the next incarnation of it: what the server
    has not answered goes out again in a new stream. Secrets are saved before the identity, so that a crash between
    asks for a new code.

    Refuses `enrolment_wrong` (also for a code of another station), `enrolment_used`, `server_untrusted`; raises
    Unavailable when no server answers.
    """
    _, dash, fingerprint = code.strip().partition("-")
    if not dash:
        raise Refused(Code.ENROLMENT_WRONG)
    certificate = fetch_certificate(url, fingerprint)
    api = ServerApi(url, certificate, "")
    try:
        old = store.identity
        answer = api.enrol(code.strip(), *((old.incarnation, old.station_id) if old else ()))
    finally:
        api.close()
    if old is not None and old.station_id != answer.station_id:
        raise Refused(Code.ENROLMENT_WRONG)
    secret_store.save(StationSecrets(answer.token, answer.key_id, answer.signing_key, answer.pepper))
    new = identity_of(answer, url, certificate)
    if old is None:
        store.save_identity(new)
    else:
        store.go_on_as(new.after(old))
    return new


def enrol_anew(store: Store, secret_store: SecretStore, url: str, code: str) -> None:
    """As `enrol`, for a folder that may be enrolled with this very code, however long ago: then, and while no server
    that fits the code answers, it stays as it is, since a till must start. Refuses `enrolment_wrong`."""
    try:
        enrol(store, secret_store, url, code)
    except Unavailable as error:
        log.warning("not enrolled anew: %s", error)
    except Refused as refused:
        if refused.code is Code.ENROLMENT_WRONG:
            raise
        log.info("not enrolled anew: %s", refused)
