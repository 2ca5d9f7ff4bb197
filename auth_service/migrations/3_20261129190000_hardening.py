# Written by hand: what the auth service must remember to keep its promises after a restart, and
# what people say of their language and time zone.
from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True
LOCKS = ("users", "sessions")
LOSES = {"users": "is_language_chosen OR time_zone <> 'UTC'"}


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
        ALTER TABLE "users" ADD "searchable_name" VARCHAR(400) NOT NULL DEFAULT '';
        -- A name that the version before changes is folded anew: it leaves the words as they were.
        CREATE FUNCTION "unfold_name"() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.searchable_name := '';
            RETURN NEW;
        END $$;
        CREATE TRIGGER "users_unfold_name" BEFORE UPDATE ON "users" FOR EACH ROW
            WHEN (NEW.full_name <> OLD.full_name AND NEW.searchable_name = OLD.searchable_name)
            EXECUTE FUNCTION "unfold_name"();
        -- What the version before issues, it writes down nowhere: it may be the longest life that
        -- a setting allows, until its last process has ended, which is to be within a day.
        INSERT INTO "issued_lifetimes" ("seconds", "issued_until")
            SELECT 86400, now() + interval '1 day' WHERE EXISTS (SELECT FROM "signing_keys");
        ALTER TABLE "users" ADD "is_language_chosen" BOOL NOT NULL DEFAULT False;
        ALTER TABLE "users" ADD "time_zone" VARCHAR(64) NOT NULL DEFAULT 'UTC';"""


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
        DROP TRIGGER IF EXISTS "users_unfold_name" ON "users";
        DROP FUNCTION IF EXISTS "unfold_name";
        -- safe: made of the names, which stay
        ALTER TABLE "users" DROP COLUMN "searchable_name";
        -- safe: the version before removes nothing
        DROP FUNCTION IF EXISTS forget_audit_events;
        -- safe: within seconds they are worked off
        DROP TABLE IF EXISTS "email_requests";
        -- safe: the version before does not ask, and the next upgrade supposes the longest life
        DROP TABLE IF EXISTS "issued_lifetimes";
        ALTER TABLE "users" DROP COLUMN "is_language_chosen";
        ALTER TABLE "users" DROP COLUMN "time_zone";"""


MODELS_STATE = (
"eJztHWtz2zbyr2D0JemM6ollO8klvc7Yjtv6mtg3jnN9pUNDJCShpgiVAK3ocvnvtwuQFJ"
    "8SKUs2pfBLYoFYgNwFFvvG5w4N1GjvOHC4Ortjnuq8Ip87Hh0z+CP3rAtNk0n0BH8q2nfD"
    "rtDLYthN6n59qXxq43gD6koGTQ6Tts8nigsPId6LMVMj7g2JGlFFRjAy85hDlCDUI9S2Re"
    "ApInwypZIonzPnNfHFVBLqM0Idhzld6OgQDyb1iT2i3pA5ezi3I2yYHEbe7DSBx/8OmKXE"
    "ECZgPkz2x5/QzD2HfWISf37uDDhzHf13h2r8caeDndinic+kBFTICG6O9DkmLQOkZhP9qK"
    "MhAa/6x5cuSU0gg/5fzFYWTFF/ohC4+mxAW+GvNpcGrT4Ti9ZezWliuJJpEHBya+mZUsve"
    "fJRutyLYEz4899QPui8usb5lCzcYe/P+k5kaCS8G4GbuISw2nyqGMyg/wH3gBa4bbptoa5"
    "ilNO9i1lACxmEDGri4mxDavMC8rWNZF5fX1vuza8vq5HZaBJHYFWGTDSgEdHDcs4iAIb7C"
    "t//o9Q4OXvSeHTx/eXT44sXRy2cvoa9+3/yjF1/My8yxZYbSODv/8fziGl9IACswfAIbvm"
    "gYqqg1p3KC6ag89t8ABhUfs2L8G4gM/p0QZC/6I0uNCPeLyBE1zOkxZ2Yx8r8bBJ6NuCZy"
    "BEzD2bNdYd/ueWL6fWdDlFqA9Ovzd2fvr4/f/RuHH0v5t6sReHx9hk96unWWaX36/Js0le"
    "JByC/n1z8R/El+v7w403gWUg19PeO83/XvuG3xWBAWfLgFjDOBrKg5atI7PKJ3vE3TJD8F"
    "XBaTOwbIUBwQtCkab3LTjekny2XeEA7UV+Tw2QLS/uf46vSn46unh88y5LoIn/T0oy8p9M"
    "rAthmDY6yApwnhMuoVYzkFl8F0HwC3ENWLWNXl5dvUhjk5zzCuiw/vTs6unu5r1EMnrlL8"
    "LMG/EgdjGt8fPpy/KeFgCZgMroOAO3sIWQHh4WGxBfjW6/jAsJ0kQ9Efml3ASbGmKkbTUC"
    "1OMzg18lNdnKagWpxm9r3joFha5yRLgDzcWdbZlFCSOcmOqpxkR+Un2VH2JAsk8y06rCkt"
    "pKF2Ds0Hz6pIDNCrFNH6WRrTPoPvlMUstxzTaaidw/TzwwqIfn5Yimd8lEazwxTlbgHH+N"
    "f7y4tiHCdAsvoOtxX5H3G5zOmdG9B0+gF3FffkHk77GGoOoiglsEWIfvru+NcsDU7fXp5k"
    "OTgOcAIEQSvA4DahiWJDn9q3U+o7Vu6J6ImyvvlH494420I94EVO+MWhyjTaOxXegPtjGi"
    "IoY4FLPe2W2+DsRL/aRjhKJsyXQNpxIBUJhyJTrkZkioYzSlymFPNJ3xfBcKReQYstHBgT"
    "nnDvlihxy7wuWtL6Al56gSFu3VN99D56J/CHNtndgp4J63NG1Ihxnzh8CDxJEuG5s67uMB"
    "TCIQOAFR4jASIFzXtRwyTwYZWwVQx8+qQJmZ8ZBf+0fYbbEC15S4xXKfJZONq6jFflIt29"
    "RbkVLFgJNqJnwn8OH4OHLBXuyo1UCQJXPR4TIDtouNh/XuF03M/ameanIz5Kn45sDCddLb"
    "tQBLCD6O0dVZE+oFcpgvWzNIaRp1qGQdbBcwZsJWw3TAPctKSnUQasnwOHseobuAvA12Dt"
    "bhgNdsmmjX5ECQtqUEDqUjdSGmi5O2ldTOzZpjaVcSf19g9fHL48eH4Ye5HilkXOo7xhVU"
    "t9K/CrLNxaGNbjOuo2zK4MxlbnV0XwLcNqMsNKaCl1z6YUZOuE3U76g7a5CvETYO3+bjh9"
    "6/okk+aMNdoHmkvUJeaAnKEwjd08an8QPuND72c20wg+h/egnl1kANBWvg/hINuJ0HnrfC"
    "P7dBobqJLLCb7cYS4zDvTT4/enx2/OjEXroe2ub9gdt1knZ3EN27vltlZH96hoZT0mpjuh"
    "ikxH3B7NTaAjKomEVcIcwr3XhCtprJuEy7kpE1uN/KrtmHnb6ronQIvqpcdMyGRodAWCwQ"
    "gmFlL0hTNLD41Tz6BLKPVpcy60jrkXKCbvaU9NiJJLjKghXZaZT7MhhrXHTwu3rZG2iUba"
    "+qriPZXEhoVzbtqo1eoMX7VMubp9YO2WgYYKRTtB5lZ1aFWHVnXIqQ5n6G28MiFPnZwCkX"
    "q6QI3QPksrjJyqqk14RIMZ6RzTlqi8ZSaEAWR5SvBNzMMxnZE+C+X1J/I1GWKMg4ClBCI/"
    "agBT4SOoGAwKlIrNzVNTE/BApraUP6sgn6cRaiUh1ySnt5lA+OwhMoEkoy5IifBuqjDo84"
    "R71J+VxSpnYbM5DDNl1PftZJqFWA7D3GKpAoT3k/OL46vf4qC4WLR4e3nx40lBWNzJb9dn"
    "x62g30qACfpnmGidBZABbVfA9qyARgTGnksZMOctH5jlkZOzMs8XSFpc97TcsGtlyy0ChH"
    "ZQ2wahw1hPTXq4GVObOrsk8JSWlZg2hcL/xIVVLBV5epOd++abIhPuBmdaLm+VikCSwbp2"
    "CoLUS4WgBMR6gliaIArdM4qlXMgJKaZpWpe7ZmFbS0rLRYu46FsdTp/nnmH7Aq5pAvGrM0"
    "sTt68EaoMSBO8umfoc2jz0ECGngiE8Sc1RLAba8WRTUPBfEyOxm2j8ufqIgxQyy83NtDnl"
    "NMRmq5Vus1b6aPbQ7QmPqZE1ewtvX8dDF/XfxRj/SiH+CyL8cx66RhhQtmfZtvaTVnveef"
    "vJKtuxXQBrSAepoUHH/dskkGwSCErpK+yjBFgbqNzkrTLkd8yzgskKNM6AtnRuGp0bYQu5"
    "AnK/5WNe4LSfP+qWW0RwuVgu9qpoFfkF7bTTyIWuy40yhwSwhHxCyS2bkSl3XTKid4y4jK"
    "KbnE7pzJgnRmJK4ENmujKpMQUbSOiRN4tsdqqadhEHF26lwgcJlFoJqG59ywh8Yi1l0nTf"
    "uVjP/V6VokDQqzwdvxcWBVoQXZuiVB1GnYZsjdaNY9TJA3nCPAe/tbr0moBo5des/BoiZz"
    "V/Tw643TuN2zvNEHLYAD5jdI0O5AI5J/l0kahj+lnGD11N2sGsoXDFhY4XSsK6kU8kCUc0"
    "nu3Xxk1jkpGUZO4AIwVNnXWphF9UzX39wxdINX9ElS4T2wd//bkkW6mSrJPCqZVIoK0r67"
    "TZLRvIbikXdxLroPpRmAZ6uNOw8fEQrXH8az4j28oDXw99H7nUdNPY50aSiBLiyr3yiN7n"
    "xJ4tQ+vSVKL0umpONlGE+ZysniBJmZguI1GzsoCOSfvfchCfPV3z1OS0v9Ly8oCOuTtDwT"
    "olTEsTmApLckpEoExAVbF4vq7BsQYBrF8NOIRvYljRgAuH0IHS9kxfKKMFYA+PTTECNjWu"
    "LnHAJoqAXA+YMBENxqj50UMgEZU44Ag5cWESZ4/czEuG32jL6E1Yp/1GG0Vh20iG74gjhB"
    "/bJTculcr6GPSe9Z7fxH3MNOl3u08phCXKRbQSalY/CEM9jFWh6hQpoMpTMfjAKmpSPE0M"
    "UHkKTYiK2lg8TQpoBWWsLejwEAUdtv4GgLXpuxsp+7/FN1isDbHrv7YiYi0rrNwC0N3A8k"
    "aWr8bWCms4C7cbKF7/QjaSXE1FLgXUBj+3tq/WNpI/GlZZAVnYdg1s5xpoqyh9HWRO6LG1"
    "iJyAaw3dzadwn+kkwzryZw5w927U2MC1tsb8pG+plVIU1NCqkNyUgm7Tm1ZMb8paAuvF5a"
    "dhWxbXZBbXlgJsSwE+rv/uHqUAP5fEYBWcHCH8Dz9fMbcseqcwkm5HsP5lg45OWMvwSrCc"
    "O3lf5/xZd4G70/Sybtmscl0KTH3Qjj4Elun6OqYm+sTnd0A4MqImTjB0FupLKbWjj/loyH"
    "qCT2yfKVlUlGIT06Ab9BwgdXUgHcD4SZGnk6DvcjnCKhaOYNAqzKRYgv2bLrED32ce9NMv"
    "Ag0Tn91xEUjyNC4Ar1M8PgLldUqI8EQAyvs3+lZN6Cx0pUdfjAmmhBhvZ+VrMcvzM+rdKH"
    "y7zquEGxSteHhQRRw+KBeHD5ZFK8IhoWopITHADhZWeFkB2y9Lkf2yRPUIt7JVmHNUQfnI"
    "wLflKVfVPzQvtK2/prd5OpTfpJ2GevjLtB+HBmu7Nrt1Y7RqYSy8Ae7uVlwBWdjWANBkSo"
    "NEyv2V6JyGbKncNCo3Im3teuQLpfQHZ1TD+Em3XDFUYZ/Keflh8dQ75mMQIOmzgfCZSZuX"
    "YRY8XplFdXlVn4z5MEw7c3wxkYUBsOsatG586MSJeOiSiMcYSVYCpttm2jc5074tH7S2bL"
    "M+CnarOitywO0x1rRjLOWtSDG4WsllKchWLdke+jdCjNE+mJwIE3lmysQXdG1UNmiHl3tO"
    "R4LY1DOmX66v8jRX9pgreiawbtlr0hdqpFNXTNp7WCCZ+wgqPG5TF+/0GRdZtDcyD5q0b1"
    "zqDQPA3o2+HigSm8L5bMyf0aZoBgiYP+77Yiox+Se+iIhiXs2QI8YQOzD2jbl9PhTAbojP"
    "JV5HOmIm9T+0fYcF9UPxbBxIRTxBXOENoU+fxQbxPXLswTfZI37HnI8etbUkh++MCUhTbb"
    "nHnCXz4vCFeIp3iRRRYhFM5cwLD+gaZVi1mnozzD7Cz8N3lgznwKVg4aLRSNGpQ3jFEpUm"
    "J0nuTYXvyBv4cFiEMPZroMJEzfDjdGJSTuycgrDHwiQkGCm6OiAcDYcBSt+AdDoGFPVXKv"
    "MUFjIIXQYVJFA9t5UHKxdCMwk+aaPR8qwoM2EaqtpMvkBtotLwpmti5B/PLxYPXvXFAw/p"
    "xJzS1ya//HR2dUYyS4j8kzx50mYsPXLG0gDm0uSooyylgHbQH9OrlP3RW5D90ctnf2SWfy"
    "3fVx50R3JAKiH6cAGiD/OI1gd/HfTGAGuJa2yQ8t87qlSx/WhByfajXM12LUvVQW8MsGvo"
    "3e9VMq0ssKzkM8SMzFkHvUmYB+QKJp4ojeSwbS1Lt8rCLV+2WcRyzKA2eLK07F5Qi+JEgI"
    "hEvRL5onCArE8cRtgUwuOWJMaL1a+1+MIvL9+m9OiT88xFJBcf3p2cwfrWRIBO3AS65U1a"
    "aIKw/luTaaSAHnBZf7g+za/rqLFJhcASDJlKiXqXNaJyVIsxZwF3UZQ7qpJmCr0WHIG5RN"
    "NYl0pj+tj3aUlITQyRQfEmAzgS6gnacqwwdG9vLBzQ6ve+c+m479DvH8VUd/br9R9/5nm0"
    "drYX8IllrHkO94AcORI8HjhIaX2MGRBnbqO+Yz6HuYpu7VqC+Dz8Yx+JW0WBmAODdueBZI"
    "HXgmMUQk1CLBqmpUcdUSVpma3j0MzCPZxjc39Tx+iaHZuF9tQ6Pq/CAVoHZ9McXKm4u9At"
    "sUrYXRq0pXOT6dzG137d9G8DGb4++tcIZEgwCuENuD/WnvB75TWeJgbaQhtFaV5jvpzVvd"
    "D0Rg+xqwhK1pVdFUO7V1F4g7mxx6Dn26NOLnIobO+Wxw7ReY9lwUPlCLhHXmdRMMHXch35"
    "PVW48tiBUj253ORcriK3xuYSYzNuqRoYDrvvIHb3KwUL7C8IFtjPBwuUXj1enphZfuN4m5"
    "X5aklW5qOGv375P60WeCw="
)
