"""The rules of the venue, shared by client and server: no clock, no randomness, no I/O."""
