"""Is interrupted while it is imported."""

raise KeyboardInterrupt
