"""How the outside comes in, across strands."""
