# Written by hand: constraints, the life of keys that are there, and what nobody may do to the
# audit log. The version before goes on working meanwhile.
from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE "audit_events" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "at" TIMESTAMPTZ NOT NULL,
    "event" VARCHAR(40) NOT NULL,
    "succeeded" BOOL NOT NULL,
    "actor_id" UUID,
    "subject_id" UUID,
    "session_id" UUID,
    "address" VARCHAR(45) NOT NULL,
    "user_agent" VARCHAR(300) NOT NULL,
    "request_id" VARCHAR(64) NOT NULL,
    "details" JSONB NOT NULL
);
CREATE INDEX "audit_events_at" ON "audit_events" ("at", "id");
CREATE INDEX "audit_events_subject" ON "audit_events" ("subject_id", "id");
CREATE INDEX "audit_events_actor" ON "audit_events" ("actor_id", "id");
CREATE INDEX "audit_events_event" ON "audit_events" ("event", "id");
COMMENT ON TABLE "audit_events" IS 'Something that happened to an account or was tried; rows are added, and never changed.';
        CREATE TABLE "letters" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "user_id" UUID,
    "kind" VARCHAR(24) NOT NULL,
    "sealed_content" BYTEA,
    "created_at" TIMESTAMPTZ NOT NULL,
    "next_try_at" TIMESTAMPTZ,
    "tries" INT NOT NULL,
    "sent_at" TIMESTAMPTZ,
    "given_up_at" TIMESTAMPTZ
);
CREATE INDEX "letters_next_try_at" ON "letters" ("next_try_at");
COMMENT ON TABLE "letters" IS 'A letter to be sent, written in the transaction of its cause; sealed, and gone once sent.';
        CREATE TABLE "throttles" (
    "key" VARCHAR(120) NOT NULL PRIMARY KEY,
    "tries" INT NOT NULL,
    "blocked_until" TIMESTAMPTZ,
    "updated_at" TIMESTAMPTZ NOT NULL
);
CREATE INDEX "throttles_updated_at" ON "throttles" ("updated_at");
COMMENT ON TABLE "throttles" IS 'How often a secret was tried for one key (an account, an address), and until when to wait.';
        CREATE TABLE "confirmations" (
    "id" UUID NOT NULL PRIMARY KEY,
    "purpose" VARCHAR(16) NOT NULL,
    "email" VARCHAR(254) NOT NULL,
    "code_digest" VARCHAR(64),
    "code_expires_at" TIMESTAMPTZ,
    "tries_left" INT NOT NULL,
    "token_digest" VARCHAR(64) UNIQUE,
    "token_expires_at" TIMESTAMPTZ,
    "created_at" TIMESTAMPTZ NOT NULL,
    "used_at" TIMESTAMPTZ,
    "user_id" UUID NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE INDEX "confirmations_user" ON "confirmations" ("user_id", "purpose", "created_at");
COMMENT ON TABLE "confirmations" IS 'Something a person must confirm with what a letter brought: a code, a link token, or both.';
        ALTER TABLE "sessions" ADD "user_agent" VARCHAR(300) NOT NULL DEFAULT '';
        ALTER TABLE "sessions" ADD "address" VARCHAR(45) NOT NULL DEFAULT '';
        ALTER TABLE "signing_keys" ADD "activated_at" TIMESTAMPTZ;
        ALTER TABLE "signing_keys" ADD "retired_at" TIMESTAMPTZ;
        ALTER TABLE "users" ADD "archived_at" TIMESTAMPTZ;
        ALTER TABLE "users" ADD "language" VARCHAR(2) NOT NULL DEFAULT 'en';
        ALTER TABLE "users" ADD "tokens_revoked_at" TIMESTAMPTZ;
        ALTER TABLE "users" ALTER COLUMN "phone" DROP NOT NULL;
        ALTER TABLE "users" ALTER COLUMN "email" DROP NOT NULL;
        CREATE INDEX "sessions_ended_at" ON "sessions" ("ended_at");
        CREATE INDEX "users_created_at" ON "users" ("created_at", "id");
        CREATE INDEX "users_tokens_revoked_at" ON "users" ("tokens_revoked_at");
        CREATE UNIQUE INDEX "signing_keys_one_next" ON "signing_keys" ("state")
            WHERE state = 'next';
        UPDATE "signing_keys" SET activated_at = created_at WHERE state = 'current';
        -- Whoever was given rights on new tables by default may add to the log, and no more.
        DO $$
        DECLARE other record;
        BEGIN
            FOR other IN SELECT DISTINCT grantee FROM information_schema.role_table_grants
                WHERE table_name = 'audit_events' AND grantee <> current_user
            LOOP
                EXECUTE format('REVOKE ALL ON audit_events FROM %I', other.grantee);
                EXECUTE format('GRANT SELECT, INSERT ON audit_events TO %I', other.grantee);
            END LOOP;
        END $$;"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP INDEX IF EXISTS "users_tokens_revoked_at";
        DROP INDEX IF EXISTS "users_created_at";
        DROP INDEX IF EXISTS "sessions_ended_at";
        ALTER TABLE "sessions" DROP COLUMN "user_agent";
        ALTER TABLE "sessions" DROP COLUMN "address";
        ALTER TABLE "signing_keys" DROP COLUMN "activated_at";
        ALTER TABLE "signing_keys" DROP COLUMN "retired_at";
        DROP INDEX "signing_keys_one_next";
        DELETE FROM "signing_keys" WHERE state <> 'current';
        DELETE FROM "users" WHERE archived_at IS NOT NULL;
        ALTER TABLE "users" DROP COLUMN "archived_at";
        ALTER TABLE "users" DROP COLUMN "language";
        ALTER TABLE "users" DROP COLUMN "tokens_revoked_at";
        ALTER TABLE "users" ALTER COLUMN "phone" SET NOT NULL;
        ALTER TABLE "users" ALTER COLUMN "email" SET NOT NULL;
        DROP TABLE IF EXISTS "throttles";
        DROP TABLE IF EXISTS "letters";
        DROP TABLE IF EXISTS "confirmations";
        DROP TABLE IF EXISTS "audit_events";"""


MODELS_STATE = (
    "eJztXW1z2zYS/isYfakzo3ps+fWSTmdkx2ncJvaNrdy1TTIsREISKgpQCdCKJuf/fguQlP"
    "gqkbJoUTK/eGQQC5C7wGL32QXwvYFdOdhvuxaVVw+EycZr9L3B8IjAj8SzJhSNx8ET9a/E"
    "XduvCrUMoqoJXa8rpINN1V4P24JAkUWE6dCxpJwpins+InJAWR/JAZZoAC0TRiwkOcIMYd"
    "PkLpOIO2iCBZIOJdYb5PCJQNghCFsWsZpQ0UIMOnWQOcCsT6x91bfFTegcWi63G5fRf1xi"
    "SN6HDogDnX3+CsWUWeQbEerf740eJbalfzew5h+1GqoS+TZ2iBDAChHQzZk+56ThEcnpWD"
    "9qaErgq/7nsYkiHQi3+zcxpQFdFO/IJ87fG8iWO6v1pUnz90SCsVewmxldRjeKcDw0dE+R"
    "Ye99lC43AtoL2r9m8p2uq4ZY1zC57Y7YvP54KgeczQio13cfBpuDJVE9SMdV84C5tu1Pm2"
    "BqeENpXsUbQyEai/Swa6vZpKi9F5iXNQzj5rZj3F91DKORmGkBRWhW+EUmsBDYQdWcVQzo"
    "q1f48V+t1tHRWevg6PT85Pjs7OT84Bzq6vdNPjp79F5mzi2vKc2z61+ubzrqhTioAk9PqI"
    "JHTYMlNuZSDikdmeT+W+CgpCOSzn+PIsZ/yyfZD37EpRHwfpE4goK5PObKbMb8n3ouMxWv"
    "kRiA0rD2TZubw33GJz83SpLUAqZ3rj9e3XfaH/+tmh8J8Y+tGdjuXKknLV06jZXunb6KSm"
    "nWCPrvdec9Uv+iP29vrjSfuZB9R/c4r9f5U01btSxwAz7cAMUZYlZQHBTpGR7IezZNoyK/"
    "BF6mi3tGEJM4MKgsGZc56Ub4m2ET1ocF9TU6Plgg2v+07y7ft+/2jg9i4rrxn7T0o8cIe4"
    "VrmoTAMpai0zi3CWbpXI7QxTjdBcItZPUiVXV7+yEyYS6uY4rr5tPHi6u7vUPNeqhEZUSf"
    "hfRXaGGM8vvTp+u3GRosRBPjtetSa19R5mC4v1hsAb/1OD7y1E5YoegPjQ/gsFmTl6NRqp"
    "qnMZ569lNRnkaoap7G5r1lKbO0yEoWInm+taxRllESW8lO8qxkJ9kr2Ul8JXMFcQzcL2gt"
    "RKl2js1HB3ksBqiVyWj9LMpph8B3inSVm83pKNXOcfr0OAejT48z+aweRdlsEYmpnaIxfr"
    "2/vUnncYgk7u9QU6L/IZuKhN9ZgqfTdaktKRP7qttNuDmKRRGDLWD03sf273EZXH64vYhr"
    "cNXABQhEoQC9YcgTVQVdbA4n2LGMxBPe4ll1k49GrVG8BDPQRZb/xb7LNNi/5KxHnRH2GR"
    "RD4CJPm9kYnBmqVxiEw2hMHAGiHblCIr8pNKFygCYKOMPIJlISB3Ud7vYH8jWUmNyCNuEJ"
    "ZUMk+ZCwpkLSuhxeegEQt+6uvrAv7AJ+aMhuCH4mjM8pkgNCHWTRPugkgTizp01doc+5hX"
    "pAyxlBrmKKgveCgrHrwCghqwB8eqXxlZ/XivppOkRNQ4XkLQGvIuIzVGvrAq+yTbonm3Ir"
    "IFghNaJ7Un+ON6FDlhp32SBVSMB5l8cQyQ4CF4enOVbHwzjONF8d1aPo6khGsNIVwoUCgh"
    "1kb+skj/UBtTIZrJ9FOax0quEpyCJ8jpGtxO2KeYBlW3qaZaD6KWgYozjAnUK+BrS7YjLY"
    "JUxbxREFDKheiqgzw0hRouXhpHUpsYOyJpUXTmodHp8dnx+dHs+iSLOSRcGjJLCqrb4V9F"
    "Wcbi0Ka7OBupLVlcex1fVVGn2tsKqssEJeStG1KUJZB2G3U/7gba4i/BBZPb8rLt+iMckw"
    "nLFGfKC6Ql0CBySAwih3k6x9xx1C++w3MtUMvob3wMxMAwA0yvfJb2Q7GTovnU9kB09mAF"
    "V4OMGXW8QmXgD9sn1/2X575SFaz427ftA4YyOBuPrlzWys1UMoc6Ks7QDQlBx1CRKEySaa"
    "OBTKGKJMQZXAM8wE9pYw3kNUCmRiYNobqI7tIAuxrzBKDqNIN5IEWUvtqSAeysg3aUhnmg"
    "P69LlphEmadeLediXubWyN2R67oUA6wRDevoiXG9TfRfAzF/a5APpMOLieolOLlkxNJ7ig"
    "DDvTrCyYOG08O24qidipYXvhx09nli6w9uL6pn33xyzaOjN3P9ze/HKREm+9+KNz1Y7Dor"
    "XX+aK9kthyX2QAxEg35H3WA2ANOHlRiLxGx9PQcWWlrzCPQmQ1glPlqdKnD4QZ7ngFGcdI"
    "azlXTc6VyEG7Iz34jEFHxW4aCUQk8rSZjYs4Xj1Dh4BywiO3jCB/wPmYBEZ+rvkPAvktek"
    "lfbzwEQ/1UwAWxe4gKf2+mkNxJ2wG6/uZTgJDPQXZ8aPao/77GEJJM7KJ4XPOJEc2KQRil"
    "hDSzwYqQiPKbH1Gi57NByoeO1maG1C7dy1u+6kDiy5HvhneOVU19lhJODFkST4oo3icski"
    "1j69KgYnRcVSeuGHA+YUaHRJJlQYsgRpbbdhYwJn6kYNkyvYXBIg/UJK+1KdvDI2pPlc0b"
    "sXOFdxgKDMkJ4q70woDplvO6GlebNGD8asI+fBNRm0AotxDuqXglRg6XnoGuajAyAds22q"
    "4yxYdkLBGY3MAJD4dHLoxQ5wtTROr9dNdUUY5t6GSlk1qCqNSSoGUgqGVbNeLHtHjxA5dJ"
    "aufuIkKUuysCH5hn58msmxlBdhf1xpONbjzZ+k2wa/MRS9n5usWbuNfG2PXv3K6dwpftNN"
    "hYSGNFzzBOW4+B7RwDq+8mWPs+gop6O7sh5pAFWUjIIboaAaq+hLtE54wWMZQShLu3c7SE"
    "49s8x0+fxiYET0kzz5GrFqGus9VWzFaL++DF0iyitLWKq7KKq3fL1LtlNgtsP2G3TPgYr3"
    "guRmzl8Onf/XZH7Kywdmr2x45w/bHECACMZXglGM6NZBBg/qy5IA7g1TKGZJp7mxHU9RBw"
    "RSzU6eaw7Puo/Bu902fs0AcQHBpgL7fFR9H14UsKQ4dxpwD+H9QT0yFSpO0xKqMbFR+4Bk"
    "qb9oiXdPNNor2x27WpGKhNSRYnUMq9TtGUyFdNZLqOQxjU0y8CBWOHPFDuCrSn3sIPR4C3"
    "/gUkT20bwcjmLjjvr/TpUVAZalio5/ARwkyHMuDtch//lImFD4udnDdc55F5FUrjOT7KYw"
    "4fZZvDR8vSeGCRkIWckBnBDu6TOc/B7fNMZp9nuB7+VFZ6aCXnI0a/ovtRNc5vwP/QutA0"
    "/p4Mk3LIPjEySvX8h0ZuRgZrOx6yDmPUbmHoZHetylYZAXHaGgCosqTBIqXOSnKOUtZSrp"
    "qUK7HVojNwuJT6g2Ou4exJM9sxlH6dnF7hez4Bv0ad/4B9Z2t+1dXs2Fvl0e3N78Nq6rux"
    "vMSGV955EBq6RJMBtCM5tJCWL1ZuV0WzuMZWzoN3Zww1QjTN4hlQqRbyAq8v1SDefq/vsJ"
    "UnCgK1sg+DbR0sc/zqnaNr27LRVUbgqoGNBHG95FVtyYtENiIKrtAOjQhl7cJsj/wrYfLo"
    "eE3C3AmiOFmmjgqD5Aa//UsFJgOOTLApNExM9VUA+mRwfV3AFI1h3JI3+uIAfR2At63TPx"
    "uLOoqUM2piWxksozT0u5R+FPz9l3du6gO0Dx/1F3KoIELbQXoDqo9mUyFcaKhLgI54Vygw"
    "jmzO+urGBDKDuPdRGwwrxxzQB2J9YcFNp1ToXPuJxuJVer73OfAeaq1tIsGDHHroyppvf9"
    "WbyL1bU6fKjCP2arckeF9h+NB7DutMjwEjSZZtoMWy4KPgy/K8fq/DKFWdDF/FZPge9GXo"
    "fwqY3RGiHYwCtHLlxbcW5MW3knnxz3wZQ4VP2y7lJga9WBRh74xg19h72MrlOy5wHeO8tT"
    "Hru2CSFGFvmOYZN3V4yRVRJvtlaxm6eQZu9rBNDFosxISDWTjAYlBo8MYJd1ELn+TZRQO1"
    "FqiJxD4ah9tpoEfbcXBGDHZGEWPxM10Tpwx6w8/12B9xC4zG/Z9sPOpa+OeN+GtXv3c+f4"
    "1xleob6cG8TXJ24Q3JEbpnvCE5UM5be0MyME6bB8rTodBX0aupU+mfUQCzkq2VwEwDmwNY"
    "6Yihru5UYauCgljUTC2PAvKIOP5FUO043fOh24dlLaNl3BoUBw6KAJ+pDdQod9VQzkiiho"
    "96rZKnESWt5VxlOdcJWS9b/nU06+XJv0A0K3z/Zuxm7FU3wsSv4t4yjCJzI0zKEW9P4tPu"
    "HT1W4l6hNrix5qCRiI765c3s+Cie11gWIM1mwBP2uaSFuV7KbTtP9FCyo1qZbmA2oprtAd"
    "ZYagaWqqZUAQ771XeQu4e54oWHC+KFh8l4YebNOtkbVbIv1Kl3qbxesktloyk+j/8Hcp/y"
    "8Q=="
)
