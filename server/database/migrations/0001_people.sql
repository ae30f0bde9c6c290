-- People, organisations, rooms and who may do what in them. Other packages' tables refer to these and to nothing else
-- outside their own schema. The application's role (jishi_app, without BYPASSRLS) sees a row only as the person, or as
-- the platform, that its transaction says it acts for: server/database/database.py sets both at the start of each one.

CREATE SCHEMA people;

-- The person this transaction acts for, or NULL for nobody.
CREATE FUNCTION people.current_person() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('jishi.person', true), '')::uuid $$;

-- Whether this transaction acts for the platform itself (checkout, webhooks, the clerk), which is bound by no tenant.
CREATE FUNCTION people.is_platform() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(current_setting('jishi.platform', true), '') = 'on' $$;

CREATE TABLE people.person (
    person_id    uuid PRIMARY KEY,
    login        text NOT NULL CHECK (login = lower(login) AND length(login) BETWEEN 3 AND 64),
    display_name text NOT NULL CHECK (length(display_name) BETWEEN 1 AND 32),
    kind         text NOT NULL DEFAULT 'member' CHECK (kind IN ('member', 'moderator', 'admin')),
    state        text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'limited', 'closed')),
    -- Tokens issued before this moment are void (sign-out everywhere, closure, changed password).
    tokens_valid_from timestamptz NOT NULL DEFAULT now(),
    created_at   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (login)
);

CREATE TABLE people.credential (
    person_id     uuid PRIMARY KEY REFERENCES people.person,
    password_hash text NOT NULL,          -- argon2id, PHC string
    changed_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE people.refresh_token (
    token_hash  bytea PRIMARY KEY,        -- SHA-256 of the opaque token
    family_id   uuid NOT NULL,            -- one sign-in; a token used twice ends its whole family
    person_id   uuid NOT NULL REFERENCES people.person,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz,
    revoked_at  timestamptz
);
CREATE INDEX refresh_token_family ON people.refresh_token (family_id);
CREATE INDEX refresh_token_person ON people.refresh_token (person_id);

CREATE TABLE people.organisation (
    org_id     uuid PRIMARY KEY,
    kind       text NOT NULL CHECK (kind IN ('merchant', 'employer')),
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE people.membership (
    org_id    uuid NOT NULL REFERENCES people.organisation,
    person_id uuid NOT NULL REFERENCES people.person,
    role      text NOT NULL CHECK (role IN ('owner', 'host', 'clerk')),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, person_id)
);
CREATE INDEX membership_person ON people.membership (person_id);

-- Whether the current person belongs to an organisation. SECURITY DEFINER, because policies on other tables ask it while
-- membership's own policy is in force; it answers about the current person alone.
CREATE FUNCTION people.is_member(org uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = people, pg_temp AS
$$ SELECT EXISTS (SELECT FROM people.membership m WHERE m.org_id = org AND m.person_id = people.current_person()) $$;

CREATE TABLE people.room (
    room_id    uuid PRIMARY KEY,
    org_id     uuid NOT NULL REFERENCES people.organisation,
    slug       text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9][a-z0-9-]{1,46}[a-z0-9]$'),
    kind       text NOT NULL CHECK (kind IN ('farm', 'jobs')),
    title      text NOT NULL CHECK (length(title) BETWEEN 1 AND 60),
    host_id    uuid NOT NULL REFERENCES people.person,
    stream_key_hash bytea NOT NULL UNIQUE, -- SHA-256 of the stream key, which is shown once
    state      text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX room_org ON people.room (org_id);

CREATE TABLE people.room_role (
    room_id   uuid NOT NULL REFERENCES people.room,
    person_id uuid NOT NULL REFERENCES people.person,
    role      text NOT NULL CHECK (role IN ('host', 'moderator')),
    PRIMARY KEY (room_id, person_id)
);

-- The first result of a write that carried an Idempotency-Key; it commits with what it created.
CREATE TABLE people.idempotency (
    person_id    uuid NOT NULL REFERENCES people.person,
    route        text NOT NULL,
    key          text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    request_hash bytea NOT NULL,          -- SHA-256 of the canonical request; another request under the key is refused
    status       int NOT NULL,
    body         jsonb NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (person_id, route, key)
);

ALTER TABLE people.person ENABLE ROW LEVEL SECURITY;
ALTER TABLE people.person FORCE ROW LEVEL SECURITY;
CREATE POLICY self_or_platform ON people.person
    USING (people.is_platform() OR person_id = people.current_person());

ALTER TABLE people.credential ENABLE ROW LEVEL SECURITY;
ALTER TABLE people.credential FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON people.credential USING (people.is_platform());

ALTER TABLE people.refresh_token ENABLE ROW LEVEL SECURITY;
ALTER TABLE people.refresh_token FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON people.refresh_token USING (people.is_platform());

ALTER TABLE people.organisation ENABLE ROW LEVEL SECURITY;
ALTER TABLE people.organisation FORCE ROW LEVEL SECURITY;
CREATE POLICY anyone_reads ON people.organisation FOR SELECT USING (true);
CREATE POLICY platform_writes ON people.organisation USING (people.is_platform());

ALTER TABLE people.membership ENABLE ROW LEVEL SECURITY;
ALTER TABLE people.membership FORCE ROW LEVEL SECURITY;
CREATE POLICY own_or_platform ON people.membership
    USING (people.is_platform() OR person_id = people.current_person());

ALTER TABLE people.room ENABLE ROW LEVEL SECURITY;
ALTER TABLE people.room FORCE ROW LEVEL SECURITY;
CREATE POLICY anyone_reads ON people.room FOR SELECT USING (true);
CREATE POLICY members_write ON people.room USING (people.is_platform() OR people.is_member(org_id));

ALTER TABLE people.room_role ENABLE ROW LEVEL SECURITY;
ALTER TABLE people.room_role FORCE ROW LEVEL SECURITY;
CREATE POLICY own_or_platform ON people.room_role
    USING (people.is_platform() OR person_id = people.current_person());

ALTER TABLE people.idempotency ENABLE ROW LEVEL SECURITY;
ALTER TABLE people.idempotency FORCE ROW LEVEL SECURITY;
CREATE POLICY own_or_platform ON people.idempotency
    USING (people.is_platform() OR person_id = people.current_person());

GRANT USAGE ON SCHEMA people TO jishi_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA people TO jishi_app;
