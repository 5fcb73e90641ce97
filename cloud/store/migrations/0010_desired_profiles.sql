-- A desired state names the version that it wants of each profile; one version of all of them meant nothing.
UPDATE desired SET content = (content - 'profile_version') || '{"profiles": {}}'::jsonb
WHERE content ? 'profile_version';
