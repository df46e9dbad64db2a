"""Why a form cannot be taken, or what to know about it: each reason with what to do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from samaki.kernel.tables.reasons import reason

_LOOK_IN_ENGLISH = _("What the converter says stands below, in English.")

reason("form_refused", _("The converter cannot read this part of the form."), _LOOK_IN_ENGLISH)
reason("form_noted", _("The converter has a remark on this part of the form."), _LOOK_IN_ENGLISH)
reason("form_not_xlsform", _("This workbook is not an XLSForm."), _("Please start from the template of xlsform.org."))
reason("form_no_survey", _("The workbook has no sheet named survey."), _("Please name the sheet of questions survey."))
reason("form_too_large", _("The form needs more memory than a form may."), _("Please make it smaller, or split it."))
reason("form_too_slow", _("Reading the form took too long."), _("Please make it smaller, or split it."))
reason("form_too_deep", _("Groups stand inside groups too deeply."), _("Please use fewer groups inside groups."))
reason("form_converter_busy", _("Other forms are being read just now."), _("Please send it again in a minute."))
reason("form_sheet_misnamed", _("A sheet has almost the name of another: %(value)s."), _("Please check its spelling."))
reason(
    "form_headings_missing", _("The headings of this sheet are missing: %(value)s."), _("Please write them in row 1.")
)
reason("form_heading_twice", _("Two headings mean the same: %(value)s."), _("Please keep one of the two columns."))
reason("form_choice_heading", _("A heading of choices is empty or holds a space."), _("Please write it in one word."))
reason(
    "form_name_twice",
    _("The name %(value)s stands twice in the same part."),
    _("Please give one of them another name."),
)
reason(
    "form_name_case",
    _("The name %(value)s differs from another only in small and capital letters."),
    _("Please give one of them another name."),
)
reason("form_name_reserved", _("The name is used by the form itself."), _("Please choose another name."))
reason(
    "form_name_letters",
    _("A name must begin with a Latin letter or _ and hold only letters, digits, _, - and dots."),
    _("Please write the name so. The label may be in Khmer."),
)
reason("form_without_type", _("The question has no type."), _("Please write its type, such as text or integer."))
reason("form_without_name", _("The question has no name."), _("Please write its name."))
reason("form_without_label", _("The question %(value)s has no label."), _("Please write what is asked."))
reason("form_group_without_label", _("The group has no label."), _("You may leave it so."))
reason("form_without_calculation", _("The calculation is missing."), _("Please write it in the column calculation."))
reason("form_type_unknown", _("There is no type of question named %(value)s."), _("Please check its spelling."))
reason("form_type_old", _("Most phones no longer know this type of question."), _("Please choose another type."))
reason("form_parameters", _("The parameters of this question are not right."), _LOOK_IN_ENGLISH)
reason("form_list_missing", _("The list of choices is missing: %(value)s"), _("Please write it in the sheet choices."))
reason("form_choice_without_name", _("The choice has no name."), _("Please write its name."))
reason("form_choice_without_label", _("The choice has no label."), _("Please write what people read."))
reason("form_choice_twice", _("This choice stands twice in its list."), _("Please give one of them another name."))
reason(
    "form_choice_spaces",
    _("The name of a choice holds a space: %(value)s"),
    _("Please write it in one word; the label may have spaces."),
)
reason(
    "form_reference_broken",
    _("A reference to another question is not whole."),
    _("Please write it as ${name}."),
)
reason("form_reference_unknown", _("There is no question named %(value)s."), _("Please check the name in ${ }."))
reason(
    "form_reference_twice",
    _("Several questions are named %(value)s; it is not clear which is meant."),
    _("Please give them different names."),
)
reason("form_end_alone", _("A group or repeat ends here that does not begin."), _("Please check begin and end."))
reason("form_begin_alone", _("A group or repeat begins here and does not end."), _("Please check begin and end."))
reason(
    "form_entities", _("The sheet of entities is not right."), _("Samaki keeps no entities: you may delete the sheet.")
)
reason("form_row_skipped", _("The row has neither name nor label and is left out."), _("You may leave it so."))
reason(
    "form_translation_missing",
    _("Some words are missing in %(value)s."),
    _("Please fill the columns of this language."),
)
reason(
    "form_language_code",
    _("A language has no code: %(value)s"),
    _("Please write the headings as label::Khmer (km) and label::English (en)."),
)
reason("form_image_size", _("Photos are sent at full size."), _("max-pixels=1024 under parameters makes them small."))
reason("form_or_other", _("“Other” is added in English alone."), _("Please write the choice “other” yourself."))
reason("form_disabled_column", _("The column disabled is old."), _("Please use relevant instead."))

reason(
    "form_path_unknown",
    _("The expression names what the form does not have: %(value)s"),
    _("Please check the name, or write ${name}."),
)
reason("form_expression_broken", _("The expression cannot be read: %(value)s"), _("Please check brackets and quotes."))
reason("form_function_unknown", _("Phones know no function named %(value)s."), _("Please check its spelling."))
reason("form_instance_unknown", _("There is no list or file named %(value)s."), _("Please check its spelling."))
reason("form_without_khmer", _("These have no Khmer words: %(value)s."), _("Please fill the column label::Khmer (km)."))
reason(
    "form_without_english",
    _("These have no English words: %(value)s."),
    _("Please fill the column label::English (en)."),
)
reason("form_version_made", _("The form has no version; it gets %(value)s."), _("You may write a version of your own."))
reason(
    "form_version_taken",
    _("Version %(value)s is published already and does not change."),
    _("Please write a new version in the sheet settings, or leave it empty."),
)
reason(
    "form_id_taken", _("Another form has the id %(value)s."), _("Please write another form_id in the sheet settings.")
)
reason("form_id_too_long", _("The form’s id or version is too long."), _("Please shorten it in the sheet settings."))
reason(
    "form_title_turned",
    _("The form’s title holds hidden signs that turn the direction of writing: %(value)s."),
    _("Phones would show it, and what stands beside it, backwards. Please type the title anew in the sheet settings."),
)
reason("form_media_wanted", _("The form needs the file %(value)s beside it."), _("Please attach it before publishing."))
reason(
    "form_encrypts",
    _("Phones will encrypt what they send with a key that only you have."),
    _("Samaki keeps it whole and cannot read it."),
)
reason("form_validator", _("ODK Validate has a remark."), _LOOK_IN_ENGLISH)

_NEVER = _("Samaki never keeps this about a person. Take the question out, or say why it does not ask that.")
reason("asks_hiv", _("This may ask whether somebody has HIV: %(value)s"), _NEVER)
reason("asks_orientation", _("This may ask for somebody’s sexual orientation: %(value)s"), _NEVER)
reason("asks_sex_characteristics", _("This may ask for somebody’s sex characteristics: %(value)s"), _NEVER)
reason("asks_survivor", _("This may ask for a survivor’s name or contact: %(value)s"), _NEVER)
