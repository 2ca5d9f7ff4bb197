# Written by hand: constraints and conditional indexes, which aerich leaves out.
from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE "signing_keys" (
    "kid" VARCHAR(43) NOT NULL PRIMARY KEY,
    "state" VARCHAR(8) NOT NULL,
    "sealed_private_key" BYTEA NOT NULL,
    "public_jwk" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX "signing_keys_one_current" ON "signing_keys" ("state")
    WHERE state = 'current';
COMMENT ON TABLE "signing_keys" IS 'A key that signs access tokens; its private half is sealed with the service''s secrets.';
CREATE TABLE "users" (
    "id" UUID NOT NULL PRIMARY KEY,
    "full_name" VARCHAR(200) NOT NULL,
    "email" VARCHAR(254) NOT NULL UNIQUE,
    "phone" VARCHAR(12) NOT NULL UNIQUE,
    "password_hash" VARCHAR(255) NOT NULL,
    "roles" TEXT[] NOT NULL,
    "is_active" BOOL NOT NULL,
    "is_email_verified" BOOL NOT NULL,
    "password_change_required" BOOL NOT NULL,
    "token_version" INT NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "updated_at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "users_email_canonical" CHECK (email = lower(email)),
    CONSTRAINT "users_phone_canonical" CHECK (phone ~ '^[+]7[0-9]{10}$'),
    CONSTRAINT "users_roles_known"
        CHECK (roles <@ ARRAY['user', 'manager', 'admin'] AND cardinality(roles) > 0)
);
COMMENT ON TABLE "users" IS 'A person who can sign in by email or by phone; both are stored in their canonical form.';
CREATE TABLE "sessions" (
    "id" UUID NOT NULL PRIMARY KEY,
    "created_at" TIMESTAMPTZ NOT NULL,
    "last_used_at" TIMESTAMPTZ NOT NULL,
    "expires_at" TIMESTAMPTZ NOT NULL,
    "ended_at" TIMESTAMPTZ,
    "ended_because" VARCHAR(40),
    "sealed_successor" BYTEA,
    "sealed_until" TIMESTAMPTZ,
    "user_id" UUID NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE INDEX "sessions_user" ON "sessions" ("user_id");
CREATE INDEX "sessions_sealed_until" ON "sessions" ("sealed_until");
COMMENT ON TABLE "sessions" IS 'One sign-in on one device: the family of refresh tokens that grew out of it.';
CREATE TABLE "refresh_tokens" (
    "digest" VARCHAR(64) NOT NULL PRIMARY KEY,
    "generation" INT NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "used_at" TIMESTAMPTZ,
    "session_id" UUID NOT NULL REFERENCES "sessions" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_refresh_tok_session_b2658b" UNIQUE ("session_id", "generation")
);
COMMENT ON TABLE "refresh_tokens" IS 'One generation of a session''s refresh token; the token itself is never stored.';
CREATE TABLE "aerich" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "version" VARCHAR(255) NOT NULL,
    "app" VARCHAR(100) NOT NULL,
    "content" JSONB NOT NULL
);"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE "refresh_tokens";
DROP TABLE "sessions";
DROP TABLE "users";
DROP TABLE "signing_keys";
DROP TABLE "aerich";"""


MODELS_STATE = (
    "eJztW21v2joU/itWvmyTtmqldKu2aRJ07I67tVy19N69KjKJAV+Ck9lOGdrtf7/HTiCvpo"
    "SVtjCkqiL2OXbynGP78ePkp4VDOdw7I31OxLDrjwizXqCfFsNjAj9Kah9DYRDM6tSlxD1P"
    "G/PIzpbKUGjLnpAcOxJq+9gTBIpcIhxOA0l91ZPVYQQNCCMcqxLk9xFGgggBFw8EiltEus"
    "WXSA5J9BNRKYjXR1QgRi4JR0L6nLh7qk/Xd6BTygbraT5k9HtI4BkHBOw5dPLlixU3qeqT"
    "3qxv3+CaMpf8IELZqctgZPcp8dwMyi4dECGVt66z5TTQ5cdDzN9qa/VcPdvxvXDMsh7BVA"
    "59NneBR0/dBXFTyLPQ8+JQzYqih4ECyUMyv1k3KXBJH4eeip/yju4iKbNs+7TTtc9bXdu2"
    "CrGdeaTiERc5PlN5QZkUGocx/mF7hA0gn16gZ/WrqJ8Ei8hKdfh34+z4XePs4bP6I9WhD8"
    "kV5d5pXFPTVVe6CSxx1IhGP4E7FaIC5G0myxHPOuVQhydZBfVZQQJ7MkpuA/eBuokntf36"
    "8/rRwbP6EZjoG52XPF8QivZpV+Oc4Opwoh7exiWp/AZqJB2TcnCznjlw3dh1b/ZjXVBbr/"
    "ohc/REIWDkwYB3PN8Z7TF/8tpaUwwWANxtn7TOu42Tv1TzYyG+exrIRrelamq6dJorffgs"
    "Ny7mjaB/2t13SF2iz53TlsbZF3LAdY+JXfezpe4JJnffhge3sZsGa1Y8K8rEPxQrBT/ldg"
    "ORjyeu+zLGtim+8SpnU7cY4ouL9pvy8Ga9chEOQ+ruKd8NnD4XhFavUQdRrNJR0E96daWI"
    "QH9UujalmEQW4LfAQOiAvSdTDXMbbgUzh5RgqjnbeYGRbBisSWkyqDmezNlTLq/gh0s8Ii"
    "Pe1Dg/brxpWRroHnZGE8xdO4O4qvFrfq5kblusGtfG+RLM8EDjox4kHlQJ8gUanQqJiUHH"
    "z1SBOwvIiScUmK36I8gll9QhLzSV7eMx9aaK82Z4roBKLBGk5AT5oVT1VJYz55tq/Cv7yi"
    "B/teMAnomggHDquwj3JbBrjLgvI4KuLBiZALfNtquo+IgEEgHlBiQEwR5xUQgZyr8y5aTu"
    "T3dNlWfgQSdGvp6j5T+tJK5qMeIqpZQN+RHwWUBit9wwFbay1yGMB5+l/SBw+kJPn6nWo/"
    "u2Qyapt3QXGSdzV8bdRbXp+uan6ev3FinipXtS/+p3QbmumbcXbSp25Pf3JkceFtJekQHn"
    "fXc5sJk5ALM5heZWyICs513Ff7cPWi7MAOEqwzztt9vp3v8I94iDYVauossWHFeSZ+9ZZL"
    "P6bP3pEvps/alRn1VVVzldQRNcEToOcF6fFwFvUob51KQvFL1zqPemkojNw30Bzs0PnWZm"
    "MAG8zfZp4+zTw5PGx0eZEfWhc/rHzD49UJqfuq1GeSjme40q01vedzfF3ecpbrbRLQTZvD"
    "VMuexkvMUy3kwW+CUN7yJuZDMBvVbAS6VTVfUuAbp45pxbOWL/t+/PiGc6vis95d4S1K/W"
    "qHRCLsMtQTpbRbEzqXu8QO+MrOwRmS6peTYQ2EZKn3IWCOtlP1YfX6qTexRwegmBQ0Mcne"
    "HHauGEyqEWGCHvlJD5QNU4nEhRVD/X1831eqRRyBuVTddmLjoqnao3/wWB+sEyBPTATEAP"
    "rntBAKZlWYn2zx1uBux7xfePlkD7yAj2kYHsx4NHjfyV6H7Of0XCf9+QvwPGH4Q9jzr2v5"
    "NRMQ5/nndOy6OQ9cozfepI9B/yqNjEt2IWxEDhkYnBLM/nIUgNgeOSAKgGmru3Zn77jVhh"
    "53AXB9V6e1EgbrNNh4myKda+NFcLwBbyYjL0kYOZplKIMtSbIjLG1EM+V78DyFvyEvV8IE"
    "6QQPHblsoQGBLlytVn1MEe6vt8XEbW1tbPL7C13bHrbRy79qEvW19UoGsZpy2kbLWny2i0"
    "YGWkbbouu07pkVRJC585bN0OpHa4zDvKYGXG97Cex1fPTlXwnTtsHb77tSXg3a8Z0VVVOX"
    "CxEBMf1sshFsNKIOcdt3G6ODxcKp0PF6TzYR5x7nukRI9rcI4NO7u5Rw7ide4jUkugYjp2"
    "rNnsjX2XeGLvlYfHPRe/vhMi2/rY/fIthyoVNlAuelkyUTR9wA8zA71I++U3y+C4Lnxnc8"
    "gt75U7nQ8Z+t9sd3Ope3HSbMEcojMajGgkPRe/aQDg9DpmXxJOoa8SUncd8EX/WwzAvGRj"
    "IzCfgZ0hZgNic/I9pLxyIBY1s4tHhXhoCVylc/l76sYPqAp+t/cN1f66ltHdB1Sm1XQnBa"
    "1yJh+4K8Y/67mL/+bEv4IUWPhK6JfOu7fvC6E1HnU3gL05Q6uglsblj816KU4srhNMzQDc"
    "sAxpXKNLVciShTmm9fdXTriRhdmsOhrZj1lIMBOfnYRgkBDUkKqAcGy+hejuL6Xn7i/Qc/"
    "eLei70KAkrYRrmU9+Uy+7It+KR750e+V39D1nciMo="
)
