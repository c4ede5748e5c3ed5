"""The venue server: HTTP API, change feed, set-up, enrolment."""
