"""The sample venue on one machine: processes, joining further stations, and the visit that plays by itself."""
