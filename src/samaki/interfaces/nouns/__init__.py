"""Pages about a noun of the ground: programme, place, group, person, activity."""
