"""Words of Django, allauth and axes that reach people on our pages. Named here so that the catalogues hold them in our
own Khmer: Django's covers few and writes some wrong (March, Delete, "Enter a whole number.", Yes)."""

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

BORROWED = (
    # Months
    _("January"),
    _("February"),
    _("March"),
    _("April"),
    _("May"),
    _("June"),
    _("July"),
    _("August"),
    _("September"),
    _("October"),
    _("November"),
    _("December"),
    # Entries of forms
    _("This field is required."),
    _("Enter a whole number."),
    _("Enter a number."),
    _("Enter a valid date."),
    _("Enter a valid time."),
    _("Enter a valid date/time."),
    _("Enter a valid value."),
    _("Enter a list of values."),
    _("Enter a valid UUID."),
    _("Enter a valid JSON."),
    _("Enter a valid email address."),
    _("No file was submitted. Check the encoding type on the form."),
    _("No file was submitted."),
    _("The submitted file is empty."),
    _("Select a valid choice. %(value)s is not one of the available choices."),
    _("Select a valid choice. That choice is not one of the available choices."),
    _("Null characters are not allowed."),
    _("Ensure this value is less than or equal to %(limit_value)s."),
    _("Ensure this value is greater than or equal to %(limit_value)s."),
    _("Unknown"),
    _("Yes"),
    _("No"),
    _("Delete"),
    # Choosing a password
    _("This password is too common."),
    _("Your password can’t be a commonly used password."),
    _("Your password can’t be too similar to your other personal information."),
    _("The password is too similar to the %(verbose_name)s."),
    _("The two password fields didn’t match."),
    _("Please enter a correct %(username)s and password. Note that both fields may be case-sensitive."),
    # Signing in, by allauth's words
    _("Username"),
    _("Password"),
    _("Current Password"),
    _("New Password"),
    _("New Password (again)"),
    _("You must type the same password each time."),
    _("The username and/or password you specified are not correct."),
    _("Too many failed login attempts. Try again later."),
    _("This account is currently inactive."),
    _("Please type your current password."),
    _("Incorrect password."),
    _("Incorrect code."),
    _("Be patient, you are sending too many requests."),
    _("You cannot deactivate two-factor authentication."),
    _("You cannot generate recovery codes without having two-factor authentication enabled."),
    _("Code"),
    _("Authenticator code"),
    _("Passwordless"),
    _(
        "Enabling passwordless operation allows you to sign in using just this key, but imposes additional "
        "requirements such as biometrics or PIN protection."
    ),
    _("Master key"),
    _("Backup key"),
    _("Key nr. {number}"),
    _("Use your password"),
    _("Use authenticator app or code"),
    _("Use a security key"),
)

COUNTED = (
    ngettext_lazy(
        "Ensure this value has at least %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at least %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    ),
    ngettext_lazy(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    ),
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
    ngettext_lazy(
        "Your password must contain at least %(min_length)d character.",
        "Your password must contain at least %(min_length)d characters.",
        "min_length",
    ),
    pgettext_lazy("field label", "Login"),
)
