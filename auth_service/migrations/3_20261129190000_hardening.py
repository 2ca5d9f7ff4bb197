# Written by hand: what the auth service must remember to keep its promises after a restart.
from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True
LOCKS = ("users", "sessions")


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
        DROP TRIGGER IF EXISTS "users_unfold_name" ON "users";
        DROP FUNCTION IF EXISTS "unfold_name";
        -- safe: made of the names, which stay
        ALTER TABLE "users" DROP COLUMN "searchable_name";
        -- safe: the version before removes nothing
        DROP FUNCTION IF EXISTS forget_audit_events;
        -- safe: within seconds they are worked off
        DROP TABLE IF EXISTS "email_requests";
        -- safe: the version before does not ask, and the next upgrade supposes the longest life
        DROP TABLE IF EXISTS "issued_lifetimes";"""


MODELS_STATE = (
    "eJztHWtz2zbyr2D0JcmMzhPLdpJLep2xE7f11bFvHOf6SoeGSEhCTQEqAVrR5PLfbxegJD4lUp"
    "ZsSuGXxAKxALkLLPaNLy0a6sHecehxfXrHhG69Jl9agg4Z/JF51oam0Wj6BH9q2vWjrtDLYdhN"
    "mX5dpQPq4ng96isGTR5TbsBHmkuBEB/kkOkBF32iB1STAYzMBPOIloQKQl1XhkITGZAxVUQHnH"
    "lvSCDHitCAEep5zGtDR48ImDQg7oCKPvP2cG5PujA5jLzZaULB/w6Zo2UfJmABTPbHn9DMhcc+"
    "M4U/v7R6nPme+btFDf6418JO7PMoYEoBKtQUbo70OSYdC6QnI/OoZSABr+bH1zZJTKDC7l/M1Q"
    "5MUX2iCLj8bEBbGaw2lwEtPxObrr2K08zgCqZBwNGtY2ZKLHv7UabdmcKe8P6Z0D+YvrjEuo4r"
    "/XAo5v1HEz2QYgbA7dx9WGwB1Qxn0EGI+0CEvh9tm+nWsEtp3sWuoRiMx3o09HE3IbR9gXlby3"
    "EuLq+dD6fXjtPK7LQpRGxXRE0uoBDQwXHPIgL6+Ar/+Genc3DwsvP84MWro8OXL49ePX8Ffc37"
    "Zh+9/GpfZo4tO5TB2dmPZxfX+EISWIHlE9jw1cBQTZ05lWNMR2ex/w4wqPmQ5ePfQqTw70Uge9"
    "M/0tSY4n4ROaYNc3rMmdkM+d/1QuEirokaANPw9lxfurd7Qo6/b22IUguQfn32/vTD9fH7/+Dw"
    "Q6X+9g0Cj69P8UnHtE5SrU9fPEtSaTYI+eXs+ieCP8nvlxenBs9S6X5gZpz3u/4dty0eC9KBD3"
    "eAccaQNW2eNpkdPqX3bJsmSf4WcJlP7hlAiuKAoE3ReJObbkg/Oz4TfThQX5PD5wtI+9/jq7c/"
    "HV89PXyeItdF9KRjHn1NoFeFrssYHGM5PE1Kn1GRj+UEXArTXQDcQlQvYlWXl+eJDXNylmJcFx"
    "/fn5xePd03qIdOXCf4WYx/xQ7GJL4/fjx7V8DBYjApXIch9/YQsgTCo8NiC/Bt1vGBZTtxhmI+"
    "NL2A42JNWYwmoRqcpnBq5aeqOE1ANThN7XvPQ7G0ykkWA3m4s6y1KaEkdZIdlTnJjopPsqP0SR"
    "YqFji0X1FaSELtHJoPnpeRGKBXIaLNsySmAwbfqfJZbjGmk1A7h+kXhyUQ/eKwEM/4KIlmj2nK"
    "/RyO8e8Plxf5OI6BpPUd7mryP+JzldE7N6DpdEPuay7UHk77GGoOoighsE0R/fT98a9pGrw9vz"
    "xJc3Ac4AQIglaA3m1ME8WGLnVvxzTwnMwT2ZFFfbOPhp1huoUK4EVe9MWRyjTYeytFjwdDGiEo"
    "ZYFLPG0X2+DcWL/KRjhKRixQQNphqDSJhiJjrgdkjIYzSnymNQtIN5Bhf6BfQ4srPRgTnnBxS7"
    "S8ZaKNlrSuhJdeYIhb91SfxCdxAn8Yk90t6JmwPidEDxgPiMf7wJMUkcKftE2HvpQe6QGsFIyE"
    "iBQ0700bRmEAq4StYuAzJ03E/Owo+KcbMNyGaMlbYrxKkM/B0dZlvCoW6e4tyq1gwYqxETMT/n"
    "P4GDxkqXBXbKSKEbjs8RgD2UHDxf6LEqfjftrOND8d8VHydGRDOOkq2YWmADuI3s5RGekDehUi"
    "2DxLYhh5qmMZZBU8p8BWwnbNNMBNS3oGZcD6OXAYp7qBOwd8DdbumtFgl2za6EdUsKB6OaQudC"
    "MlgZa7k9bFxJ5valNZd1Jn//Dl4auDF4czL9KsZZHzKGtYNVLfCvwqDbcWhvW4jroNsyuLsdX5"
    "VR58w7DqzLBiWkrVsykB2Thht5P+oG2uQvwYWLO/a07fqj7JuDljjfaB+hJ1iTkgYyhMYjeL2h"
    "9kwHhf/MwmBsFn8B5UuHkGAGPl+xgNsp0InbfON3JAxzMDVXw5wZd7zGfWgf72+MPb43en1qL1"
    "0HbXd+yOu6yVsbhG7e1iW6tnepS0sh4T251QTcYD7g7mJtABVUTBKmEe4eIN4VpZ6ybham7KxF"
    "Yrvxo7Zta2uu4J0KJ6KZgNmYyMrkAwGMHGQsqu9CbJoXHqCXSJpD5jzoXWIRehZuqe9tSYKLnE"
    "iBrRZZn5NB1iWHn8pHDbGGnraKStrireU0msWTjnpo1ajc7wTcuUq9sH1m4ZqKlQtBNkblSHRn"
    "VoVIeM6nCK3sYrG/LUyigQiacL1Ajjs3SiyKmy2oQgBsxK55i2RNUtsyEMIMtTgm9iHw7phHRZ"
    "JK8/UW9IH2McJCwlEPlRAxjLAEFlr5ejVGxunoqagACZ2tHBpIR8nkSoE4dck5zeZALhs4fIBF"
    "KM+iAlwrvp3KDPEy5oMCmKVU7DpnMYJtqq79vJNHOxHIW5zaQKEN5Pzi6Or36bBcXNRIvzy4sf"
    "T3LC4k5+uz49bgT9RgKM0T/FRKssgBRoswK2ZwXUIjD2TKmQeee8Z5dHRs5KPV8gaXHT0/Gjrq"
    "UttwgQ2UFdF4QOaz216eF2TGPqbJNQaCMrMWMKhf+JD6tYafL0Jj33zbM8E+4GZ1oubxWKQIrB"
    "uvZygtQLhaAYxHqCWOogCt0ziqVYyIkoZmhalbumYRtLSsNF87jouQmnz3LPqH0B17SB+OWZpY"
    "3b1xK1QQWCd5uMAw5tAj1EyKlgCKGoPYplzzieXAoK/htiJXYbjT9XH3GQXGa5uZk2p5xG2Gy0"
    "0m3WSh/NHro94TEVsmZv4e2reOim/Xcxxr9UiP+CCP+Mh64WBpTtWbaN/aTRnnfefrLKdmwWwB"
    "rSQSpo0LP+TRJIOgkEpfQV9lEMrAlUrvNW6fM7JpxwtAKNU6ANnetG51rYQq6A3Od8yHOc9vNH"
    "7WKLCC4Xx8deJa0iv6Cddjx1oZtyo8wjISyhgFByyyZkzH2fDOgdIz6j6CanYzqx5omBHBP4kI"
    "mpTGpNwRYSemTNIpudqqJdxMOFW6rwQQylTgyqXd0yAp9YSZm03Xcu1nO/U6YoEPQqTsfvREWB"
    "FkTXJihVhVEnIRujde0YdfxAHjHh4beWl15jEI38mpZfI+Ss5u/JADd7p3Z7px5CDuvBZwyu0Y"
    "GcI+fEny4SdWw/x/qhy0k7mDUUrbjI8UJJVDfyiSLRiNaz/ca6aWwyklbM72GkoK2zrrQM8qq5"
    "r3/4HKnmj2mly9j2wV9/LslWKiXrJHDqxBJoq8o6TXbLBrJbisWd2DoofxQmgR7uNKx9PERjHP"
    "+Wz8im8sC3Q99HLjVdN/a5kSSimLhyrzyiDxmxZ8vQujSVKLmu6pNNNMV8RlaPkaRITFdTUbO0"
    "gI5J+//gID4LU/PU5rS/NvJyjw65P0HBOiFMKxuYCktyTGSobUBVvni+rsGxBgGsXwPYh29iWN"
    "GAS4/Qnjb2zEBqqwVgD8HGGAGbGNeUOGAjTUCuB0zYiAZr1PwkEEhOSxxwhBz5MIm3R27mJcNv"
    "jGX0JqrTfmOMorBtFMN3xBGij22TG58q7XwKO887L25mfew0yXe7TymEJcrFdCVUrH4QhXpYq0"
    "LZKRJApadi8IFl1KTZNDOA0lMYQpTUxmbTJIBWUMaagg4PUdBh628AWJu+u5Gy/1t8g8XaELv+"
    "ayumrGWFlZsDuhtY3sjyNdhaYQ2n4XYDxetfyFaSq6jIJYCa4OfG9tXYRrJHwyorIA3brIHtXA"
    "NNFaVvg8wxPbYSkWNwjaG7/hTuMpNkWEX+zADu3o0aG7jW1pqfzC21SsmcGlolkpsS0E1604rp"
    "TWlLYLW4/CRsw+LqzOKaUoBNKcDH9d/doxTgl4IYrJyTI4L/4ecr5hdF7+RG0u0I1r9u0NEJax"
    "leCZZzK+vrnD9rL3B32l7OLZuUrkuBqQ/G0YfAKllfx9ZEHwX8DghHBtTGCUbOQnMppXH0sQAN"
    "WU/wiRswrfKKUmxiGnSDngGkqQ5kAhg/a/J0FHZ9rgZYxcKTDFqlnRRLsD9rEzcMAiagn3kRaB"
    "gF7I7LUJGnswLwJsXjE1DepIRIIUNQ3p+ZWzWhszSVHgM5JJgSYr2dpa/FLM7PqHaj8O06rxKu"
    "UbTi4UEZcfigWBw+WBatCIeErqSEzAB2sLDCqxLYflWI7FcFqke0lZ3cnKMSykcKvilPuar+YX"
    "ih6/w1vs3Sofgm7STUw1+m/Tg0WNu12Y0bo1ELZ8Ib4O5uxRWQhm0MAHWmNEikPFiJzknIhsp1"
    "o3It0tauB4HU2nxwSjWcPWkXK4Y66lM6Lz8qnnrHAgwCJF3WkwGzafMqyoLHK7OoKa8akCHvR2"
    "lnXiBHKjcAdl2DVo0PHXlTHrok4nGGJCcG024y7eucad+UD1pbtlkXBbtVnRUZ4OYYq9sxlvBW"
    "JBhcpeSyBGSjlmwP/WshxhgfTEaEmXpmisQXdG2UNmhHl3uOB5K4VFjTLzdXedore+wVPSNYt+"
    "wN6Uo9MKkrNu09KpDMAwSVgrvUxzt9hnkW7Y3MgybtG3tHfCQm3ZCAK7w0dMBsgn5koY7K3kdC"
    "1DBUmghJfCn60KfLZmbrPXIsYGZ3wO+Y90lQ18hbaC7HNKGxsa9jZpH9HHgPPGvbRMlp+g9M5c"
    "3LA5hKYlhbmooJ5ggxoAK89Y1iOAcSzEHS3iCESfDBi5CosplDam8sA0/dwLfCUoGx3wCuRnqC"
    "H2fShzLC4RhEMhalCsFI0wL/0Wg4DNDjBmTIIaCou1IxpqjcQGTYLyEnmrmdLFixqJhKw0madp"
    "bnLtkJk1DlZgokyvylhrddYyP/eHaxePCyLx4KpBPzCl+b/PLT6dUpSS0h8i/y5EmTV/TIeUU9"
    "mMuQo4pKkwDaQa9Jp1SORmdBjkYnm6ORWv6VPFRZ0B3J1CiF6MMFiD7MItocz1XQOwNYS/RhjV"
    "T0zlGpuupHCwqrH2UqqxuJpwp6ZwC7ht79TikDyAL7RzaPS/RDkKuroDcO84BcwUb9JJEcta1l"
    "6ZZZuMXLNrNoqVIomzoDqgaVFm8acBePu6MyCXPQawGbyKTMzeTNJKaPg4AWBAfMIFIo3qQrOi"
    "bCoVbqREFIe0Ppgeaz951Ph12Pfv8oRofTX6//+DOFVa4c4zbM4RAnEvBHRYF4HIdLx1sA4Kbw"
    "O2XODxxucXl5njDVnJyl7rq5+Pj+5BSYs1nR0InbWMqs1RQQZ+/VBcWVw1x59w8tQXwW/gEJMG"
    "vZWgrMODBIwKLPzAXH6E+tSIhFwzT0qECPhPWqimsmDfdwLpr9TR2ja3bR5NqcqljvcwdoXDV1"
    "M9UnIogi0+0qAURJ0IbOdaZzEyn4bdO/ccl+e/Sv4JKNMQopejwYmsioe2VovY0NtIU2isIMrW"
    "xhnnuh6Z0ZYlcRFK+QuSqGdq826gaz/I5Bz3cHrUwMRNTeLo6CoPMey8IgihFwjwy1PIfrt3Kx"
    "8sbuuC/Uk4tNzsUqcmNsLjA245aqgOGo+w5id7+UQ3V/gUN1P+tQLbxEuTjFrPju5Ca/7PWS/L"
    "JHDeT7+n+K0Wyw"
)
