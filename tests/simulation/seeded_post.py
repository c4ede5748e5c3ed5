"""Seeded bugs of messages on their way: none is lost, told as sent in vain, or sent again and again."""

from __future__ import annotations

from tests.simulation.bugs import Bug, bug

POST: tuple[Bug, ...] = (
    bug(
        "in doubt a message is sent again and again",
        "Messages: one repeat after a crash or a line that broke, with the same id",
        ("server.outgoing:claim", "doubts >= _MOST_DOUBTS or now_ms", "now_ms"),
        ("server.outgoing:_doubt", "row.doubts + 1 >= _MOST_DOUBTS", "False"),
        mix="post",
    ),
    bug(
        "what was sent is still due",
        "Messages: what the peer has is not sent again",
        ("server.outgoing:_end", "due_at=NEVER, ", ""),
        mix="post",
    ),
    bug(
        "a message that is being sent when the server stops is left",
        "Messages: none is lost, whoever stopped while sending it",
        ("server.outgoing:_take", "lease=lease, due_at=until", "lease=lease, due_at=NEVER"),
        mix="post",
    ),
    bug(
        "a letter is sent after a newer one about its booking",
        "Messages: none says what is not so any more",
        ("server.outgoing:claim", "if is_overtaken(connection, row):", "if False:"),
        ("server.outbox:post", "overtake_earlier(connection, message_id, letter.kind)", "False"),
        mix="post",
    ),
    bug(
        "staff do not see what became of a message",
        "Messages: their states are for staff to see",
        (
            "server.outgoing:_put_off",
            'shows(connection, row.message_id, state="failed", next_at=due, why=why.value)',
            '"message"',
        ),
        mix="post",
    ),
)
