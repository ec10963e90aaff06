"""python django_whitenoise.py SITE OUT [modules]: collectstatic with WhiteNoise's storage, otherwise with the defaults.

`modules` switches on Django's opt-in for references in ES modules.
"""
import sys

import django
from django.conf import settings
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage


class WithModules(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True


if __name__ == "__main__":
    site, out = sys.argv[1:3]
    storage = "__main__.WithModules" if "modules" in sys.argv[3:] else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    settings.configure(
        INSTALLED_APPS=["django.contrib.staticfiles"],
        STATICFILES_DIRS=[site], STATIC_ROOT=out, STATIC_URL="/", MEDIA_URL="/media/",
        STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],
        STORAGES={"staticfiles": {"BACKEND": storage}},
    )
    django.setup()
    call_command("collectstatic", interactive=False, verbosity=0)
