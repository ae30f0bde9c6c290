-- A person reads who they are and what they belong to; only the platform writes it. The policies before let whoever acted
-- as a person make that person an admin, a member of any organisation or a moderator of any room: no code did, and now
-- the database does not let it either. A member changes rooms of the organisation, but makes and ends none.

DROP POLICY self_or_platform ON people.person;
CREATE POLICY platform ON people.person USING (people.is_platform());
CREATE POLICY self_reads ON people.person FOR SELECT USING (person_id = people.current_person());

DROP POLICY own_or_platform ON people.membership;
CREATE POLICY platform ON people.membership USING (people.is_platform());
CREATE POLICY own_reads ON people.membership FOR SELECT USING (person_id = people.current_person());

DROP POLICY own_or_platform ON people.room_role;
CREATE POLICY platform ON people.room_role USING (people.is_platform());
CREATE POLICY own_reads ON people.room_role FOR SELECT USING (person_id = people.current_person());

DROP POLICY members_write ON people.room;
CREATE POLICY platform ON people.room USING (people.is_platform());
CREATE POLICY members_change ON people.room FOR UPDATE USING (people.is_member(org_id));
