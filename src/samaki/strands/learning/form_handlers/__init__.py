"""What filled forms become in learning, by subject. Each module registers its own."""

from samaki.strands.learning.form_handlers.follow_ups import LEARNING_FOLLOW_UP
from samaki.strands.learning.form_handlers.responses import LEARNING_RESPONSES

__all__ = ["LEARNING_FOLLOW_UP", "LEARNING_RESPONSES"]
