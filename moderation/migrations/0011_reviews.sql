-- A person may ask for a person's look at what the filter blocked of theirs: a report about one's own line, whose case has the
-- verdict's own id.
ALTER TABLE moderation.report DROP CONSTRAINT report_reason_check;
ALTER TABLE moderation.report ADD CONSTRAINT report_reason_check
    CHECK (reason IN ('scam', 'false_claim', 'outside_contact', 'abuse', 'other', 'appeal'));
ALTER TABLE moderation.report DROP CONSTRAINT report_note_check;
ALTER TABLE moderation.report ADD CONSTRAINT report_note_check CHECK (length(note) <= 2000);
