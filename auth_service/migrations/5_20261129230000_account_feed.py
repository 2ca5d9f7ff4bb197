# Written by hand: what other services follow accounts by. Triggers do it, so that nothing that changes
# an account can forget it, the version before and statements of operators among them.
from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True
LOCKS = ("users",)


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE "account_changes" (
    "account_id" UUID NOT NULL PRIMARY KEY,
    "revision" BIGINT NOT NULL UNIQUE,
    "changed_at" TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE "account_changes" IS 'The newest change of one account that other services follow; a trigger on `users` writes it.';
        CREATE TABLE "account_feed" (
    "id" SMALLINT NOT NULL PRIMARY KEY,
    "forgotten" BIGINT NOT NULL,
    CONSTRAINT "account_feed_one_row" CHECK (id = 1)
);
COMMENT ON TABLE "account_feed" IS 'The one row that says up to which revision changes have been forgotten.';
        CREATE SEQUENCE "account_revision" OWNED BY "account_changes"."revision";
        -- At the commit, under a lock ("accf") that PostgreSQL releases when others see the transaction:
        -- so revisions are committed in their order, and no transaction waits for another's client.
        CREATE FUNCTION "note_account_change"() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            account uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.id ELSE NEW.id END;
        BEGIN
            PERFORM pg_advisory_xact_lock(1633903462);
            INSERT INTO public.account_changes (account_id, revision, changed_at)
                VALUES (account, nextval('public.account_revision'), clock_timestamp())
                ON CONFLICT (account_id) DO UPDATE
                SET revision = excluded.revision, changed_at = excluded.changed_at;
            RETURN NULL;
        END $$;
        CREATE CONSTRAINT TRIGGER "users_note_new_account" AFTER INSERT OR DELETE ON "users"
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "note_account_change"();
        CREATE CONSTRAINT TRIGGER "users_note_account_change" AFTER UPDATE ON "users"
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (
                (NEW.full_name, NEW.email, NEW.is_email_verified, NEW.is_active, NEW.roles,
                    NEW.language, NEW.time_zone, NEW.archived_at) IS DISTINCT FROM
                (OLD.full_name, OLD.email, OLD.is_email_verified, OLD.is_active, OLD.roles,
                    OLD.language, OLD.time_zone, OLD.archived_at))
            EXECUTE FUNCTION "note_account_change"();
        -- The oldest changes go, and who has not read them copies all accounts.
        CREATE FUNCTION "forget_account_changes"(before timestamptz, most integer) RETURNS integer
            LANGUAGE plpgsql AS $$
        DECLARE
            newest bigint;
            forgotten_rows integer;
        BEGIN
            PERFORM pg_advisory_xact_lock(1633903462);
            SELECT max(revision) INTO newest FROM (
                SELECT revision, changed_at FROM public.account_changes ORDER BY revision LIMIT most
            ) AS oldest WHERE changed_at < before;
            IF newest IS NULL THEN
                RETURN 0;
            END IF;
            INSERT INTO public.account_feed (id, forgotten) VALUES (1, newest)
                ON CONFLICT (id) DO UPDATE SET forgotten = excluded.forgotten;
            DELETE FROM public.account_changes WHERE revision <= newest;
            GET DIAGNOSTICS forgotten_rows = ROW_COUNT;
            RETURN forgotten_rows;
        END $$;
        -- Another after each restore and failover, whoever did it and by whatever means: server,
        -- database, table and timeline are others then.
        CREATE FUNCTION "account_feed_epoch"() RETURNS text LANGUAGE sql STABLE AS $$
            SELECT left(encode(sha256(convert_to(concat_ws(' ',
                (SELECT system_identifier FROM pg_control_system()),
                (SELECT oid FROM pg_database WHERE datname = current_database()),
                'public.account_changes'::regclass::oid,
                left(pg_walfile_name(pg_current_wal_lsn()), 8)), 'UTF8')), 'hex'), 16)
        $$;"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TRIGGER "users_note_account_change" ON "users";
        DROP TRIGGER "users_note_new_account" ON "users";
        DROP FUNCTION "account_feed_epoch";
        DROP FUNCTION "forget_account_changes";
        DROP FUNCTION "note_account_change";
        -- safe: followers copy all accounts after the next upgrade
        DROP TABLE "account_feed";
        -- safe: as above
        DROP TABLE "account_changes";"""


MODELS_STATE = (
    "eJztHWtz2zbyr2D0JcmM6onlR3xxrzO247S+OvaN7Vxf6VAUCUmsKUIlQCu6XP777QIgxa"
    "dEypJNKfzisQAsQO6Ci33jS8sMxHDnxLJY4ImzoekNaOst+dLyzBH+k9fdhtbxOOzEn8Ls"
    "uWq0GmhYciSXQ3tc+KYloLtvupxCk0255Ttj4TAPge6GlHh0QrkgCo6wPmEeJXo2IoamIE"
    "wMqU849R8ci3LSZ67LJsfEJMJ3BgPoYh7pBtDPu2TiOwLGOGIHn8BmFjyC4w3Wvdgn75N3"
    "Qx8cDi/GielTMnAeqEdMnJUSi41GjmjL1QAlHgeswEhi9gXMiCPksm3CmXoKj8XHffLUBD"
    "AzgaeRD0FxIMxAfGra0DI0OTw19XbIdR9abepSQe3YuznwoDCB66oV4H+X9hWaAs/5O6CG"
    "YAOKjwHI+uNPaHY8m34GUuqf43uj71DXTm4STXbHxolkvyGmY9n38ePFu/cSAknRMyzmBi"
    "MvCzWeiiHzIrAgcOwdhMW+AfWob8KbxDaRF7iu3nZhk3oDaBB+QKNHt2cNNu2bgYtbsfV9"
    "P/AU+uVK+Gf/B/2IsWGGcXV9Z9ye3xlGK7Nz8RFS+0s3WbABgHSOJxBxX76qeWeIka0tXO"
    "Dsp5Obl3uHryQKGBcDX3ZKtLW+SkBTmApUEmGGdV9vtSzOT53BhSfysR6HSuEcHnc92A4R"
    "tQbUtiS/+u4fnc7e3pvO673Do4P9N28Ojl4fwVj5vNmuN3PocXrx48XVHT4QA66luBo2IC"
    "lmqFeswzZMkUX+O0CdcEY0H/1JyBQBbA26E/6zDDnChhk9Znz3CQgyB7d3Fx/Ob+9OPvwb"
    "px9x/rcr8XVyd449Hdk6TbW+VJ/GjBjRJOSXi7ufCP4kv19fnac/oGjc3e8tfCY4q5jhsY"
    "lh2nGchM1h01dkcv372AeHDT3Tup+Yvm1keliHFY3Ndo06o3SL6ZkDSSTEpn7O6MB9T2mK"
    "0aY7S5zF/XBcqYMYzxSfTdTxwM0pJ8GYCEYmQ8cakpB56LOTw4HzQEkPThw4I/0BEwLOnt"
    "wzd0XzPuKQyjucbkdwFBayytyDaW1Mcne9HHKv8+Yw4on4Yx4XvP1wcnkZsr3iEyiiTbUj"
    "KAG2GvQ+M9N7ulOoHuwpsB1xDqKtyOFOs755zAlHGRSHldQSbtkIPnkggmIhQ5gZ9oiNPA"
    "QlYC3hMp9MQAYGalH7GBmOksOB51O7DQNtEP4fQFDWx3CWV61vmcWs60trhv2WEhCABeEg"
    "+nkMx5rUK0K4GdJnmNRSRfgttSQk4FX+kAJMbAEe9P6iVih+V1xIA5dfDWjL/OXWkqDlV6"
    "Lh3qu4TARXsEylg2Ue+yt7rOgTohG9555B1UXw5xW9Y5onHwLTsHcsl1n3OyCDPof+uREy"
    "eVz1ij7TJMnPAJf55I4AUhQHBG2ipDEyPxsu9QZwoL4l+6/nkPY/JzfSurD/OkWuK93TkV"
    "1JzZYHlgUKA83jaYy51PTysZyAS2G6B4AbiOp5rOr6+jLxwZxepBjX1ccPp+c3L3cl6mGQ"
    "IwpMCfGDsbzlbAbzCLuZPiw2AN8LrWTxDRwXa8piNAnV4DSFUyU/VcVpAqrBaeq7t20US6"
    "ucZDGQpzvLWusSSlIn2UGZk+yg+CQ7SJ9k6J4xQHutJi0kobYOzXuvy0gMMKoQ0bIviWmf"
    "wnvyfJZbjOkk1NZh+nC/BKIP9wvxjF1JNNtUmI6bwzH+dXt9lY/jGEha33EsQf5HXIevzd"
    "4W03R6geMKx+M7uOxzqDmIooTAFiL65YeTX9M0OLu8Pk1zcJzgtC72tzPm9R1/ZGoEpSxw"
    "id52sQ3Oio2rbIQzyZj6HEg7CtCVrqYiE0cMyQQNZyZxqUC/ds9nwWAo3kKLxWyYE3oc75"
    "4Idk+9NlrSegweeo4hbtVLoZv+FP6RJrt70DNhf07R/+74xHYGwJM4YZ47bSsXPmM2OiGk"
    "ByNApKB5L2wYBz7sErqMgU+eNJr5qVnwX8un+BmiJW+B8SpBPgNnW5Xxqlika1z1y7nqYw"
    "QuezzGQLbQcLF7WOJ03E3bmWanI3YlT0c6gpOukl0oBNhC9HYOykgfMKoQwbIvFfQAPNVQ"
    "DLIKnlNgS2G7ZhrguiU9iTJg/Q5wmGViTLLgK7B214wG22TTRj8iNzASL0vqQjdSEujp3O"
    "iv1/VRKXdSZ3f/zf7R3uF+5EWKWuY5j7KGVSn1LcGv0nArYVjP66hbM7tSGFueX+XBNwyr"
    "zgwrpqVUPZsSkI0TdjPpD9rmMsSPgTXfd83pW9UnGTdnrNA+UF+iLjAHZAyFSexmUfue+d"
    "QZeD/TqUTwBTyH6Vl5BgBp5fuoJ9lMhM5aZx+yb04iA1V8O8Gbq0QWifWT27OTd+fKovXU"
    "dtd3FPOBWhmLq25vF9tabTmipJX1hKjhmDik4qMjE6hM8IFdQm3ieMcEs4Gk9ISZPJEpE1"
    "uV/CrtmFnb6qoXQIvqtUpGEqHRFQgGM6hYSNZj9jQ5NS49hSFa6pPmXGgdOV4gKH+kPTUm"
    "Si4womq6LDKfpkMMK8+fFG4bI20djbTVVcVHKok1C+dct1Gr0Rm+aZlyefvAyi0DNRWKto"
    "LMjerQqA6N6pBRHc7R23ijQp5aGQUi0TtHjZA+S0NHTpXVJjwiwZR0jmlLJr+nKoQBZHmT"
    "4JOozpE5JT2q5fUX/JgMMMaBwVYCkR81gAnzEZT1+zlKxfrWqagJeCBTG8KflpDPkwg14p"
    "ArktObTCDse4pMIE5NF6REeDaRG/R56nimPy2KVU7DpnMYpkKp75vJNHOxrMPcIqkChPfT"
    "i6uTm9+ioLhItLi8vvrxNCcs7vS3u/OTRtBvJMAY/VNMtMoGSIE2O2BzdkAtAmMvOA+ofe"
    "n01fbIyFmp/jmSliNHGq4eWtpyiwDaDmpZIHQo66lKD1dzSlNnmwSekLLSrD6UC7uYC/Ky"
    "m167+yrPhLvGlR5RZYNT2Nd2TpB6oRAUg9ieekSPjGIpFnI0xSRNq3LXNGxjSWm4aB4XvZ"
    "Th9FnuqdvncE0ViF+eWaq4fcFQG+QgeLdlNT2B7iZPcqp4nTzWl44nywQF/5goiV1F48/U"
    "R5wkl1mub6X1Kacam41Wusla6bPZQzcnPKZC1uw9PH0VD104fhtj/EuF+M+J8M946GphQN"
    "mcbdvYTxrteevtJ8t8js0GWEE6SAUNOhrfJIGkk0BQSl/iO4qBNYHKdf5UZIF1IxgvQeMU"
    "aEPnutG5FraQGyD3pTNycpz2s652sUUEt4vh4qiSVpFf0E47CV3ostwotUngYXl/k9zTKZ"
    "k4rqsKJLvURDe5OTGnyjwxZBMCLzKVlUmVKVhBwoisWWS9S1W0i9i4cUsVPoih1IhBtatb"
    "RuAVKymTavjWxXrudsoUBYJRxen4HV0UaE50bYJSVRh1ErIxWteOUccP5DH1bHzX8tJrDK"
    "KRX9Pyq0bOcv6eDHDz7dTu26mHkEP78BrDO3Qg58g58d55oo4aZyg/dDlpB7OG9I7TjheT"
    "6LqRLzjRMyrP9rFy06hkJMGp28dIQVVnnQvm51VzX/30OVLNH2Gly9jng7/+XJCtVErWSe"
    "DUiCXQVpV1muyWNWS3FIs7sX1Q/ihMAm3TzRgrOxAb4/i3d0Y2lQe+Hfo+c6npurHPtSQR"
    "xcSVR+UR3WbEng1D68JUouS+qk82UYj5jKweI0mRmM5DUbO0gI5J+985Hl56iuFPKqf9rZ"
    "SX++bIcacoWCeEaa4CU2FLTggLhAqoyhfPVzU51iCA/SsBB/BOFCsaOMzW16uaxGdCaQFi"
    "dgVsYl5Z4oCOBQG5HjChIhqUUfOTJ/QdduraVIQcu7CIvaPugVUlw7vSMtrVddq70igKnw"
    "2Xl8ziDPpl26TrmlwYn4LO685hNxqjlkk+22NKISxQLsKdULH6gQ71UFaFskskgEovReEF"
    "y6hJ0TIRQOklJCFKamPRMgmgJZSxpqDDUxR02PgbAFam766l7P8G32CxMsSu/tqKkLUssX"
    "NzQLcDy2vZvhJbS+zhNNx2oHj1G1lJchUVuQRQE/zc2L4a20j2aFhmB6Rhmz2wmXugqaL0"
    "bZA5psdWInIMrjF015/CPSqTDKvInxnA7btRYw3X2irzk7yllnOWU0OrRHJTArpJb1oyvS"
    "ltCawWl5+EbVhcnVlcUwqwKQX4vP67R5QC/FIQg5Vzcmj49z/fULcoeic3km5LsP51jY5O"
    "2MvwSLCdW1lf56yvPcfdqUYZ93Raui4Fpj5IRx8C82R9HVUTfew7D0A4MjRVnKB2FspLKa"
    "Wjj/poyHqBPZZPBc8rSrGOZdANegGQsjqQDGD8LMjLcdBzHT7EKhY2o9DK1KJYgv1Vm1iB"
    "71MPxskHgYaxTx8cFnDyMioAL1M8PgHlZUoI81gAyvsreasmDGay0qPPRgRTQpS3s/S1mM"
    "X5GdVuFL5f5VXCNYpW3N8rIw7vFYvDe4uiFeGQEJWUkAhgCwsrHJXA9lEhso8KVA/9KRu5"
    "OUcllI8UfFOecln9Q/JCy/hrcp+lQ/FN2kmop79M+3losLJrsxs3RqMWRsIb4O5hyR2Qhm"
    "0MAHWmNEikjr8UnZOQDZXrRuVapK3dDX0mhHzhlGoY9bSLFUOhx5TOy9fFUx+oj0GApEf7"
    "zKcqbZ7rLHi8MsuU5VV9MnIGOu3M9tmY5wbArmrSqvGhYzvkoQsiHiMkGTGYdpNpX+dM+6"
    "Z80MqyzXoo2C3rrMgAN8dY3Y6xhLciweAqJZclIBu1ZHPoXwsxRvpgMiJM6JkpEl/QtVHa"
    "oK0v95wMGbFMT5l+HXmVp7qyR13RM4Z9S49Jj4mhTF1Rae+6QLLjIyjzHMt08U6fUZ5Fey"
    "3roEm765reIADsdeX1QKHYpNezMH9GmqIpIGDW3fPZhGPyT3QRkYl5NQMHMYbYgbm76vZ5"
    "LYB1ie9wvI50SFXqv7Z964L6WjwbBVwQjxGXeQMY06ORQXyHnHjwTtbQeaD2J8+0pCSHz4"
    "wJSBNpucecJfXg8IZ4ircJZ2FiESxlzwoPyBplWLXa9KaYfYSvh8/MKa6BW8HATSORIlOH"
    "8Iolk5PuhPk278Irw/aDWY8B/2MxxdeSKUkZgXMCYh7V6UcwR3hpQFe/AN/BmYDMXRBNR4"
    "Cf3lI1nnQVA+0vKCF+yk1uZMGKJdBUdk/SYrQ4JUotmIQqt5LPUJUoNb0aGpv5x4ur+ZOX"
    "ffDAQzpRu/CxyS8/nd+ck9T+If8kL1406UrPnK7Uh7UkOapoSgmgLXTGdEqlfnTmpH50sq"
    "kfqe1fyfGVBd2SBJBSiN6fg+j9LKLlqV8FvRHASoIaa6T5dw5KlWs/mFOv/SBTsF0KUlXQ"
    "GwFsG3p3O6XsKnPMKtn0MCVwVkFvHOYJuYIKJkoiWbetZOuW2bjF2zaNWAfTpxWeDCm45x"
    "SiOGUgIplegXyRO0HaIQ4zrAvhUUsc4/m610oc4dfXlwkl+vQidQvJ1ccPp+ewvyURYJCj"
    "otyy9iy0Pxj/rcg0EkBPuK0/3p1l93XYWKcqYDGGbHKOqpcxNPmwEmNOA26jKHdQJscURs"
    "05AjNZppEulcT0ie+bBfE0EUQKxeuM3oipJ2jIMXTc3s6I2aDS73zvmqOebf7wLHa681/v"
    "/vgzy6Olpz2HTyxizTO4J+TIoeDxxBFKq2PMgDh1FfUD9R1YK+/KrgWIz8I/95G4URSIOD"
    "Bodx5IFngnOIYgVCTEvGkaelQRVeJm2SrezDTc03k1d9d1jK7Yq5lrT63i8MqdoPFu1s27"
    "lQi60z6JZWLukqANnetM5ya49tumfxPF8O3Rv0IUQ4xRMK/v+CPpBn9UUuNZbKINtFEUJj"
    "Vma1k9Ck3v5BTbiqB4UdllMbR95YTXmBh7Anq+NWxlwoZ0e7s4cMicjVgUOVSMgEckdeYF"
    "E3wrd5E/UoUrjh0o1JOLTc7FKnJjbC4wNuMnVQHDevgWYne3VLDA7pxggd1ssEDhvePFWZ"
    "nF1403KZlvF6RkPmvs69f/AzqXays="
)
