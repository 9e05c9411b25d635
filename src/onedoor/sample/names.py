"""Made-up names, numbers and codes: valid by their check digits, and nobody's (region 130399 exists nowhere)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random

from onedoor.kernel.identity import card_check, credit_check

REGION = "130399"
_FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
_FIRST = "建国志文秀海雨子立德思玉振佳晓永春丽桂金明宝庆树永凤景瑞长荣"
_SECOND = "国英强兰燕博桐涵新栋梅明远华怡军芳伟敏静杰磊娜刚丽平辉玲超霞鹏琴飞萍波"
_CODE = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def names(random: Random) -> Iterator[str]:
    """Yield made-up names, each once."""
    seen = set()
    while True:
        name = random.choice(_FAMILY) + random.choice(_FIRST) + random.choice(_SECOND)
        if name[1] != name[2] and name not in seen:
            seen.add(name)
            yield name


def card(born: date, serial: int, *, region: str = REGION) -> str:
    """Return an identity number; odd serials are men's."""
    body = f"{region}{born:%Y%m%d}{serial:03d}"
    return body + card_check(body)


def foreign_card(serial: int) -> str:
    """Return the number of a foreigner's permanent card (layout of 2023: it begins with 9)."""
    body = f"9113030199001{serial:04d}"
    return body + card_check(body)


def credit_code(kind: str, serial: int) -> str:
    """Return a credit code that begins with ``kind`` (11 offices, 91 companies, 92 shops, N2 village collectives)."""
    digits = ""
    for _place in range(7):
        serial, rest = divmod(serial, len(_CODE))
        digits = _CODE[rest] + digits
    body = f"{kind}{REGION}MD{digits}"
    return body + credit_check(body)


def phone(serial: int) -> str:
    """Return a mobile number out of those kept for samples."""
    return f"1380335{serial:04d}"
