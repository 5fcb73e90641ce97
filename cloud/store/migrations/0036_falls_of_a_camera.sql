-- The ledger asks for the falls of some cameras in a span: not through all that there ever were.

CREATE INDEX alert_camera ON alert (camera, observed_at);
