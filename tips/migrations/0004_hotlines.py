from django.db import migrations

# To begin with; an operator checks and completes the list in the admin. The directory of INHOPE, the
# association of hotlines, is there for all countries that are not.
HOTLINES = [
    ("", "INHOPE", "https://www.inhope.org/EN#hotlineReferral"),
    ("AT", "Stopline", "https://www.stopline.at/"),
    ("AU", "eSafety Commissioner", "https://www.esafety.gov.au/report"),
    ("BE", "Child Focus", "https://childfocus.be/"),
    ("CA", "Cybertip.ca", "https://www.cybertip.ca/"),
    ("CH", "Clickandstop.ch", "https://www.clickandstop.ch/"),
    ("DE", "Internet-Beschwerdestelle", "https://www.internet-beschwerdestelle.de/"),
    ("DE", "jugendschutz.net", "https://www.jugendschutz.net/"),
    ("ES", "INCIBE", "https://www.incibe.es/"),
    ("FR", "PHAROS", "https://www.internet-signalement.gouv.fr/"),
    ("FR", "Point de Contact", "https://www.pointdecontact.net/"),
    ("GB", "Internet Watch Foundation", "https://report.iwf.org.uk/"),
    ("IE", "Hotline.ie", "https://www.hotline.ie/"),
    ("NL", "Offlimits", "https://offlimits.nl/"),
    ("PL", "Dyżurnet.pl", "https://dyzurnet.pl/"),
    ("US", "NCMEC CyberTipline", "https://report.cybertip.org/"),
]


def fill(apps, schema_editor):
    Hotline = apps.get_model("tips", "Hotline")
    Hotline.objects.bulk_create(
        Hotline(country=country, name=name, address=address) for country, name, address in HOTLINES
    )


class Migration(migrations.Migration):
    dependencies = [("tips", "0003_uploads_follow_up_trust")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
