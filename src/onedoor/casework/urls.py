"""Addresses of casework."""

from __future__ import annotations

from django.urls import path

from onedoor.casework.views.desk import acts, intake, requests, special_kinds, talking, worklist
from onedoor.casework.views.public import apply, mandates, mine, papers, track

app_name = "casework"
urlpatterns = [
    path("apply/d/<uuid:draft_id>/", apply.tasks, name="tasks"),
    path("apply/d/<uuid:draft_id>/q/<str:key>/", apply.ask, name="ask"),
    path("apply/d/<uuid:draft_id>/papers/", papers.papers, name="papers"),
    path("apply/d/<uuid:draft_id>/papers/<str:key>/add/", papers.add_file, name="add_file"),
    path("apply/d/<uuid:draft_id>/papers/<str:key>/<uuid:file_id>/remove/", papers.remove_file, name="remove_file"),
    path("apply/d/<uuid:draft_id>/check/", apply.check, name="check"),
    path("apply/d/<uuid:draft_id>/done/", apply.done, name="done"),
    path("apply/<str:code>/", apply.start, name="start"),
    path("track/", track.track, name="track"),
    path("my/", mine.home, name="my"),
    path("my/applications/<uuid:draft_id>/", mine.detail, name="mine"),
    path("my/applications/<uuid:draft_id>/correct/", mine.correct, name="correct"),
    path("my/applications/<uuid:draft_id>/withdraw/", mine.withdraw, name="withdraw"),
    path("my/applications/<uuid:draft_id>/collect/", mine.collect, name="collect"),
    path("my/applications/<uuid:draft_id>/messages/", mine.messages, name="messages"),
    path("my/mandates/", mandates.mandate_list, name="mandates"),
    path("my/mandates/new/", mandates.new_mandate, name="mandate_new"),
    path("my/mandates/<uuid:mandate_id>/", mandates.mandate, name="mandate"),
    path("desk/work/", worklist.work, name="desk_work"),
    path("desk/search/", worklist.search, name="desk_search"),
    path("desk/cases/<uuid:case_id>/", acts.case, name="desk_case"),
    path("desk/cases/<uuid:case_id>/preview/", acts.preview, name="desk_preview"),
    path("desk/cases/<uuid:case_id>/receive/", acts.receive, name="desk_receive"),
    path("desk/cases/<uuid:case_id>/accept/", acts.accept, name="desk_accept"),
    path("desk/cases/<uuid:case_id>/check/", acts.check, name="desk_check"),
    path("desk/cases/<uuid:case_id>/notice/", acts.notice, name="desk_notice"),
    path("desk/cases/<uuid:case_id>/not-accept/", acts.not_accept, name="desk_not_accept"),
    path("desk/cases/<uuid:case_id>/bring/", acts.bring, name="desk_bring"),
    path("desk/cases/<uuid:case_id>/take/", acts.take, name="desk_take"),
    path("desk/cases/<uuid:case_id>/pass/", acts.pass_on, name="desk_pass"),
    path("desk/cases/<uuid:case_id>/grant/", acts.grant, name="desk_grant"),
    path("desk/cases/<uuid:case_id>/refuse/", acts.refuse, name="desk_refuse"),
    path("desk/cases/<uuid:case_id>/close/", acts.close, name="desk_close"),
    path("desk/cases/<uuid:case_id>/deliver/", acts.deliver, name="desk_deliver"),
    path("desk/cases/<uuid:case_id>/special/", requests.special_ask, name="desk_special_ask"),
    path("desk/cases/<uuid:case_id>/special/decide/", requests.special_decide, name="desk_special_decide"),
    path("desk/cases/<uuid:case_id>/special/end/", requests.special_end, name="desk_special_end"),
    path("desk/cases/<uuid:case_id>/extension/", requests.extension_ask, name="desk_extension_ask"),
    path("desk/cases/<uuid:case_id>/extension/decide/", requests.extension_decide, name="desk_extension_decide"),
    path("desk/to-decide/", requests.to_decide, name="desk_to_decide"),
    path("desk/special-kinds/", special_kinds.kinds, name="desk_special_kinds"),
    path("desk/special-kinds/<uuid:kind_id>/", special_kinds.kind, name="desk_special_kind"),
    path("desk/cases/<uuid:case_id>/unmask/", acts.unmask, name="desk_unmask"),
    path("desk/cases/<uuid:case_id>/messages/", talking.messages, name="desk_messages"),
    path("desk/intake/", intake.start, name="desk_start"),
    path("desk/intake/<uuid:draft_id>/", intake.write, name="desk_intake"),
    path("desk/intake/<uuid:draft_id>/asked/", intake.asked, name="desk_asked"),
    path("desk/intake/<uuid:draft_id>/finish/", intake.finish, name="desk_finish"),
    path("desk/intake/<uuid:draft_id>/accept/", intake.accept, name="desk_intake_accept"),
    path("desk/intake/<uuid:draft_id>/pass-on/", intake.pass_on, name="desk_intake_pass_on"),
    path("desk/intake/<uuid:draft_id>/notice/", intake.notice, name="desk_intake_notice"),
    path("desk/intake/<uuid:draft_id>/done/", intake.done, name="desk_done"),
]
