"""The example: five programmes modelled on published descriptions, with invented people. `samaki demo` loads it."""

from samaki.interfaces.demo.load import load
from samaki.interfaces.demo.users import EXAMPLE_PASSWORD, POSTS

__all__ = ["EXAMPLE_PASSWORD", "POSTS", "load"]
