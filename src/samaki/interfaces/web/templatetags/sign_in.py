from django import template

from samaki.interfaces.web.examples import ExampleUser, example_users

register = template.Library()


@register.simple_tag(name="example_users")
def example_users_tag() -> list[ExampleUser]:
    return example_users()
