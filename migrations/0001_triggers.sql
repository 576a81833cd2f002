-- Rollups and counters, kept in the transaction of each change of `calls`; counts are never counted.
-- One row per (organisation, campaign or '@inbound' or '@outbound', grain, bucket). What a call adds to its rows is written
-- out for the new row, the old row, and the difference.

CREATE TRIGGER calls_rollup_insert AFTER INSERT ON calls
BEGIN
  INSERT INTO call_rollups (org_id, scope, grain, bucket, live, voicemail, no_answer, failed, connected_none, connected_positive, connected_neutral, connected_negative, talk_seconds)
  SELECT NEW.org_id, scope.name, span.grain, span.bucket,
    (NEW.status <> 'ended'),
    (NEW.status = 'ended' AND NEW.outcome IS 'voicemail'),
    (NEW.status = 'ended' AND NEW.outcome IS 'no-answer'),
    (NEW.status = 'ended' AND NEW.outcome IS 'failed'),
    (NEW.status = 'ended' AND NEW.outcome IS 'connected' AND NEW.sentiment IS NULL),
    (NEW.status = 'ended' AND NEW.outcome IS 'connected' AND NEW.sentiment IS 'positive'),
    (NEW.status = 'ended' AND NEW.outcome IS 'connected' AND NEW.sentiment IS 'neutral'),
    (NEW.status = 'ended' AND NEW.outcome IS 'connected' AND NEW.sentiment IS 'negative'),
    (NEW.status = 'ended' AND NEW.outcome IS 'connected') * coalesce(NEW.duration, 0)
  FROM
    (SELECT '@' || NEW.call_type AS name UNION ALL SELECT NEW.campaign_id) AS scope,
    (SELECT 'hour' AS grain, NEW.started_at - NEW.started_at % 3600 AS bucket
     UNION ALL SELECT 'day', NEW.started_at - NEW.started_at % 86400
     UNION ALL SELECT 'month', unixepoch(NEW.started_at, 'unixepoch', 'start of month')) AS span
  WHERE true
  ON CONFLICT (org_id, scope, grain, bucket) DO UPDATE SET
    live = live + excluded.live,
    voicemail = voicemail + excluded.voicemail,
    no_answer = no_answer + excluded.no_answer,
    failed = failed + excluded.failed,
    connected_none = connected_none + excluded.connected_none,
    connected_positive = connected_positive + excluded.connected_positive,
    connected_neutral = connected_neutral + excluded.connected_neutral,
    connected_negative = connected_negative + excluded.connected_negative,
    talk_seconds = talk_seconds + excluded.talk_seconds;
END;
--> statement-breakpoint
CREATE TRIGGER calls_rollup_update AFTER UPDATE OF status, outcome, sentiment, duration ON calls
WHEN OLD.status IS NOT NEW.status OR OLD.outcome IS NOT NEW.outcome
  OR OLD.sentiment IS NOT NEW.sentiment OR OLD.duration IS NOT NEW.duration
BEGIN
  INSERT INTO call_rollups (org_id, scope, grain, bucket, live, voicemail, no_answer, failed, connected_none, connected_positive, connected_neutral, connected_negative, talk_seconds)
  SELECT NEW.org_id, scope.name, span.grain, span.bucket,
    (NEW.status <> 'ended') - (OLD.status <> 'ended'),
    (NEW.status = 'ended' AND NEW.outcome IS 'voicemail') - (OLD.status = 'ended' AND OLD.outcome IS 'voicemail'),
    (NEW.status = 'ended' AND NEW.outcome IS 'no-answer') - (OLD.status = 'ended' AND OLD.outcome IS 'no-answer'),
    (NEW.status = 'ended' AND NEW.outcome IS 'failed') - (OLD.status = 'ended' AND OLD.outcome IS 'failed'),
    (NEW.status = 'ended' AND NEW.outcome IS 'connected' AND NEW.sentiment IS NULL) - (OLD.status = 'ended' AND OLD.outcome IS 'connected' AND OLD.sentiment IS NULL),
    (NEW.status = 'ended' AND NEW.outcome IS 'connected' AND NEW.sentiment IS 'positive') - (OLD.status = 'ended' AND OLD.outcome IS 'connected' AND OLD.sentiment IS 'positive'),
    (NEW.status = 'ended' AND NEW.outcome IS 'connected' AND NEW.sentiment IS 'neutral') - (OLD.status = 'ended' AND OLD.outcome IS 'connected' AND OLD.sentiment IS 'neutral'),
    (NEW.status = 'ended' AND NEW.outcome IS 'connected' AND NEW.sentiment IS 'negative') - (OLD.status = 'ended' AND OLD.outcome IS 'connected' AND OLD.sentiment IS 'negative'),
    (NEW.status = 'ended' AND NEW.outcome IS 'connected') * coalesce(NEW.duration, 0) - (OLD.status = 'ended' AND OLD.outcome IS 'connected') * coalesce(OLD.duration, 0)
  FROM
    (SELECT '@' || NEW.call_type AS name UNION ALL SELECT NEW.campaign_id) AS scope,
    (SELECT 'hour' AS grain, NEW.started_at - NEW.started_at % 3600 AS bucket
     UNION ALL SELECT 'day', NEW.started_at - NEW.started_at % 86400
     UNION ALL SELECT 'month', unixepoch(NEW.started_at, 'unixepoch', 'start of month')) AS span
  WHERE true
  ON CONFLICT (org_id, scope, grain, bucket) DO UPDATE SET
    live = live + excluded.live,
    voicemail = voicemail + excluded.voicemail,
    no_answer = no_answer + excluded.no_answer,
    failed = failed + excluded.failed,
    connected_none = connected_none + excluded.connected_none,
    connected_positive = connected_positive + excluded.connected_positive,
    connected_neutral = connected_neutral + excluded.connected_neutral,
    connected_negative = connected_negative + excluded.connected_negative,
    talk_seconds = talk_seconds + excluded.talk_seconds;
END;
--> statement-breakpoint
CREATE TRIGGER calls_rollup_delete AFTER DELETE ON calls
BEGIN
  INSERT INTO call_rollups (org_id, scope, grain, bucket, live, voicemail, no_answer, failed, connected_none, connected_positive, connected_neutral, connected_negative, talk_seconds)
  SELECT OLD.org_id, scope.name, span.grain, span.bucket,
    -((OLD.status <> 'ended')),
    -((OLD.status = 'ended' AND OLD.outcome IS 'voicemail')),
    -((OLD.status = 'ended' AND OLD.outcome IS 'no-answer')),
    -((OLD.status = 'ended' AND OLD.outcome IS 'failed')),
    -((OLD.status = 'ended' AND OLD.outcome IS 'connected' AND OLD.sentiment IS NULL)),
    -((OLD.status = 'ended' AND OLD.outcome IS 'connected' AND OLD.sentiment IS 'positive')),
    -((OLD.status = 'ended' AND OLD.outcome IS 'connected' AND OLD.sentiment IS 'neutral')),
    -((OLD.status = 'ended' AND OLD.outcome IS 'connected' AND OLD.sentiment IS 'negative')),
    -((OLD.status = 'ended' AND OLD.outcome IS 'connected') * coalesce(OLD.duration, 0))
  FROM
    (SELECT '@' || OLD.call_type AS name UNION ALL SELECT OLD.campaign_id) AS scope,
    (SELECT 'hour' AS grain, OLD.started_at - OLD.started_at % 3600 AS bucket
     UNION ALL SELECT 'day', OLD.started_at - OLD.started_at % 86400
     UNION ALL SELECT 'month', unixepoch(OLD.started_at, 'unixepoch', 'start of month')) AS span
  WHERE true
  ON CONFLICT (org_id, scope, grain, bucket) DO UPDATE SET
    live = live + excluded.live,
    voicemail = voicemail + excluded.voicemail,
    no_answer = no_answer + excluded.no_answer,
    failed = failed + excluded.failed,
    connected_none = connected_none + excluded.connected_none,
    connected_positive = connected_positive + excluded.connected_positive,
    connected_neutral = connected_neutral + excluded.connected_neutral,
    connected_negative = connected_negative + excluded.connected_negative,
    talk_seconds = talk_seconds + excluded.talk_seconds;
END;
--> statement-breakpoint
CREATE TRIGGER calls_count_contact_insert AFTER INSERT ON calls
WHEN NEW.contact_id IS NOT NULL
BEGIN
  UPDATE contacts
  SET total_calls = total_calls + 1, last_contact = max(coalesce(last_contact, 0), NEW.started_at)
  WHERE id = NEW.contact_id;
END;
--> statement-breakpoint
CREATE TRIGGER calls_count_contact_delete AFTER DELETE ON calls
WHEN OLD.contact_id IS NOT NULL
BEGIN
  UPDATE contacts SET total_calls = total_calls - 1 WHERE id = OLD.contact_id;
END;
--> statement-breakpoint
-- The rollups of a call hang on these columns; a change would leave its old rows wrong for ever.
CREATE TRIGGER calls_identity_fixed
BEFORE UPDATE OF id, org_id, campaign_id, contact_id, call_type, to_number, started_at ON calls
WHEN OLD.id IS NOT NEW.id OR OLD.org_id IS NOT NEW.org_id OR OLD.campaign_id IS NOT NEW.campaign_id
  OR OLD.contact_id IS NOT NEW.contact_id OR OLD.call_type IS NOT NEW.call_type
  OR OLD.to_number IS NOT NEW.to_number OR OLD.started_at IS NOT NEW.started_at
BEGIN
  SELECT RAISE(ABORT, 'the identity of a call is fixed');
END;
--> statement-breakpoint
CREATE TRIGGER calls_ended_is_final BEFORE UPDATE OF status ON calls
WHEN OLD.status = 'ended' AND NEW.status <> 'ended'
BEGIN
  SELECT RAISE(ABORT, 'an ended call stays ended');
END;
--> statement-breakpoint
CREATE TRIGGER calls_ended_at_inserted BEFORE INSERT ON calls
WHEN (NEW.status = 'ended') <> (NEW.ended_at IS NOT NULL)
BEGIN
  SELECT RAISE(ABORT, 'a call has an end when it has ended');
END;
--> statement-breakpoint
CREATE TRIGGER calls_ended_at_updated BEFORE UPDATE OF status, ended_at ON calls
WHEN NEW.status = 'ended' AND NEW.ended_at IS NULL
  OR NEW.status <> 'ended' AND OLD.status <> 'ended' AND NEW.ended_at IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'a call has an end when it has ended');
END;
