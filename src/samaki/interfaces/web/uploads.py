"""What becomes of a file that is sent; it stands in `ui.uploads`, so that a strand's own pages reach it too."""

from samaki.ui.uploads import NotKept, kept_in_memory

__all__ = ["NotKept", "kept_in_memory"]
