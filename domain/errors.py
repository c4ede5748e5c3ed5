"""What a rule says when it says no. `Refused` carries a code and facts; words live in the translation files.

Refused      a rule says no; nothing was changed, the person at the counter is told why
Unavailable  a device or line does not answer; what was recorded stays recorded
"""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """Every refusal there is; each has a text in both languages (a test proves it)."""

    # money and carts
    NOT_MONEY = "not_money"
    AMOUNT_TOO_LARGE = "amount_too_large"
    CART_EMPTY = "cart_empty"
    UNKNOWN_PRODUCT = "unknown_product"
    PRODUCT_WITHDRAWN = "product_withdrawn"
    QUANTITY_RANGE = "quantity_range"
    SALE_TOO_LARGE = "sale_too_large"
    SESSION_NEEDED = "session_needed"
    SESSION_OVER = "session_over"
    CAPACITY_FULL = "capacity_full"
    GOODS_FULL = "goods_full"
    BOOKING_DAYS = "booking_days"
    BOOKING_FAR = "booking_far"
    PLACES_FEW = "places_few"
    PLACES_HELD = "places_held"
    PLACES_OFFLINE = "places_offline"
    PLACES_LATE = "places_late"
    NOTHING_HELD = "nothing_held"
    TENDERS_SHORT = "tenders_short"
    TENDERS_OVER = "tenders_over"
    CASH_TOO_LITTLE = "cash_too_little"
    PAYMENT_OPEN = "payment_open"
    SALE_UNFINISHED = "sale_unfinished"
    # cards
    CARD_UNKNOWN_OPEN = "card_unknown_open"
    CARD_BUSY = "card_busy"
    CARD_NOT_OPEN = "card_not_open"
    CARD_NO_TERMINAL = "card_no_terminal"
    CARD_BATCH_CLOSED = "card_batch_closed"
    CARD_REVERSAL_FAILED = "card_reversal_failed"
    # shift
    SHIFT_NEEDED = "shift_needed"
    CLOCK_FAR_OFF = "clock_far_off"
    SHIFT_ALREADY_OPEN = "shift_already_open"
    SHIFT_ATTEMPT_OPEN = "shift_attempt_open"
    SHIFT_SALE_OPEN = "shift_sale_open"
    COUNT_NEEDED = "count_needed"
    COUNT_AGAIN_USED = "count_again_used"
    DIFFERENCE_OVER_LIMIT = "difference_over_limit"
    COUNT_IS_BLIND = "count_is_blind"
    CASH_OUT_OVER_LIMIT = "cash_out_over_limit"
    REASON_NEEDED = "reason_needed"
    # void and documents
    VOID_NOT_LAST = "void_not_last"
    VOID_OTHER_SHIFT = "void_other_shift"
    VOID_ALREADY = "void_already"
    VOID_TICKET_USED = "void_ticket_used"
    VOID_UNFINISHED = "void_unfinished"
    VOID_RUNNING = "void_running"
    VOID_NOT_IN_CASH = "void_not_in_cash"
    VOID_REFUNDED = "void_refunded"
    VOID_KEYED_CARD = "void_keyed_card"
    DOCUMENT_UNKNOWN = "document_unknown"
    # money that goes back
    POLICY_PERCENT = "policy_percent"
    POLICY_FEE = "policy_fee"
    POLICY_TIME = "policy_time"
    POLICY_ORDER = "policy_order"
    QUOTE_EXPIRED = "quote_expired"
    REFUND_TOO_MUCH = "refund_too_much"
    REFUND_STATE = "refund_state"
    REFUND_GONE = "refund_gone"
    REFUND_OPEN = "refund_open"
    REFUND_TICKET_USED = "refund_ticket_used"
    REFUND_UNKNOWN = "refund_unknown"
    REFUND_DECIDED = "refund_decided"
    REFUND_ELSEWHERE = "refund_elsewhere"
    REFUND_TAKEN = "refund_taken"
    REFUND_NOT_TAKEN = "refund_not_taken"
    REFUND_NOTHING = "refund_nothing"
    REFUND_DUE = "refund_due"
    REFUND_FAILED = "refund_failed"
    REFUND_CARDS_FIRST = "refund_cards_first"
    REFUND_RUNNING = "refund_running"
    REFUND_UNFINISHED = "refund_unfinished"
    REFUND_OWN_SALE = "refund_own_sale"
    REFUND_OVER_POLICY = "refund_over_policy"
    REFUND_FOR_VENUE = "refund_for_venue"
    REFUND_OVER_LIMIT = "refund_over_limit"
    REFUND_OVER_DAY = "refund_over_day"
    CREDIT_NO_ORIGINAL = "credit_no_original"
    # other prices, corrections
    DISCOUNT_PERCENT = "discount_percent"
    DISCOUNT_TOO_LARGE = "discount_too_large"
    DISCOUNT_OVER_SHARE = "discount_over_share"
    DISCOUNT_OVER_SALE = "discount_over_sale"
    PRICE_TWICE = "price_twice"
    TENDER_OTHER_SHIFT = "tender_other_shift"
    TENDER_UNDONE = "tender_undone"
    TENDER_FIXED = "tender_fixed"
    TENDER_CARD_FACTS = "tender_card_facts"
    TENDER_SAME = "tender_same"
    # people
    PIN_WRONG = "pin_wrong"
    PIN_LOCKED = "pin_locked"
    PIN_WEAK = "pin_weak"
    SIGN_IN_STALE = "sign_in_stale"
    NOT_SIGNED_IN = "not_signed_in"
    NOT_ALLOWED = "not_allowed"
    APPROVER_SAME = "approver_same"
    APPROVER_NOT_ALLOWED = "approver_not_allowed"
    # tickets at the gate: the scan codes of vocabulary.md 3.3
    SCAN_ALREADY = "already_redeemed"
    SCAN_UNPAID = "unpaid"
    SCAN_CANCELED = "canceled"
    SCAN_MOVED = "moved"
    SCAN_REPLACED = "replaced"
    SCAN_REVOKED = "revoked"
    SCAN_TIME = "invalid_time"
    SCAN_BANNED = "banned"
    SCAN_INVALID = "invalid"
    SCAN_FOREIGN = "foreign_venue"
    SCAN_NOT_OURS = "not_ours"
    SCAN_FORGED = "forged"
    SCAN_TOO_LONG = "code_too_long"
    SCAN_UNREADABLE = "unreadable"
    UNDO_TOO_LATE = "undo_too_late"
    # station, server, files
    STATION_NOT_ENROLLED = "station_not_enrolled"
    SAMPLE_NOT_RUNNING = "sample_not_running"
    STATION_UNKNOWN = "station_unknown"
    STATION_FENCED = "station_fenced"
    START_NEEDS_SERVER = "start_needs_server"
    ENROLMENT_WRONG = "enrolment_wrong"
    ENROLMENT_USED = "enrolment_used"
    SERVER_UNTRUSTED = "server_untrusted"
    SERVER_VERSION = "server_version"
    CLIENT_VERSION = "client_version"
    RESNAPSHOT = "resnapshot"
    DISK_FULL = "disk_full"
    SERVER_DISK_FULL = "server_disk_full"
    DISK_NEARLY_FULL = "disk_nearly_full"
    DATA_IN_USE = "data_in_use"
    DATA_NOT_WRITABLE = "data_not_writable"
    JOURNAL_DAMAGED = "journal_damaged"
    JOURNAL_NEWER = "journal_newer"
    # requests
    REQUEST_UNKNOWN = "request_unknown"
    REQUEST_CANCELLED = "request_cancelled"
    REQUEST_OFFLINE = "request_offline"
    REQUEST_UNANSWERED = "request_unanswered"
    STAFF_UNPROVEN = "staff_unproven"

    # guests
    GUEST_NAME = "guest_name"
    GUEST_BORN = "guest_born"
    GUEST_NOTE = "guest_note"
    GUEST_KNOWN = "guest_known"
    GUEST_UNKNOWN = "guest_unknown"
    GUEST_ERASED = "guest_erased"
    GUEST_SAME = "guest_same"
    PHONE_INVALID = "phone_invalid"
    EMAIL_INVALID = "email_invalid"
    CONTACT_MISSING = "contact_missing"
    CODE_SOON = "code_soon"
    CODE_MANY = "code_many"
    CODE_WRONG = "code_wrong"
    CODE_OVER = "code_over"
    GUEST_UNVERIFIED = "guest_unverified"
    GUEST_BANNED = "guest_banned"
    MEMBERSHIP_PLAN = "membership_plan"
    MEMBERSHIP_NUMBER = "membership_number"
    MEMBERSHIP_DAYS = "membership_days"
    MEMBERSHIP_KNOWN = "membership_known"
    MEMBERSHIP_UNKNOWN = "membership_unknown"
    MEMBERSHIP_UNSEEN = "membership_unseen"
    MEMBERSHIP_NOT_VALID = "membership_not_valid"
    TICKET_NAME = "ticket_name"

    # bookings made ahead
    BOOKING_UNKNOWN = "booking_unknown"
    BOOKING_IS = "booking_is"
    BOOKING_IN_PAYMENT = "booking_in_payment"
    BOOKING_PAID = "booking_paid"
    BOOKING_CHANGED = "booking_changed"
    TIME_TAKEN = "time_taken"
    MOVE_TICKET_USED = "move_ticket_used"
    MOVE_PRICE = "move_price"
    MOVE_NEEDS_YES = "move_needs_yes"
    MOVE_TICKET_GONE = "move_ticket_gone"
    REQUEST_OPEN = "request_open"
    REVISION_STALE = "revision_stale"
    RECOVERING = "recovering"
    RECORD_INVALID = "record_invalid"
    OPERATION_INVALID = "operation_invalid"
    # what needs attention
    CASE_UNKNOWN = "case_unknown"
    CASE_SETTLED = "case_settled"
    STILL_UNREAD = "still_unread"
    # words to guests
    MESSAGE_UNKNOWN = "message_unknown"
    MESSAGE_NOT_FAILED = "message_not_failed"
    MESSAGE_OVER = "message_over"
    MESSAGE_OVERTAKEN = "message_overtaken"
    # the HTTP API
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    BODY_INVALID = "body_invalid"
    BODY_TOO_LARGE = "body_too_large"
    BODY_TYPE = "body_type"
    TOKEN_INVALID = "token_invalid"
    CODE_REFUSED = "code_refused"
    KEY_REUSED = "key_reused"
    BOOKINGS_OPEN = "bookings_open"
    ONLINE_TOO_MANY = "online_too_many"
    TOO_MANY = "too_many"
    SERVER_BUSY = "server_busy"
    SERVER_FAULT = "server_fault"


Fact = str | int | bool


class Refused(Exception):
    """A rule says no. `code` names the rule, `facts` fill the sentence that staff read."""

    def __init__(self, code: Code, **facts: Fact) -> None:
        super().__init__(f"{code.value} {facts}" if facts else code.value)
        self.code = code
        self.facts = facts


class Unavailable(Exception):
    """`what` (printer, terminal, server …) does not answer; `why` is for the log."""

    def __init__(self, what: str, why: str = "") -> None:
        super().__init__(f"{what}: {why}" if why else what)
        self.what = what
        self.why = why
