"""Sign-in forms: allauth's, without placeholders or a link for mailing forgotten passwords; each field has a label."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as CodeAgainForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.accounts.second_steps import SealedSecrets, is_first_use


class SignIn(LoginForm):  # type: ignore[misc]  # allauth is untyped
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
            field.help_text = ""
        self.fields["login"].widget.attrs.update(autocapitalize="none", spellcheck="false")


class ChangePassword(ChangePasswordForm):  # type: ignore[misc]  # allauth is untyped
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        self.fields["oldpassword"].help_text = ""


class ConfirmItIsYou(ReauthenticateForm):  # type: ignore[misc]  # allauth is untyped
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = ""


class _Once:
    """allauth remembers used codes in the memory of one process, and there are several."""

    def clean_code(self) -> str:
        code = str(super().clean_code())  # type: ignore[misc]  # of the form beside it
        found: Authenticator = self.authenticator  # type: ignore[attr-defined]  # set by it
        if found.type == Authenticator.Type.TOTP and not is_first_use(code, user_id=found.user_id, at=timezone.now()):
            raise SealedSecrets().validation_error("incorrect_code")
        return code


class GivenCode(_Once, AuthenticateForm):  # type: ignore[misc]  # allauth is untyped
    pass


class GivenCodeAgain(_Once, CodeAgainForm):  # type: ignore[misc]  # allauth is untyped
    pass


class AddKey(AddWebAuthnForm):  # type: ignore[misc]  # allauth is untyped
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")


class NameKey(EditWebAuthnForm):  # type: ignore[misc]  # allauth is untyped
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")
