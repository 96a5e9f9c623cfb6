-- When a rule counts: the hours of this calendar; the hub's usual week where none is named.
ALTER TABLE exception_rules ADD COLUMN calendar_id BLOB REFERENCES calendars (id);
