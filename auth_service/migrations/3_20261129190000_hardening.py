# Written by hand: what the auth service must remember to keep its promises after a restart.
from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True
LOCKS = ("sessions",)


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE "rate_limits" (
    "key" VARCHAR(120) NOT NULL PRIMARY KEY,
    "drained_at" TIMESTAMPTZ NOT NULL,
    "pending" INT NOT NULL,
    "pending_until" TIMESTAMPTZ NOT NULL
);
CREATE INDEX "rate_limits_drained_at" ON "rate_limits" ("drained_at");
COMMENT ON TABLE "rate_limits" IS 'When what was counted under a key will have leaked away, and how many tries are under way.';
        CREATE TABLE "devices" (
    "id" UUID NOT NULL PRIMARY KEY,
    "digest" VARCHAR(64) NOT NULL UNIQUE,
    "created_at" TIMESTAMPTZ NOT NULL,
    "expires_at" TIMESTAMPTZ NOT NULL,
    "user_id" UUID NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE INDEX "devices_user" ON "devices" ("user_id", "expires_at");
CREATE INDEX "devices_expires_at" ON "devices" ("expires_at");
COMMENT ON TABLE "devices" IS 'A device at which a person has signed in; its token is known by its digest only.';
        ALTER TABLE "sessions" ADD "last_user_agent" VARCHAR(300) NOT NULL DEFAULT '';
        ALTER TABLE "sessions" ADD "last_address" VARCHAR(45) NOT NULL DEFAULT '';
        ALTER TABLE "sessions" ADD "device_id" UUID;
        CREATE TABLE "issued_lifetimes" (
    "seconds" INT NOT NULL PRIMARY KEY,
    "issued_until" TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE "issued_lifetimes" IS 'A life that access tokens are issued with, until then at the latest (`issued_lifetimes`).';
        CREATE TABLE "email_requests" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "sealed_content" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "next_try_at" TIMESTAMPTZ NOT NULL
);
CREATE INDEX "email_requests_next_try_at" ON "email_requests" ("next_try_at");
COMMENT ON TABLE "email_requests" IS 'An email that was asked for by a name that may be nobody''s; gone once it is worked off.';
        -- The runtime role may add to the log and no more; events of long ago go by this alone.
        CREATE FUNCTION forget_audit_events(before timestamptz, most integer) RETURNS integer
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        DECLARE forgotten integer;
        BEGIN
            DELETE FROM public.audit_events WHERE id IN (
                SELECT id FROM public.audit_events
                WHERE at < least(before, now() - interval '30 days')
                ORDER BY at, id LIMIT most FOR UPDATE SKIP LOCKED
            );
            GET DIAGNOSTICS forgotten = ROW_COUNT;
            RETURN forgotten;
        END $$;
        REVOKE ALL ON FUNCTION forget_audit_events FROM PUBLIC;
        DO $$
        DECLARE other record;
        BEGIN
            FOR other IN SELECT DISTINCT grantee FROM information_schema.role_table_grants
                WHERE table_name = 'audit_events' AND grantee <> current_user
            LOOP
                EXECUTE format('GRANT EXECUTE ON FUNCTION forget_audit_events TO %I', other.grantee);
            END LOOP;
        END $$;
        -- What the version before issues, it writes down nowhere: it may be the longest life that
        -- a setting allows, until its last process has ended, which is to be within a day.
        INSERT INTO "issued_lifetimes" ("seconds", "issued_until")
            SELECT 86400, now() + interval '1 day' WHERE EXISTS (SELECT FROM "signing_keys");"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        -- safe: only shown to people
        ALTER TABLE "sessions" DROP COLUMN "last_user_agent";
        -- safe: as above
        ALTER TABLE "sessions" DROP COLUMN "last_address";
        -- safe: without known devices it means nothing
        ALTER TABLE "sessions" DROP COLUMN "device_id";
        -- safe: known devices are known again after the next sign-in
        DROP TABLE IF EXISTS "devices";
        -- safe: counts of tries begin anew
        DROP TABLE IF EXISTS "rate_limits";
        -- safe: the version before removes nothing
        DROP FUNCTION IF EXISTS forget_audit_events;
        -- safe: within seconds they are worked off
        DROP TABLE IF EXISTS "email_requests";
        -- safe: the version before does not ask, and the next upgrade supposes the longest life
        DROP TABLE IF EXISTS "issued_lifetimes";"""


MODELS_STATE = (
    "eJztXW1z2zYS/isYfakzo3ps2U58SacztuO2vjr2jeNc39KhIRISUVOESoBWNL3891sAFM"
    "VXiZRFm5LxJbFILEDugovdZ3eBfzo4FO7uSehQcf5AfNF5i/7p+HhE4I/cvS5cGo9nd+RP"
    "gfte1BRaWUQ246pdn4sA27K/AfY4gUsO4XZAx4IyX1J8ZCMiXOoPkXCxQC70THziIMEQ9h"
    "G2bRb6ArEATTBHIqDEeYcCNuEIBwRhxyFOFxo6yIdBA2S72B8SZ1eO7TAbBoeemx0m9Onf"
    "IbEEG8IAJIDB/vgTLlPfIV8Ilz//6Qwo8Rz1dwcr/lGnIxuRL+OAcA6s4DO6OdPnnLQ0kZ"
    "iO1a2OogS+qh9fuyg1AA/7fxFbWDBE/YEi4uqjgWxZsNpYirT6SGQ292oOE9OVDCMJx/eW"
    "Gik17fVLqevWjPaUDi988YNqK6dY37KZF478efvxVLjMjwmoHnsIky3AgsgRRBDK78APPS"
    "/6bGafhp5K8yZ6DiVoHDLAoSe/JkmtH2B+rWNZV9e31sfzW8vq5L60GUXiq4gu2cBCYAeV"
    "36xkwFA+wrf/6vUODt709g5eHx8dvnlzdLx3DG3V8+ZvvfmqH2bOLd2V4tnFjxdXt/KBGK"
    "gCrSfkha+KBgtszaWcUDoiz/33wEFBR6SY/5oiw38nItmd/ZGVxoz3i8QxuzCXx1yZxcz/"
    "bhD6tuQ14i4oDWfX9ph9v+uzyfedhiS1gOm3Fx/OP96efPiP7H7E+d+eYuDJ7bm801NXp5"
    "mrO69fpaUUd4J+ubj9Ccmf6Pfrq3PFZ8bFMFAjztvd/i4/W7ksMAte3ALFmWDW7PLskvrC"
    "Z/KOP9O0yM+Al8XijgkyEgcGNSXjJj+6Ef5iecQfwoL6Fh3uLRDtf09uzn46udk53MuI6y"
    "q601O3vqbYy0PbJgSWsQKdxphHsF/M5RRdhtN9INxAVi9SVdfXl6kP5vQio7iuPn04Pb/Z"
    "2Vesh0ZUpPRZQn8lFsY0vz99unhfosESNBlehyF1diVlBYZHi8UG8FvN4wOtdpIKRb1odg"
    "InzZqqHE1TGZ5meKrtp7o8TVEZnma+e8eRZmmdlSxB8nRrWacpoySzkh1VWcmOyleyo+xK"
    "FnISWHhY01pIU20dmw/2qlgM0KqU0epemtMBgffkxSq3nNNpqq3j9OvDCox+fVjKZ3krzW"
    "aHCEy9Ao3x74/XV8U8TpBk/R1qC/Q/5FGe8zsb8HT6IfUE9fmuHPY53BzJopTBNmP0zoeT"
    "X7MyOLu8Ps1qcNnBKQhEogCD+4QnKi/0sX0/wYFj5e6wHitrm7816o2yV7APusiJ3jhymd"
    "zdM+YPaDDCEYMyCFzqbrccg7MT7WqDcBiNScBBtKOQCxR1hSZUuGgigTOMPCIECVA/YOHQ"
    "FW/his0c6BPuUP8eCXZP/K5E0voMHnoBELfuoT77n/1T+ENBdvfgZ8L8nCLhEhoghw5BJ3"
    "HEfG/aVQ2GjDloALTMJyiUTJHw3uzCOAxglpBVAD610kTKT/ci/7QDIj9DieQtAa9S4rNk"
    "b+sCr8pNukebcisgWAk1okaS/xw+hw5ZatyVg1QJAVddHhMkWwhc7L+usDruZ3Gm+eoob6"
    "VXRzKCla4WLjQj2EL29o6qWB/QqpTB6l6aw1KnWlpB1uFzhmwlbrfMA2za0lMsA9VPQcNY"
    "9QHuAvI1oN0tk8E2YdoyjshhQg0KRF0aRkoTLQ8nrUuJ7TX1UelwUm//8M3h8cHrwziKFF"
    "9ZFDzKA6vK6ltBX2Xp1qKwnjdQ17C60hxbXV8V0RuF1WaFlfBS6q5NKUoThN1M+YO3uYrw"
    "E2Tm+265fOvGJJNwxhrxgfYKdQkckAMK09zNs/YHFhA69H8mU8XgC3gO7NtFAIBC+T5FnW"
    "wmQ+dX5x9ygCcxQJWcTvDmDvGIDqCfnXw8O3l/rhGtp8Zd35MHapNODnGNrnfLsVZHtaiI"
    "sp4g3RxhgSYutd05BOpijjjMEuIg6r9DVHCNbiLK51CmvKrtV4Vj5rHVdQ8gEdVrn+iUyQ"
    "h0BYFBDzoXkvWZM013LYeeQpPI6lNwLlwdUT8UhD8ST02YkktA1Eguy+DTbIph7f7Txq0B"
    "adsI0tZ3FR/pJLYsnbNpUMv4DC/aplwdH1g7MtBSo2grxGxcB+M6GNch5zqcy2jjjU556u"
    "QciNTdBW6EillaUeZUVW/CR4pMW+eybAnze6JTGMCWx0g+ib45wlPUJ5G9/g1/h4Yyx4HB"
    "VAKTX3oAExZIUjYYFDgVzY1T0xPwwaa2RDCtYJ+nGWolKddkp5tKIHnvKSqBOMEeWInwbK"
    "Iw6fOU+jiYluUqZ2mzNQxTod33zVSahVyO0txiqwKM99OLq5Ob3+KkuNi0uLy++vG0IC3u"
    "9Lfb8xNj6BsLMCH/jBKtMwEypGYGbM4MaEVi7AXnIXEu6UBPj5ydlbm/wNKiqqXlRU0rI7"
    "eSIMJBbRuMDo2e6vJw3aeCOrso9IWylYiCQuF/5MEs5gLt3GXHvntVBOE2ONJye6vUBOIE"
    "5rVTkKReagQlKNaTxNIGU+iRWSzlRk4kMSXTuto1S2uQFKNFi7TopUqnz2vP6PoCrakT8a"
    "srS523L5j0BjkY3l00CShc82WESGoq6MLnWC/FbKACTzYGB/8d0ha7zsafu4+yk0Jl2dxI"
    "zTmnETeNV7rJXumz4aGbkx5To2r2Hp6+ToRu1n4bc/wrpfgvyPDPRehaAaBszrQ1+Inxnr"
    "ceP1nlczQTYA3lIDU86Li9KQLJFoFIK32F7yhBZhKV2/ypDOkD8a1wvIKMM6RGzm2Tcyuw"
    "kBsQ9yUd0YKg/fxWtxwRkdPF8mSriqjILxKnncxC6Gq7UeKgEKZQgDC6J1M0oZ6HXPxAkE"
    "ewDJPjCZ5qeMJlEwQvMlU7k2ooWFNCizws0uxQNXERR07cShsfJFhqJai69ZEReMVazqRu"
    "vnW5nvu9KpsCQavycvxetCnQguzalKTqKOo0pQGtW6eokwvymPiOfNfq1muCwtivWfs1Ys"
    "5q8Z4csfl2WvfttMPIIQN4DfdWBpAL7Jzk3UWmjm5n6Th0NWtHVg1FMy4KvGAU7Rv5DUdR"
    "jzqy/U6HaXQxkuDEG8hMQb3POhcsKNrNff3dF1g1f8x2ukx8PvLXn1Vj5qbwpIHCk3JLJC"
    "Gi6qtUmujpFqrWpyoY3PolL19mU4CXI99n3gW6beqzkfqehCXxqBKfjzmLZMPYurTKJz2v"
    "2lPoM+N8zoxOiKTMguYzxKuy7Szr6b+lYNn6ajtSXW7+VpmyAzyi3lTavCk7l+ucUZiSE8"
    "RCoXOdii3ndXUutweA+asIh/BORG42QJmD8EAoqDFgQhvosoVPJjI5NdWv2n2AjAUCkxs4"
    "oZMNNN742ZdEbLb7AJWUYw8GcXbR3Xw37zsFWt5FW6jfKbwSPhtO5DPKHqKX7aI7D3NhfQ"
    "57e73Xd3EbPUz62R6zS8ESjHM2E2puTBBlYWiHv+oQKaLKQxF4wSpobTxMTFA+RK0UNrMB"
    "wro3QNj4HfPX5oQ2sk3+Bp/4sDbGrv+YB6WtV5u5BaTbweVGpq/i1gpzOEu3HSxe/0TW5l"
    "VN7ypFZJKFDSBlAIv80rDKDMjSmjmwmXPA7Dr0MsSccC5rCTlBZ9Dn9ku4T1RRXh37M0e4"
    "fSdQNHAMrMaE1KmunLOCPacqFAOlqE050IrlQFl4rl4ee5rWqLg2qzizdZ7ZOu95g2qP2D"
    "oveRxoNg8ss3JE9D/8fEO8spSawsyzLeH61wajjzCX4ZFgOnfyAcj5ve6CGKRuZd2TaeV9"
    "HGSpgIq+SWKe3o9G7yE+DugDCA65WOfVRRE8dYijir6RQAJZ38g7dkAEL9rEoYlhZGzyAi"
    "jVbjoq4e+LQDvjsO9R7spdHxxG4CrTg8oty191kR0GAfGhnXoQuDAOyANlIUc78YbpqiTi"
    "M0helVAwn4XgvL9Sp1BCY6Z2RgzYCMkSCh2CrHyMZHk9Q70TeO/XefRui1IIDw+qmMMH5e"
    "bwwbIUQlgkRC0nJCbYwo0Ijitw+7iU2cclrkf0KVuFNToVnI8MvdnOcVX/Q+lC2/prcp+X"
    "Q/nJ02mqpz98+nlksLZjpk0Yw7iFsfEGvHtYcQZkaQ0A0GZJg0VKg5XknKY0Um6blFtR5n"
    "XrBkwI9cIZ1zC+0y13DEXUpnIde7TZ6AMJZAIg6pMBC4guM+dR1bg8Ygqr7UgDNKLDqEzL"
    "CdiYF2alrqvTukmbY2emQ5dkO8ZMshI0XVOZ3ubKdLPdztpKwPrSsFs1WJEjNstY25axVL"
    "QipeBqVXylKI1bsjnyb4UZo2IwORNmFpkpM19kaKMyoB0dhjlxGbKxr6Ffqo6+1Efc6CNt"
    "xjBvyTvUZ8JV9SS6TDzaUJgGkpT51MaePANnVIRoNzKOhLTv9JnqkZl0hwLK5SGbLtEF7R"
    "FCHW0THxlRo5AL5DPkMX8Ibfokhq130YkPI9sufSDOZx/byt6ScLms3ZkofF2W++jXgeeQ"
    "a20XcTaryYGhnHk5vdp5S+7FjP2pLNwhXmXoO2WW6bewIji9gnWm5oCVJys30DJFL2lAZX"
    "kZjx4wTVVtpIBJS7tS97ppoucfL66q2pmmsOYpCmsGMJalftSw6VNEWxg26FUqUugtKFLo"
    "5YsUlNqsw+WYYC1ZYS1ynXpHlfaHPlqwQfRRbodotRLVYW9MsG3s3e9VckwX+KX5+hp/GI"
    "K9U4e9SZonrKvR2RhpJkfX1jJ1q0zc8mmbm7SY8wkDm9PF3K01ebOE26iFj6oUMkGrBWoi"
    "V8oUWyRpTp8EAS4J2sYUGRY3GSJMWBbSW7Ci5JDdEXPAIt39zsOjvoO/fxZn8PzX2z/+zH"
    "CVckuFcwo0xCkD/mG/xGpL0mXj4EDYFH9nyvmJw+DX15cpF/r0InNmx9WnD6fnoJzVjIZG"
    "VOe45dEsYJw+HxScFgpjFZ2jsoTxefonFEB8ZWMlEGtg24WVjqiDWmWcq6YgFnVj5FFDHi"
    "lUoQ5knqV7Ouh8v6lldM3QeSEqUQdVLezAQOhtg1BTmR0RpLZKYkea1Mi5zXI2GVwvW/4m"
    "VPby5F8jVJZQFMwf0GCkMlYeVTlzluhoAzGK0sqZ/IYpj2LTe9XFtjIouZ3gqhzavo0kG6"
    "y+OgE/33Y7udh0dL1bHp3G8xbLwtPlDHhE5VBRHPClHBDb2FndpX5yOeRc7iIbsLkEbJaf"
    "VA0OR823kLv7lQKq+wsCqvv5gGrpYbDlpT/lZ8Caup+3S+p+njXB6uv/AV1dX8A="
)
