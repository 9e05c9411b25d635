"""Names of people and organisations as they are kept: the characters themselves are never changed.

Unicode normalisation would replace rare characters of names by others that look like them, so only spaces and the many
forms of the middle dot are made one.
"""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext_lazy as _

from onedoor.kernel.errors import Refused

_SPACES = re.compile(r"[\s\u3000]+")
_DOTS = str.maketrans(dict.fromkeys("•・‧∙⋅．｡", "·"))
_IDEOGRAPH = r"[\u2e80-\u2fdf\u3007\u3400-\u9fff\ue000-\uf8ff\uf900-\ufaff\U00020000-\U0003ffff]"
_CHINESE_GAP = re.compile(f"(?<={_IDEOGRAPH}) (?={_IDEOGRAPH})")
LONGEST_PERSON = 120
LONGEST_ORGANISATION = 200


class WrongName(Refused):
    """A name that cannot be kept."""

    code = "wrong_name"
    http_status = 422
    default = _("Please enter the name as it stands on the paper.")


def clean_name(text: str, *, longest: int = LONGEST_PERSON) -> str:
    """Return a name as it is kept and compared: outer and repeated spaces dropped, one middle dot for all its forms.

    :raises WrongName: when nothing is left, a control character is in it, or it is too long.
    """
    name = _CHINESE_GAP.sub("", _SPACES.sub(" ", text).strip()).translate(_DOTS)
    if not name or len(name) > longest or any(unicodedata.category(character) in {"Cc", "Cs"} for character in name):
        raise WrongName
    return name
