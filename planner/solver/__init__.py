"""The solver: limits in, a programme out.  Everything clinical comes in through the limits."""
