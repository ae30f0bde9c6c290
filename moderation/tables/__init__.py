"""Core: the filter's character tables; their sources and licences stand in NOTICE.txt."""
