"""What endpoints take and answer, a file a subject."""
