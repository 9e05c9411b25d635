"""Form of the desk page on which the State Council's notice is entered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST_FILE = 200_000


class NoticeForm(forms.Form):
    """The notice, pasted or as a text file."""

    text = forms.CharField(
        label=_("Text of the notice"),
        help_text=_("Paste the whole notice with its title, as the State Council published it."),
        widget=forms.Textarea(attrs={"rows": 14}),
        error_messages={"required": _("Paste the notice here, or choose a file.")},
    )
    file = forms.FileField(
        label=_("Or a text file"),
        help_text=_("A .txt file in UTF-8, at most 200 KB."),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".txt,text/plain"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].required = not self.files.get("file")

    def clean(self) -> dict[str, Any]:
        """Take the file's text where one was given."""
        cleaned = super().clean() or {}
        if upload := cleaned.get("file"):
            cleaned["text"] = self._text_of(upload)
        return cleaned

    def _text_of(self, upload: Any) -> str:
        if upload.size > LONGEST_FILE:
            self.add_error("file", _("This file is larger than 200 KB. A notice has one page; choose its text file."))
            return ""
        try:
            return str(upload.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            self.add_error("file", _("This is no text file in UTF-8. Open it and paste the text instead."))
            return ""
