-- Which faults blinded a minute is asked for each minute that comes: not through all that a camera ever had.

CREATE INDEX fault_until ON fault (subject, (coalesce(cleared_at, 'infinity')), since)
    WHERE subject_type = 'camera' AND severity <> 'warning';
