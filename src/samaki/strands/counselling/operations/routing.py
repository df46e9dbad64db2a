"""A man at high risk is brought to a specialist: at once, and whatever else the conference decides of his case."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from samaki.ground.services.models import Service
from samaki.ground.services.queries import services
from samaki.kernel.actors import Actor
from samaki.kernel.audit.operations import record
from samaki.kernel.errors import Conflict, Invalid
from samaki.strands.counselling.course import OVER, Assessed, holding
from samaki.strands.counselling.models import Case, Risk, Routing
from samaki.strands.counselling.operations.moving import as_supervisor, out_of_order, scope_of


def route_to_specialist(*, case: Case, service: Service, by: Actor, at: dt.datetime) -> Routing:
    """The supervisor writes down who was called in. Raises Conflict: step_out_of_order for a case that is over,
    not_high where no assessment that holds is high, routed_already; Invalid("no_such_service")."""
    with as_supervisor(case, by) as found:
        if found.state in OVER:
            raise out_of_order()
        risks = list(found.risks.order_by("pk"))
        if not holding([Assessed(one.pk, one.after_id, one.level == Risk.Level.HIGH) for one in risks]).is_high:
            raise Conflict("not_high", _("His risk is not high as it was last assessed."))
        if not services(by).filter(pk=service.pk, programme=found.programme_id, is_closed=False).exists():
            raise Invalid("no_such_service", _("Please choose a service of the directory."), field="service")
        if found.routings.filter(after=risks[-1], service=service).exists():
            raise Conflict("routed_already", _("This is written down already."))
        routing = Routing.objects.create(
            case=found,
            after=risks[-1],
            service=service,
            routed_at=at,
            routed_by_id=by.user_id,
            is_example=found.is_example,
            origin="page",
        )
        record(by, "route_to_specialist", routing, **scope_of(found), details={"case": found.pk})
    return routing
