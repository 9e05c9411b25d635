"""What an item without a full guide has all the same: five steps, a short form, two papers. Every open item can be applied for."""

from __future__ import annotations

from onedoor.catalog.conditions import Equals
from onedoor.catalog.content import Choice, Form, FormField, Material, Section, Step, Validation

_NAME = Validation(max_length=200)
_MOBILE = Validation(pattern=r"^1[3-9]\d{9}$")


def default_steps(promise: int, unit: str) -> tuple[Step, ...]:
    """Return receive, review, approve, issue and deliver, the promise spread so that approval keeps up to two units of it.

    A promise of one unit leaves it to the review; approval then has the same day.
    """
    approval = 0 if promise < 2 else min(2, promise // 2)
    return (
        Step(
            "受理",
            "receive",
            "综合受理岗",
            0,
            "working-days",
            "申请材料齐全、符合规定形式；不齐全的一次性告知",
            "受理通知书或一次性补正告知书",
        ),
        Step("审核", "review", "窗口审核岗", promise - approval, unit, "材料内容真实、一致，符合办理条件", "审核意见"),
        Step("审批", "approve", "窗口审批岗（首席代表授权）", approval, unit, "依法作出决定", "准予决定或不予决定"),
        Step("办结", "issue", "制证出件岗", 0, "working-days", "结果信息录入完整，加盖电子印章", "办理结果"),
        Step("送达", "deliver", "统一出件岗", 0, "working-days", "决定之日起十个工作日内送达", "送达回证"),
    )


def default_form(objects: tuple[str, ...]) -> Form:
    """Return the short form: who applies, what for, how the result is handed over.

    An item only for persons (A.4 of GB/T 39046: 1) asks for a person, one without persons for an organisation, others ask first.
    """
    persons, organisations = "1" in objects or not objects, bool(set(objects) - {"1"}) or not objects
    fields: list[FormField] = []
    if persons and organisations:
        kinds = (Choice("person", "个人", "A person"), Choice("organisation", "单位", "An organisation"))
        fields.append(FormField("applicant_kind", "以什么身份申请", "choice", "Who applies", choices=kinds))
    if persons:
        when = Equals("applicant_kind", "person") if organisations else None
        fields += (
            FormField("applicant_name", "姓名", "text", "Name", validation=_NAME, condition=when),
            FormField(
                "applicant_id", "身份证号", "idcard", "Identity number", validation=Validation(check="idcard18"), condition=when
            ),
        )
    if organisations:
        when = Equals("applicant_kind", "organisation") if persons else None
        fields += (
            FormField("org_name", "单位名称", "text", "Organisation", validation=_NAME, condition=when),
            FormField("org_uscc", "统一社会信用代码", "uscc", "Credit code", validation=Validation(check="uscc18"), condition=when),
            FormField("contact_name", "联系人", "text", "Contact", validation=_NAME, condition=when),
        )
    fields.append(
        FormField(
            "contact_phone",
            "联系人手机" if organisations and not persons else "手机",
            "phone",
            "Mobile",
            help="用于接收办理进度短信",
            validation=_MOBILE,
        )
    )
    matter = (
        FormField("region", "所在区划", "region", "Region", validation=Validation(level_min="county")),
        FormField(
            "matter",
            "申请事由",
            "textarea",
            "What you apply for",
            help="写明要办什么、有关的时间和地点",
            validation=Validation(max_length=1000),
        ),
    )
    ways = (
        Choice("site", "窗口领取", "At the window"),
        Choice("mail", "邮寄", "By post"),
        Choice("online", "电子证照", "Electronic"),
    )
    delivery = (
        FormField("get_way", "结果领取方式", "choice", "How you get the result", choices=ways),
        FormField("mail_address", "邮寄地址", "address", "Postal address", validation=_NAME, condition=Equals("get_way", "mail")),
    )
    sections = (
        Section("applicant", "申请人信息", tuple(each.key for each in fields), "Applicant"),
        Section("content", "申请内容", tuple(each.key for each in matter), "Application"),
        Section("delivery", "结果领取", tuple(each.key for each in delivery), "Delivery"),
    )
    return Form(sections, (*fields, *matter, *delivery))


def default_materials(objects: tuple[str, ...]) -> tuple[Material, ...]:
    """Return what every application needs: the application itself, generated, and who applies, fetched where the city can."""
    papers = [
        Material("m1", "申请表", "Application form", "form", "form", copies_original=1, note="网上填写后由系统生成，现场签字即可")
    ]
    if "1" in objects or not objects:
        papers.append(
            Material("m2", "居民身份证", "Identity card", "auto", "certificate", source="20", note="电子证照库可以核验的免于提交")
        )
    if set(objects) - {"1"}:
        papers.append(
            Material(
                f"m{len(papers) + 1}",
                "营业执照或法人登记证书",
                "Licence",
                "auto",
                "certificate",
                source="20",
                note="凭统一社会信用代码自动调取",
            )
        )
    return tuple(papers)
