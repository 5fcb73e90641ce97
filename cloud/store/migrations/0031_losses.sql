-- The few messages that tell a loss, among very many that do not.
CREATE INDEX event_loss ON event (agent, received_at DESC, seq DESC) WHERE kind = 'loss';
