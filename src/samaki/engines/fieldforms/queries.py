"""Forms, their versions and what was sent to them, limited to what the actor may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from samaki.engines.fieldforms.models import Attachment, Form, FormVersion, Submission
from samaki.engines.fieldforms.sensitive import not_t4
from samaki.ground.programmes.queries import programmes_for
from samaki.kernel.actors import AnyActor
from samaki.kernel.errors import NotFound
from samaki.kernel.policy import Action, may, reach, refusal

State = Submission.State
TO_MEND = (State.FAILED, State.REVIEW)


def forms(actor: AnyActor) -> QuerySet[Form]:
    """Forms that the actor edits, and those of her programmes that are offered to all of their organisations."""
    working = programmes_for(actor, Action.SEE_PROGRAMME)
    seen = reach(actor, Action.EDIT_FORMS).q() | Q(organisation__isnull=True, programme__in=working)
    found = Form.objects.filter(seen).select_related("programme", "organisation")
    return found.order_by("programme__key", "key", "pk")


def form(actor: AnyActor, form_id: int) -> Form:
    """Raises NotFound, the same whether it exists or not."""
    found = forms(actor).filter(pk=form_id).first()
    if found is None:
        raise NotFound("no_such_form", _("There is no such form here."))
    return found


def may_edit(actor: AnyActor, form: Form) -> bool:
    return not form.is_built_in and may(
        actor, Action.EDIT_FORMS, organisation_id=form.organisation_id, programme_id=form.programme_id
    )


def version(actor: AnyActor, form: Form, version_id: int) -> FormVersion:
    """A draft is its makers' alone. Raises NotFound."""
    found = form.versions.filter(pk=version_id)
    if not may_edit(actor, form):
        found = found.exclude(state=FormVersion.State.DRAFT)
    one = found.select_related("form").first()
    if one is None:
        raise NotFound("no_such_form", _("There is no such form here."))
    return one


def versions(actor: AnyActor, form: Form) -> QuerySet[FormVersion]:
    """The latest first, without their definitions."""
    found = form.versions.defer("xform", "source", "questions")
    if not may_edit(actor, form):
        found = found.exclude(state=FormVersion.State.DRAFT)
    return found.order_by("-pk")


def submissions(actor: AnyActor, form: Form | None = None) -> QuerySet[Submission]:
    """What stands now, of organisations whose people's records the actor may see; without what is deleted."""
    found = Submission.objects.filter(reach(actor, Action.SEE_PEOPLE).q(), is_current=True).exclude(state=State.DELETED)
    found = found.filter(not_t4())
    return found if form is None else found.filter(form=form)


def submission(actor: AnyActor, submission_id: int) -> Submission:
    """Any of a chain of corrections. Raises Refused to whoever reads no people's records, else NotFound."""
    within = reach(actor, Action.SEE_PEOPLE)
    if not within:
        raise refusal(actor, Action.SEE_PEOPLE)
    found = Submission.objects.filter(within.q(), not_t4(), pk=submission_id).exclude(state=State.DELETED)
    one = found.select_related("form", "form_version", "programme", "organisation", "user").first()
    if one is None:
        raise NotFound("no_such_submission", _("There is no such record."))
    return one


def to_mend(actor: AnyActor) -> QuerySet[Submission]:
    """What could not be recorded, and what was filled with a version nobody knows; the oldest first."""
    found = submissions(actor).filter(state__in=TO_MEND)
    return found.defer("xml", "answers").select_related("form", "organisation", "programme").order_by("pk")


def counts(actor: AnyActor, forms: QuerySet[Form]) -> Mapping[int, int]:
    """How much was sent to each form, of organisations whose activities the actor sees: a number, no answer."""
    within = reach(actor, Action.SEE_PROGRAMME).q()
    found = Submission.objects.filter(within, form__in=forms, is_current=True).exclude(state=State.DELETED)
    return dict(found.order_by().values_list("form").annotate(n=Count("pk")))


def states(actor: AnyActor, form_ids: Iterable[int]) -> dict[int, str]:
    """Of each form that the actor sees: published, where some version is; else draft, else withdrawn."""
    found = FormVersion.objects.filter(form__in=forms(actor).filter(pk__in=list(form_ids)))
    known: dict[int, str] = {}
    order = (FormVersion.State.WITHDRAWN, FormVersion.State.DRAFT, FormVersion.State.PUBLISHED)
    for form_id, state in found.order_by().values_list("form_id", "state").distinct():
        if order.index(FormVersion.State(state)) >= order.index(FormVersion.State(known.get(form_id, order[0]))):
            known[form_id] = state
    return known


def attachments(actor: AnyActor, submission: Submission) -> QuerySet[Attachment]:
    """Files of a submission that was found, by name."""
    return submission.attachments.order_by("name")


def chain(actor: AnyActor, submission: Submission) -> QuerySet[Submission]:
    """The submission and those of its chain of corrections, the latest first. Call for one that was found."""
    root = submission.root_id or submission.pk
    found = Submission.objects.filter(Q(pk=root) | Q(root=root)).exclude(state=State.DELETED)
    return found.defer("xml", "answers").select_related("user").order_by("-pk")
