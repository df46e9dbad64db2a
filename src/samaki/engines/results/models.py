from samaki.engines.results.columns.models import Change

__all__ = ["Change"]
