"""Wake-ups for streams: the hub of a process, and the buses between processes. Never the truth, which is the log."""
