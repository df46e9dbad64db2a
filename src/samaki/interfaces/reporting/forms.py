from django import forms
from django.utils.translation import gettext_lazy as _


class Narrative(forms.Form):
    revision = forms.IntegerField(required=False, max_value=2**31 - 1, widget=forms.HiddenInput)
    narrative = forms.CharField(
        label=_("What happened this month, in your words"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=10_000,
        required=False,
        help_text=_("No names and no case details: others read this."),
    )


class Seen(forms.Form):
    """Which state of the report the verifier had before her."""

    revision = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)


class Return(forms.Form):
    reason = forms.CharField(
        label=_("What should be corrected?"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2_000
    )


class Lock(forms.Form):
    although_missing = forms.BooleanField(label=_("Lock without the missing reports"), required=False)
    reason = forms.CharField(
        label=_("Why is it locked so?"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2_000,
        required=False,
        help_text=_("Needed where reports are missing, or where the period was locked before."),
    )


class Reopen(forms.Form):
    why = forms.CharField(
        label=_("What should be corrected?"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2_000
    )
