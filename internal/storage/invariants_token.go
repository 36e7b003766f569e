package storage

// tokenInvariants are about the tokens, which there are since [tokenSchema]. That
// their events are there is for the foreign keys to say.
var tokenInvariants = []invariant{
	{check: "values of tokens", since: tokenSchema, query: `
		SELECT NULL, format('token %s: %s, hashes of %s and %s bytes', id, role, length(hash),
			coalesce(length(former), 0))
		FROM tokens WHERE role NOT IN ('organiser', 'door') OR bound NOT IN (0, 1)
			OR length(hash) <> 32 OR length(former) <> 32
			OR (former IS NULL) <> (former_until IS NULL)`},
	{check: "events of tokens", since: tokenSchema, query: `
		SELECT NULL, format('token %s: is for event %s and not bound to events', t.id, e.event_id)
		FROM token_events e JOIN tokens t ON t.id = e.token_id WHERE t.bound = 0`},
}
