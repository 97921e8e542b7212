"""The names of `web/forms.py`, for modules that still look for them here."""

from whosthere.web.forms import check_form_with_files, read_form, text_of, uploads_of

__all__ = ["check_form_with_files", "read_form", "text_of", "uploads_of"]
