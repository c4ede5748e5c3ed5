"""What travels between a station and the server, as records of `domain.codec`. PROTOCOL grows when a
meaning changes."""

from __future__ import annotations

from dataclasses import dataclass

from domain.envelope import Envelope
from ledger.manifest import Manifest

PROTOCOL = 1
OLDEST_PROTOCOL = 1  # that the server gives pages, answers and enrolment to
OLDEST_PUSH = 1  # never raised: what was recorded is taken from every version that ever went out
PROOF = "x-staff-proof"  # the header with the proof of the PIN of who asks
LOOKING = ": looking"  # among the hints: somebody opened a booking somewhere, or left it
PUSH_MOST = 50
PULL_MOST = 500
WHOLE_MOST = 5_000


@dataclass(frozen=True, slots=True)
class Sent:
    """An operation with its place in the stream and the hash its station computed (hex)."""

    n: int
    digest: str
    envelope: Envelope


@dataclass(frozen=True, slots=True)
class PushBatch:
    protocol: int
    epoch: str
    stream: str
    operations: tuple[Sent, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """`answer`: applied, flagged (a case was opened), duplicate, or quarantined (set aside for a person)."""

    op_id: str
    answer: str
    cases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PushReply:
    """`state`: ok, gap (send from n + 1), fork (this stream is not yours alone), epoch (another server's life).

    `stream`, `n`, `op_id` is the server's position: the last operation of the stream that it has.
    """

    state: str
    epoch: str
    stream: str
    n: int
    op_id: str
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """What a station tells with a pull, so that a server which was restored learns of it: the `epoch` it knows, the
    last number of its stream that the server said it `had`, and the `last` that there is; the incarnations that its
    journal answers for (`been`, the text of `domain.incarnations`), and the `incarnation` that it is, 0 where it does
    not tell."""

    epoch: str
    had: int
    last: int
    been: str = ""
    incarnation: int = 0


@dataclass(frozen=True, slots=True)
class EnrolAsk:
    """`incarnation`: what the folder was so far, 0 for a new one, and of which `station`. A restored server may have
    forgotten."""

    protocol: int
    code: str
    incarnation: int = 0
    station: str = ""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What a station gets once: who it is, its token, the key that signs tickets, the pepper of PIN verifiers."""

    station_id: str
    name: str
    token: str
    incarnation: int
    prefix: str
    epoch: str
    key_id: int
    signing_key: str
    pepper: str
    after: int = -1  # as in Incarnation


@dataclass(frozen=True, slots=True)
class Incarnation:
    """How a station goes on after its stream forked: as the next `after` that one, of all that the server knows; less
    than 0 where it cannot know."""

    incarnation: int
    prefix: str
    after: int = -1


@dataclass(frozen=True, slots=True)
class RequestAsk:
    """A request, journalled by the station before it is sent; decided once `stream` has reached `after_n`."""

    protocol: int
    epoch: str
    request_id: str
    kind: str
    staff_id: str
    stream: str
    after_n: int
    body: str


@dataclass(frozen=True, slots=True)
class LookAsk:
    """Which booking somebody (`staff`) has open at a station now; empty: none any more. Nothing is decided by it."""

    booking: str
    staff: str


@dataclass(frozen=True, slots=True)
class Looker:
    """Somebody has the booking open at another station, since then (ms since 1970)."""

    staff: str
    station: str
    since: int


@dataclass(frozen=True, slots=True)
class LookReply:
    """Who else has it open, the longest first."""

    others: tuple[Looker, ...]


@dataclass(frozen=True, slots=True)
class LetterAsk:
    """What a guest would read of a booking, were it decided so: `what` is reject, suggest (the sessions `times`) or
    cancel, of which `stays` minor units stay paid. Nothing is decided by it."""

    booking: str
    what: str
    reason: str = ""
    times: tuple[int, ...] = ()
    stays: int = 0


@dataclass(frozen=True, slots=True)
class LetterReply:
    """Its words, in the language and by the channel that the guest is reached in; empty where they are not."""

    words: str


@dataclass(frozen=True, slots=True)
class RequestReply:
    """`state`: granted, refused (`code` says why), waiting (for a person), cancelled, or later (push first)."""

    request_id: str
    state: str
    code: str = ""
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal on the wire; the code's words are the station's."""

    code: str
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one table as columns and value lists (compact on the wire)."""

    columns: tuple[str, ...]
    rows: list[list[str | int]]


@dataclass(frozen=True, slots=True)
class Gone:
    """A row of the table `of` that was not in a bucket any more from `seq` on."""

    of: str
    key: str
    seq: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the server's change feed (`after` is the cursor it starts from). `gone` are its tombstones;
    `manifest` what a whole copy must come to, with the last page of one."""

    epoch: str
    after: str
    next: str
    complete: bool
    tables: dict[str, Rows]
    stream: str
    n: int
    op_id: str
    gone: tuple[Gone, ...] = ()
    manifest: Manifest | None = None

    @property
    def changed(self) -> set[str]:
        """The tables that it is about."""
        return set(self.tables).union(gone.of for gone in self.gone)
