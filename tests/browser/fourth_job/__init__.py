"""A site with a fourth job, as a strand to come would bring it: a commitment. No file of the frame knows."""
