"""What staff do, one module an area: actions and questions. No Qt."""
