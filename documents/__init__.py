"""Receipts, tickets and reports: their words, layout, printer bytes and PDF. No Qt, no network; used by both
sides."""
