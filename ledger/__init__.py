"""Tables, journal, apply and change feed: shared by the station's files and the server's database. No Qt,
no network."""
