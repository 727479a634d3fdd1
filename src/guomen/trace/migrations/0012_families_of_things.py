from django.db import migrations


def fill(apps, schema_editor):
    """Events that were captured before get the facets and classes that patterns find now."""
    from guomen.core import epcis
    from guomen.trace.facets import facets_of
    from guomen.trace.storing import terms_of
    from guomen.trace.things import name_of

    Event, Term = (apps.get_model("trace", name) for name in ("Event", "Term"))
    for row in Event.objects.only("event_id", "organisation_id", "body").iterator(chunk_size=500):
        event = epcis.parse_event(row.body, check_keys=False)
        things = epcis.epcs(event)
        names = [name_of(thing.uri) for thing in things]
        Event.objects.filter(pk=row.pk).update(facets=facets_of(event, things, names))
        Term.objects.bulk_create(
            [Term(organisation_id=row.organisation_id, field=f, value=v) for f, v in terms_of(event, names)],
            ignore_conflicts=True,
        )


class Migration(migrations.Migration):
    dependencies = [("trace", "0011_keys_of_things")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
