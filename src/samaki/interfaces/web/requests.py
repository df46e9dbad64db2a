"""What every page does with its request; it stands in `ui.requests`, so that a strand's own pages reach it too."""

from samaki.ui.requests import ActorRequest, page, told_in

__all__ = ["ActorRequest", "page", "told_in"]
