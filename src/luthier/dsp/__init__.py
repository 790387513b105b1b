"""Sample-level building blocks: delay lines, all-passes, dampers, slow oscillators, a limiter."""
