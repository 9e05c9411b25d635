# ruff: noqa: E501
"""Pages that show every part once, and forms that misbehave on demand; served to the browser tests only."""

from datetime import timedelta

from django.http import HttpResponse, HttpResponseRedirect
from django.template import engines
from django.urls import include, path
from django.utils import timezone

from onedoor.config.urls import urlpatterns as of_the_house
from onedoor.kernel.doors import Door, door
from tests.look.test_forms import Application

PARTS = """{% extends "portal/base.html" %}{% load look %}{% block title %}部件{% endblock %}
{% block breadcrumbs %}<nav aria-label="当前位置"><ol class="crumbs"><li><a href="/">首页</a></li><li>部件</li></ol></nav>{% endblock %}
{% block content %}<p class="sub">办件号 {% ref "261118120482" %}</p><h1 class="h-1">食品经营许可（新办）</h1>
<section class="promise" aria-label="时限"><div><p class="sub">最晚答复您</p><h2>{% moment due %} 前</h2></div><div>{% limit view tag=True due=False %}</div>
<div class="bar">{% timebar 2 5 10 %}<div class="bar__words"><span>已用 2 个工作日</span><b>承诺 5 个</b><span class="ink-2">法定 10 个</span></div></div></section>
<section class="block"><h2 class="h-2">时间都用在哪了</h2>{% held held %}<ul class="key"><li><i class="h-win"></i>窗口</li><li><i class="h-app"></i>您补材料</li></ul></section>
<section class="block"><h2 class="h-2">任务</h2>{% include "look/parts/task_list.html" %}</section>
{% include "look/parts/summary_list.html" with title="企业信息" ident="c1" change_url="#x" %}
<section class="block"><h2 class="h-2">接下来</h2>{% include "look/parts/steps.html" %}</section>
{% include "look/parts/note.html" with kind="due" title="可以后补：" text="其他材料齐了就先受理。" %}
{% include "look/parts/empty.html" with text="没有待办。岗位上还有 6 件可以领。" url="#x" link="去领" %}
{% include "look/parts/pagination.html" with next_url="?after=1" %}
<form method="post" novalidate>{{ form }}<div class="row btns"><button class="govuk-button">提交备案</button><a href="#x">先保存，以后再填</a></div></form>{% endblock %}
{% block aside %}<div class="card card--sand"><div class="row top-row">{% qr "http://127.0.0.1/q/SP4K7" "本指南二维码" "s" %}<div><h2 class="h-3">带着指南走</h2><p class="sub">短码 <b class="ref ink">SP4K7</b></p></div></div></div>{% endblock %}"""

DONE = """{% extends "portal/base.html" %}{% load look %}{% block title %}已提交{% endblock %}{% block content %}
{% include "look/parts/confirmation.html" with title="已提交" reference="261123092341" query_code="K7PM3XQA" qr_url="http://127.0.0.1/q/ABCDE" %}{% endblock %}"""

FORM = """{% extends "portal/base.html" %}{% load look %}{% block title %}填写{% endblock %}{% block content %}<h1 class="h-1">填写</h1>
<form method="post" data-autosave="/save" data-autosave-every="1" data-saved-text="已保存 {time}" data-unsaved-text="没连上，先留在这台设备上"
 data-found-text="已找回没存上的内容">{% csrf_token %}<div class="govuk-form-group"><label class="govuk-label" for="shop">店名</label>
<input class="govuk-input" id="shop" name="shop" value="{{ value }}"></div><p class="saved" data-saved aria-live="polite"></p><button class="govuk-button">继续</button></form>{% endblock %}"""

UPLOAD = """{% extends "portal/base.html" %}{% load look %}{% block title %}上传{% endblock %}{% block content %}<h1 class="h-1">上传</h1>
<p id="got">{{ got }}</p><form method="post" enctype="multipart/form-data">{% csrf_token %}{% field file %}<button class="govuk-button" name="step" value="next">上传平面图</button></form>{% endblock %}"""

LIST = """{% extends "desk/base.html" %}{% load look %}{% block title %}我的待办{% endblock %}{% block content %}<div class="row mb-3"><h1>我的待办</h1><span class="sub">3 件，按承诺到期排列</span></div>
<div class="split split--list"><div><nav class="tabs" aria-label="清单"><a href="#x" aria-current="page">待我办<b>3</b></a><a href="#x">等申请人<b>1</b></a></nav>
<div class="pane pane--under-tabs"><table class="grid-list wl" role="table"><caption class="vh">待我办的办件</caption>
<thead role="rowgroup"><tr role="row"><td role="cell" class="col-check"><span class="vh">选择</span></td><th role="columnheader" scope="col">办件号</th><th role="columnheader" scope="col">事项与申请人</th><th role="columnheader" scope="col">承诺到期</th></tr></thead>
<tbody role="rowgroup">{% for number in numbers %}<tr role="row" data-row><td role="cell" class="cell-check"><label class="chk"><span class="vh">选 {{ number }}</span><input type="checkbox"></label></td><td role="cell"><a class="ref" href="/case/{{ number }}">{{ number|grouped_by_four }}</a></td><td role="cell">食品经营许可（新办）　<small>海岸小馆（张＊）</small></td><td role="cell" class="nb">{% limit view %}</td></tr>{% endfor %}</tbody></table></div></div>
<aside class="pane" aria-label="所选办件"><header><h2 class="ref">2611 1812 0482</h2></header><div class="in"><dl class="kv"><dt>申请人</dt><dd>海岸小馆</dd></dl>
<div class="acts acts--col mt-3"><a class="govuk-button" href="/agree" data-key="F2 A">同意，送批准 <kbd>F2</kbd></a><a class="govuk-button govuk-button--secondary" href="/back" data-key="Escape">返回 <kbd>Esc</kbd></a></div></div></aside></div>
<label for="note">意见</label><textarea id="note" class="govuk-textarea" rows="2"></textarea>{% endblock %}"""

ROWS = ("261118120482", "261118150493", "261119090492")
logged_out = []


class View:
    light, left_text = "ok", "还剩 2 个工作日"

    def __init__(self):
        self.due_at = timezone.now() + timedelta(days=2)


def show(source, request, **values):
    return HttpResponse(engines["django"].from_string(source).render({"view": View(), **values}, request))


@door(Door.ANYONE)
def parts(request):
    return show(
        PARTS,
        request,
        due=timezone.now() + timedelta(days=2),
        held=[("win", 1), ("app", 8), ("stop", 2), ("dep", 9)],
        tasks=[
            {"label": "企业信息", "url": "#x", "light": "ok", "state": "已完成"},
            {"label": "材料", "light": "idle", "state": "不能开始", "hint": "先填企业信息"},
        ],
        rows=[{"label": "企业名称", "value": "海岸小馆"}, {"label": "电话", "value": "138＊＊＊＊5072", "url": "#x"}],
        steps=[{"name": "受理", "limit": "1 个工作日内", "text": "发受理通知书。"}],
        form=Application({"name": "过长" * 20, "kind": "b"}),
    )


@door(Door.ANYONE)
def done(request):
    return show(DONE, request)


@door(Door.ANYONE)
def form(request):
    return HttpResponseRedirect("/done/") if request.method == "POST" else show(FORM, request, value="海岸")


@door(Door.ANYONE)
def save(request):
    if logged_out:
        return HttpResponseRedirect("/accounts/login/")
    return HttpResponse(status=204)


@door(Door.ANYONE)
def upload(request):
    file = {"name": "plan", "label": "平面图", "type": "file", "hint": "JPG、PNG 或 PDF，最大 20 MB"}
    if request.method == "POST":
        if request.FILES["plan"].size > 600_000:
            return show(UPLOAD, request, file={**file, "error": "这个文件太大了，请换一个 20 MB 以内的"})
        return HttpResponseRedirect("/done/")
    return show(UPLOAD, request, file=file)


@door(Door.ANYONE)
def work_list(request):
    return show(LIST, request, numbers=ROWS)


@door(Door.ANYONE)
def anything(request, what=""):
    return show(DONE, request)


urlpatterns = [
    path("parts/", parts),
    path("done/", done),
    path("form/", form),
    path("save", save),
    path("upload/", upload),
    path("list/", work_list),
    path("case/<what>", anything),
    path("agree", anything),
    path("back", anything),
    path("", include(of_the_house)),
]
handler404 = "onedoor.config.health.nothing_here"
