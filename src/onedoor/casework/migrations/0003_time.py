"""What was asked for is evidence and is decided once; the kinds of special procedure that 行政许可法 art. 45 names, and usual others."""

from django.db import migrations

EVIDENCE = """
CREATE FUNCTION casework_asked_is_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before jsonb;
    after jsonb;
    later text[] := ARRAY['ended_at', 'ended_account', 'ended_label', 'result'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION '% % is evidence', TG_TABLE_NAME, OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.decided_at IS NULL THEN
        later := later || ARRAY['decided_at', 'decided_by', 'decided_account', 'decided_label', 'is_granted', 'answer'];
    END IF;
    before := to_jsonb(OLD) - later;
    after := to_jsonb(NEW) - later;
    IF before IS DISTINCT FROM after THEN
        RAISE EXCEPTION '% % is evidence', TG_TABLE_NAME, OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF to_jsonb(OLD) ->> 'ended_at' IS NOT NULL AND to_jsonb(OLD) IS DISTINCT FROM to_jsonb(NEW) THEN
        RAISE EXCEPTION '% % has ended', TG_TABLE_NAME, OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER casework_specialprocedure_evidence BEFORE DELETE OR UPDATE ON casework_specialprocedure
    FOR EACH ROW EXECUTE FUNCTION casework_asked_is_evidence();
CREATE TRIGGER casework_extension_evidence BEFORE DELETE OR UPDATE ON casework_extension
    FOR EACH ROW EXECUTE FUNCTION casework_asked_is_evidence();
"""
DROP_EVIDENCE = """
DROP TRIGGER casework_specialprocedure_evidence ON casework_specialprocedure;
DROP TRIGGER casework_extension_evidence ON casework_extension;
DROP FUNCTION casework_asked_is_evidence();
"""

# Lengths are ours until somebody has held them against the rules of the item: only that of the hearing stands in the law.
KINDS = """
INSERT INTO casework_specialkind
    (id, code, name, name_en, is_excluded, needs_item, max_length, unit, basis, is_verified, is_offered, position)
SELECT gen_random_uuid(), code, name, name_en, is_excluded, needs_item, max_length, 'working-days', basis, is_verified, true, position
FROM (VALUES
    ('hearing', '听证', 'Hearing', true, false, 20, '《中华人民共和国行政许可法》第四十五条', true, 1),
    ('tender', '招标', 'Call for tenders', true, false, 60, '《中华人民共和国行政许可法》第四十五条', false, 2),
    ('auction', '拍卖', 'Auction', true, false, 60, '《中华人民共和国行政许可法》第四十五条', false, 3),
    ('inspection', '检验', 'Inspection', true, false, 30, '《中华人民共和国行政许可法》第四十五条', false, 4),
    ('testing', '检测', 'Testing', true, false, 30, '《中华人民共和国行政许可法》第四十五条', false, 5),
    ('quarantine', '检疫', 'Quarantine', true, false, 30, '《中华人民共和国行政许可法》第四十五条', false, 6),
    ('appraisal', '鉴定', 'Appraisal', true, false, 30, '《中华人民共和国行政许可法》第四十五条', false, 7),
    ('expert_review', '专家评审', 'Expert review', true, false, 30, '《中华人民共和国行政许可法》第四十五条', false, 8),
    ('publication', '公示', 'Publication', true, true, 10, '', false, 9),
    ('site_visit', '现场勘查', 'Visit on the spot', true, true, 10, '', false, 10),
    ('rectification', '整改', 'Rectification', true, true, 30, '', false, 11),
    ('other', '其他', 'Other', true, true, 30, '', false, 12)
) AS kind (code, name, name_en, is_excluded, needs_item, max_length, basis, is_verified, position);
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0002_truths")]
    operations = [
        migrations.RunSQL(EVIDENCE, DROP_EVIDENCE),
        migrations.RunSQL(KINDS, "DELETE FROM casework_specialkind"),
    ]
