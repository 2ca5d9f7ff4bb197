from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


# Written by hand: the constraints (aerich leaves them out), and what models cannot say.
async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE "accounts" (
            "id" UUID NOT NULL PRIMARY KEY,
            "full_name" VARCHAR(200) NOT NULL,
            "email" VARCHAR(254),
            "language" VARCHAR(2) NOT NULL,
            "time_zone" VARCHAR(64) NOT NULL,
            "roles" TEXT[] NOT NULL,
            "is_blocked" BOOL NOT NULL,
            "erased_at" TIMESTAMPTZ,
            "to_clear" BOOL NOT NULL,
            "cleared_at" TIMESTAMPTZ,
            "copy_number" INT NOT NULL
        );
        CREATE INDEX "accounts_copy_number" ON "accounts" ("copy_number");
        CREATE INDEX "accounts_to_clear" ON "accounts" ("erased_at") WHERE to_clear = true;
        COMMENT ON TABLE "accounts" IS 'A person as auth knows them; `email` is their verified address, or null.';
        CREATE TABLE "account_position" (
            "id" SMALLINT NOT NULL PRIMARY KEY,
            "cursor" VARCHAR(200) NOT NULL DEFAULT '',
            "copy_number" INT NOT NULL DEFAULT 0,
            "copied_at" TIMESTAMPTZ,
            "news_at" TIMESTAMPTZ,
            "leased_by" UUID,
            "leased_until" TIMESTAMPTZ
        );
        COMMENT ON TABLE "account_position" IS 'How far the feed is read, and by which process.';
        CREATE TABLE "address_keys" (
            "id" SMALLINT NOT NULL PRIMARY KEY,
            "sealed_key" BYTEA NOT NULL,
            "created_at" TIMESTAMPTZ NOT NULL,
            CONSTRAINT "address_keys_one_row" CHECK (id = 1)
        );
        COMMENT ON TABLE "address_keys" IS 'The one key of all hashes of addresses, sealed with the service''s secrets.';
        CREATE TABLE "audit_events" (
            "id" BIGSERIAL NOT NULL PRIMARY KEY,
            "at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            "event" VARCHAR(40) NOT NULL,
            "actor_id" UUID,
            "owner_id" UUID,
            "mailing_id" BIGINT,
            "address" VARCHAR(45),
            "user_agent" VARCHAR(500),
            "request_id" VARCHAR(64),
            "details" JSONB NOT NULL
        );
        CREATE INDEX "audit_events_order" ON "audit_events" ("at", "id");
        CREATE INDEX "audit_events_owner" ON "audit_events" ("owner_id", "at", "id");
        CREATE INDEX "audit_events_mailing" ON "audit_events" ("mailing_id", "at", "id");
        COMMENT ON COLUMN "audit_events"."actor_id" IS 'Null where the system did it.';
        COMMENT ON TABLE "audit_events" IS 'Something that happened; what is written stays.';
        CREATE TABLE "bounces" (
            "id" BIGSERIAL NOT NULL PRIMARY KEY,
            "delivery_id" BIGINT NOT NULL,
            "owner_id" UUID NOT NULL,
            "email_hash" UUID NOT NULL,
            "kind" VARCHAR(4) NOT NULL,
            "fingerprint" UUID NOT NULL UNIQUE,
            "at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
        );
        CREATE INDEX "bounces_of_address" ON "bounces" ("owner_id", "email_hash", "at");
        CREATE INDEX "bounces_delivery" ON "bounces" ("delivery_id");
        COMMENT ON COLUMN "bounces"."kind" IS 'HARD: hard\nSOFT: soft';
        COMMENT ON TABLE "bounces" IS 'A report about a delivery; `fingerprint` lets a replay count once.';
        CREATE TABLE "count_changes" (
            "id" BIGSERIAL NOT NULL PRIMARY KEY,
            "run_ids" BIGINT[] NOT NULL,
            "states" TEXT[] NOT NULL,
            "deliveries" BIGINT[] NOT NULL,
            "hour_run_ids" BIGINT[] NOT NULL,
            "hours" TIMESTAMPTZ[] NOT NULL,
            "outcomes" TEXT[] NOT NULL,
            "attempts" BIGINT[] NOT NULL
        );
        COMMENT ON TABLE "count_changes" IS 'What a transaction adds to the counts of runs and hours when it commits; no row stays.';
        CREATE TABLE "idempotency_keys" (
            "id" BIGSERIAL NOT NULL PRIMARY KEY,
            "owner_id" UUID NOT NULL,
            "key" VARCHAR(255) NOT NULL,
            "request_hash" BYTEA NOT NULL,
            "response" TEXT,
            "created_at" TIMESTAMPTZ NOT NULL,
            CONSTRAINT "idempotency_keys_once" UNIQUE ("owner_id", "key")
        );
        CREATE INDEX "idempotency_keys_created_at" ON "idempotency_keys" ("created_at");
        COMMENT ON COLUMN "idempotency_keys"."request_hash" IS 'SHA-256 of method, path and body.';
        COMMENT ON COLUMN "idempotency_keys"."response" IS 'The response''s body, once there is one.';
        COMMENT ON TABLE "idempotency_keys" IS 'A request that must not be done twice, and the response that its first time got.';
        CREATE TABLE "messages" (
            "id" BIGSERIAL NOT NULL PRIMARY KEY,
            "owner_id" UUID NOT NULL,
            "subject" VARCHAR(300) NOT NULL,
            "preheader" VARCHAR(200) NOT NULL,
            "body" TEXT NOT NULL,
            "language" VARCHAR(2) NOT NULL,
            "revision" INT NOT NULL DEFAULT 1,
            "created_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            "updated_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
        );
        CREATE INDEX "messages_order" ON "messages" ("owner_id", "id");
        COMMENT ON TABLE "messages" IS 'A subject and a body in Markdown; `revision` rises with every change.';
        CREATE TABLE "mailings" (
            "id" BIGSERIAL NOT NULL PRIMARY KEY,
            "owner_id" UUID NOT NULL,
            "name" VARCHAR(200) NOT NULL,
            "purpose" VARCHAR(16) NOT NULL,
            "starts_at" TIMESTAMPTZ NOT NULL,
            "ends_at" TIMESTAMPTZ NOT NULL,
            "wall_starts_at" VARCHAR(19) NOT NULL,
            "wall_ends_at" VARCHAR(19) NOT NULL,
            "time_zone" VARCHAR(64) NOT NULL,
            "repeat" VARCHAR(8) NOT NULL,
            "quiet_from" VARCHAR(5),
            "quiet_until" VARCHAR(5),
            "next_run_at" TIMESTAMPTZ,
            "next_ends_at" TIMESTAMPTZ,
            "lists_chosen" INT NOT NULL DEFAULT 0,
            "recipients_chosen" INT NOT NULL DEFAULT 0,
            "runs_begun" INT NOT NULL DEFAULT 0,
            "status" VARCHAR(20) NOT NULL,
            "paused_from" VARCHAR(20),
            "status_reason" VARCHAR(40),
            "reason" VARCHAR(1000),
            "submitted" JSONB,
            "approved" JSONB,
            "revision" INT NOT NULL DEFAULT 1,
            "deleted_at" TIMESTAMPTZ,
            "created_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            "updated_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            "message_id" BIGINT REFERENCES "messages" ("id") ON DELETE SET NULL
        );
        CREATE INDEX "mailings_of_owner" ON "mailings" ("owner_id", "id");
        CREATE INDEX "mailings_by_status" ON "mailings" ("status", "id");
        CREATE INDEX "mailings_due" ON "mailings" ("status", "next_run_at");
        CREATE INDEX "mailings_message" ON "mailings" ("message_id");
        COMMENT ON COLUMN "mailings"."purpose" IS 'INFORMING: informing\nKEEPING: keeping\nWARMING: warming';
        COMMENT ON COLUMN "mailings"."wall_starts_at" IS 'Like 2027-03-28T02:30:00.';
        COMMENT ON COLUMN "mailings"."wall_ends_at" IS 'Like 2027-03-28T02:30:00.';
        COMMENT ON COLUMN "mailings"."repeat" IS 'NONE: none\nDAILY: daily\nWEEKLY: weekly\nMONTHLY: monthly';
        COMMENT ON COLUMN "mailings"."quiet_from" IS 'Wall time, like 22:00.';
        COMMENT ON COLUMN "mailings"."quiet_until" IS 'Wall time, like 08:00.';
        COMMENT ON COLUMN "mailings"."status" IS 'DRAFT: draft\nAWAITING_APPROVAL: awaiting_approval\nREJECTED: rejected\nSCHEDULED: scheduled\nRUNNING: running\nPAUSED: paused\nFINISHED: finished\nFINISHED_WITH_ERRORS: finished_with_errors\nFINISHED_EARLY: finished_early\nDISABLED: disabled\nEXPIRED: expired';
        COMMENT ON COLUMN "mailings"."paused_from" IS 'DRAFT: draft\nAWAITING_APPROVAL: awaiting_approval\nREJECTED: rejected\nSCHEDULED: scheduled\nRUNNING: running\nPAUSED: paused\nFINISHED: finished\nFINISHED_WITH_ERRORS: finished_with_errors\nFINISHED_EARLY: finished_early\nDISABLED: disabled\nEXPIRED: expired';
        COMMENT ON TABLE "mailings" IS 'A message, its recipients and a window of time.';
        CREATE TABLE "runs" (
            "id" BIGSERIAL NOT NULL PRIMARY KEY,
            "owner_id" UUID NOT NULL,
            "number" INT NOT NULL,
            "message_id" BIGINT,
            "message" JSONB NOT NULL,
            "is_sending" BOOL NOT NULL,
            "starts_at" TIMESTAMPTZ NOT NULL,
            "ends_at" TIMESTAMPTZ NOT NULL,
            "started_at" TIMESTAMPTZ,
            "finished_at" TIMESTAMPTZ,
            "total" BIGINT NOT NULL DEFAULT 0,
            "has_addresses" BOOL NOT NULL,
            "mailing_id" BIGINT NOT NULL REFERENCES "mailings" ("id") ON DELETE CASCADE,
            CONSTRAINT "runs_number_once" UNIQUE ("mailing_id", "number")
        );
        CREATE INDEX "runs_of_owner" ON "runs" ("owner_id", "id");
        CREATE INDEX "runs_message" ON "runs" ("message_id");
        CREATE INDEX "runs_open" ON "runs" ("finished_at", "ends_at");
        COMMENT ON COLUMN "runs"."message_id" IS 'The message that was frozen.';
        COMMENT ON COLUMN "runs"."is_sending" IS 'Whether workers may claim: false while paused, and at its end.';
        COMMENT ON COLUMN "runs"."has_addresses" IS 'False once its deliveries have lost their addresses to age.';
        COMMENT ON TABLE "runs" IS 'One occurrence of a mailing, with the message frozen as it was at its start.';
        CREATE TABLE "deliveries" (
            "id" BIGSERIAL NOT NULL PRIMARY KEY,
            "mailing_id" BIGINT NOT NULL,
            "owner_id" UUID NOT NULL,
            "recipient_id" BIGINT NOT NULL,
            "email" VARCHAR(254),
            "email_hash" UUID NOT NULL,
            "domain" VARCHAR(254) NOT NULL,
            "state" VARCHAR(10) NOT NULL,
            "state_reason" VARCHAR(40),
            "attempts" INT NOT NULL DEFAULT 0,
            "next_try_at" TIMESTAMPTZ NOT NULL DEFAULT 'epoch',
            "leased_until" TIMESTAMPTZ,
            "leased_by" UUID,
            "code" INT,
            "response" VARCHAR(500),
            "changed_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            "run_id" BIGINT NOT NULL REFERENCES "runs" ("id") ON DELETE CASCADE,
            CONSTRAINT "deliveries_once" UNIQUE ("run_id", "recipient_id")
        );
        CREATE INDEX "deliveries_pending" ON "deliveries" ("run_id", "next_try_at", "id") WHERE state = 'pending';
        CREATE INDEX "deliveries_pending_of_domain" ON "deliveries" ("run_id", "domain", "next_try_at", "id") WHERE state = 'pending';
        CREATE INDEX "deliveries_of_mailing" ON "deliveries" ("mailing_id", "id");
        CREATE INDEX "deliveries_by_state" ON "deliveries" ("mailing_id", "state", "id");
        CREATE INDEX "deliveries_email_hash" ON "deliveries" ("email_hash");
        COMMENT ON COLUMN "deliveries"."state" IS 'PENDING: pending\nCLAIMED: claimed\nSENDING: sending\nSENT: sent\nFAILED: failed\nUNCERTAIN: uncertain\nEXPIRED: expired\nSUPPRESSED: suppressed';
        COMMENT ON COLUMN "deliveries"."code" IS 'The mail server''s last reply code.';
        COMMENT ON TABLE "deliveries" IS 'An email of a run to a recipient: one for each pair.';
        CREATE TABLE "attempts" (
            "id" BIGSERIAL NOT NULL PRIMARY KEY,
            "at" TIMESTAMPTZ NOT NULL,
            "outcome" VARCHAR(20) NOT NULL,
            "code" INT,
            "response" VARCHAR(500) NOT NULL,
            "duration_ms" INT NOT NULL,
            "server" VARCHAR(255) NOT NULL,
            "delivery_id" BIGINT NOT NULL REFERENCES "deliveries" ("id") ON DELETE CASCADE
        );
        CREATE INDEX "attempts_of_delivery" ON "attempts" ("delivery_id", "id");
        CREATE INDEX "attempts_at" ON "attempts" ("at");
        COMMENT ON COLUMN "attempts"."outcome" IS 'SENT: sent\nTEMPORARY: temporary_failure\nPERMANENT: permanent_failure\nUNCERTAIN: uncertain';
        COMMENT ON TABLE "attempts" IS 'One attempt to hand a delivery to a mail server, with the server''s response.';
        CREATE TABLE "hour_counts" (
            "id" BIGSERIAL NOT NULL PRIMARY KEY,
            "hour" TIMESTAMPTZ NOT NULL,
            "outcome" VARCHAR(20) NOT NULL,
            "count" BIGINT NOT NULL DEFAULT 0,
            "run_id" BIGINT NOT NULL REFERENCES "runs" ("id") ON DELETE CASCADE,
            CONSTRAINT "hour_counts_once" UNIQUE ("run_id", "hour", "outcome")
        );
        COMMENT ON COLUMN "hour_counts"."outcome" IS 'SENT: sent\nTEMPORARY: temporary_failure\nPERMANENT: permanent_failure\nUNCERTAIN: uncertain';
        COMMENT ON TABLE "hour_counts" IS 'How many attempts of a run ended so in an hour, for plots.';
        CREATE TABLE "run_counts" (
            "id" BIGSERIAL NOT NULL PRIMARY KEY,
            "state" VARCHAR(10) NOT NULL,
            "count" BIGINT NOT NULL DEFAULT 0,
            "run_id" BIGINT NOT NULL REFERENCES "runs" ("id") ON DELETE CASCADE,
            CONSTRAINT "run_counts_once" UNIQUE ("run_id", "state"),
            CONSTRAINT "run_counts_not_negative" CHECK (count >= 0)
        );
        COMMENT ON COLUMN "run_counts"."state" IS 'PENDING: pending\nCLAIMED: claimed\nSENDING: sending\nSENT: sent\nFAILED: failed\nUNCERTAIN: uncertain\nEXPIRED: expired\nSUPPRESSED: suppressed';
        COMMENT ON TABLE "run_counts" IS 'How many deliveries of a run are in a state: equal to a count of rows at every moment.';
        CREATE TABLE "recipients" (
            "id" BIGSERIAL NOT NULL PRIMARY KEY,
            "owner_id" UUID NOT NULL,
            "email" VARCHAR(254) NOT NULL,
            "canonical_email" VARCHAR(254) NOT NULL,
            "email_hash" UUID NOT NULL,
            "full_name" VARCHAR(200) NOT NULL,
            "searchable" VARCHAR(400) NOT NULL,
            "comment" VARCHAR(1000) NOT NULL,
            "custom_fields" JSONB NOT NULL,
            "created_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            "updated_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            CONSTRAINT "recipients_one_an_address" UNIQUE ("owner_id", "canonical_email")
        );
        CREATE INDEX "recipients_order" ON "recipients" ("owner_id", "id");
        CREATE INDEX "recipients_email_hash" ON "recipients" ("email_hash");
        COMMENT ON TABLE "recipients" IS 'A person whom an owner writes to; one for each canonical address of an owner.';
        CREATE TABLE "mailing_recipients" (
            "id" BIGSERIAL NOT NULL PRIMARY KEY,
            "mailing_id" BIGINT NOT NULL REFERENCES "mailings" ("id") ON DELETE CASCADE,
            "recipient_id" BIGINT NOT NULL REFERENCES "recipients" ("id") ON DELETE CASCADE,
            CONSTRAINT "mailing_recipients_once" UNIQUE ("mailing_id", "recipient_id")
        );
        CREATE INDEX "mailing_recipients_recipient" ON "mailing_recipients" ("recipient_id");
        COMMENT ON TABLE "mailing_recipients" IS 'A recipient whom a mailing goes to beside its lists.';
        CREATE TABLE "recipient_lists" (
            "id" BIGSERIAL NOT NULL PRIMARY KEY,
            "owner_id" UUID NOT NULL,
            "name" VARCHAR(200) NOT NULL,
            "created_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            "updated_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            CONSTRAINT "recipient_lists_name_once" UNIQUE ("owner_id", "name")
        );
        CREATE INDEX "recipient_lists_order" ON "recipient_lists" ("owner_id", "id");
        COMMENT ON TABLE "recipient_lists" IS 'A named list of recipients.';
        CREATE TABLE "mailing_lists" (
            "id" BIGSERIAL NOT NULL PRIMARY KEY,
            "list_id" BIGINT NOT NULL REFERENCES "recipient_lists" ("id") ON DELETE CASCADE,
            "mailing_id" BIGINT NOT NULL REFERENCES "mailings" ("id") ON DELETE CASCADE,
            CONSTRAINT "mailing_lists_once" UNIQUE ("mailing_id", "list_id")
        );
        CREATE INDEX "mailing_lists_list" ON "mailing_lists" ("list_id");
        COMMENT ON TABLE "mailing_lists" IS 'A list that a mailing goes to.';
        CREATE TABLE "list_members" (
            "id" BIGSERIAL NOT NULL PRIMARY KEY,
            "list_id" BIGINT NOT NULL REFERENCES "recipient_lists" ("id") ON DELETE CASCADE,
            "recipient_id" BIGINT NOT NULL REFERENCES "recipients" ("id") ON DELETE CASCADE,
            CONSTRAINT "list_members_once" UNIQUE ("list_id", "recipient_id")
        );
        CREATE INDEX "list_members_recipient" ON "list_members" ("recipient_id");
        COMMENT ON TABLE "list_members" IS 'A recipient in a list.';
        CREATE TABLE "recipient_words" (
            "id" BIGSERIAL NOT NULL PRIMARY KEY,
            "owner_id" UUID NOT NULL,
            "word" VARCHAR(400) NOT NULL,
            "recipient_id" BIGINT NOT NULL REFERENCES "recipients" ("id") ON DELETE CASCADE
        );
        CREATE INDEX "recipient_words_recipient" ON "recipient_words" ("recipient_id");
        COMMENT ON TABLE "recipient_words" IS 'A word of a recipient''s name, or their whole address, by whose beginning they are found.';
        CREATE TABLE "domain_rates" (
            "id" BIGSERIAL NOT NULL PRIMARY KEY,
            "domain" VARCHAR(254) NOT NULL UNIQUE,
            "tokens" DOUBLE PRECISION NOT NULL DEFAULT 0,
            "tokens_at" TIMESTAMPTZ,
            "failures" INT NOT NULL DEFAULT 0,
            "slow_until" TIMESTAMPTZ,
            "leased_by" UUID,
            "leased_until" TIMESTAMPTZ
        );
        COMMENT ON TABLE "domain_rates" IS 'The rate of one recipient domain, and the one worker that sends to it until `leased_until`.';
        CREATE TABLE "mail_servers" (
            "name" VARCHAR(255) NOT NULL PRIMARY KEY,
            "failures" INT NOT NULL DEFAULT 0,
            "open_until" TIMESTAMPTZ,
            "last_error" VARCHAR(500),
            "tokens" DOUBLE PRECISION NOT NULL DEFAULT 0,
            "tokens_at" TIMESTAMPTZ
        );
        COMMENT ON TABLE "mail_servers" IS 'The circuit breaker and the rate of one mail server, for all workers.';
        CREATE TABLE "message_tests" (
            "id" BIGSERIAL NOT NULL PRIMARY KEY,
            "owner_id" UUID NOT NULL,
            "email" VARCHAR(254) NOT NULL,
            "message" JSONB NOT NULL,
            "values" JSONB NOT NULL,
            "state" VARCHAR(10) NOT NULL,
            "attempts" INT NOT NULL DEFAULT 0,
            "next_try_at" TIMESTAMPTZ NOT NULL DEFAULT 'epoch',
            "leased_by" UUID,
            "leased_until" TIMESTAMPTZ,
            "code" INT,
            "response" VARCHAR(500),
            "created_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            "expires_at" TIMESTAMPTZ NOT NULL
        );
        CREATE INDEX "message_tests_due" ON "message_tests" ("state", "next_try_at");
        CREATE INDEX "message_tests_of_owner" ON "message_tests" ("owner_id", "id");
        COMMENT ON COLUMN "message_tests"."state" IS 'PENDING: pending\nCLAIMED: claimed\nSENDING: sending\nSENT: sent\nFAILED: failed\nUNCERTAIN: uncertain\nEXPIRED: expired\nSUPPRESSED: suppressed';
        COMMENT ON COLUMN "message_tests"."code" IS 'The mail server''s last reply code.';
        COMMENT ON TABLE "message_tests" IS 'A test email of a message to its owner, which a worker sends as it sends all others.';
        CREATE TABLE "owner_days" (
            "id" BIGSERIAL NOT NULL PRIMARY KEY,
            "owner_id" UUID NOT NULL,
            "day" DATE NOT NULL,
            "emails" INT NOT NULL DEFAULT 0,
            CONSTRAINT "owner_days_once" UNIQUE ("owner_id", "day")
        );
        COMMENT ON TABLE "owner_days" IS 'How many emails an owner has sent on a day (UTC).';
        CREATE TABLE "sending_state" (
            "id" SMALLINT NOT NULL PRIMARY KEY,
            "held_at" TIMESTAMPTZ,
            CONSTRAINT "sending_state_one_row" CHECK (id = 1)
        );
        COMMENT ON TABLE "sending_state" IS 'The one row that stops all workers: `held_at` is set by a restore and by `hold`.';
        CREATE TABLE "suppressions" (
            "id" BIGSERIAL NOT NULL PRIMARY KEY,
            "owner_id" UUID,
            "email_hash" UUID NOT NULL,
            "email" VARCHAR(254),
            "reason" VARCHAR(16) NOT NULL,
            "created_by" UUID,
            "created_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
        );
        CREATE INDEX "suppressions_order" ON "suppressions" ("owner_id", "id");
        CREATE INDEX "suppressions_email_hash" ON "suppressions" ("email_hash");
        COMMENT ON COLUMN "suppressions"."reason" IS 'UNSUBSCRIBED: unsubscribed\nHARD_BOUNCE: hard_bounce\nSOFT_BOUNCES: soft_bounces\nCOMPLAINT: complaint\nMANUAL: manual';
        COMMENT ON TABLE "suppressions" IS 'An address that gets no email of an owner, or, without one, of anybody.';
        CREATE TABLE "unsubscribe_tokens" (
            "token" UUID NOT NULL PRIMARY KEY,
            "owner_id" UUID NOT NULL,
            "email_hash" UUID NOT NULL,
            "masked_email" VARCHAR(254),
            "created_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            CONSTRAINT "unsubscribe_tokens_once" UNIQUE ("owner_id", "email_hash")
        );
        COMMENT ON TABLE "unsubscribe_tokens" IS 'The random 128-bit value in the link of a pair of owner and address; never erased.';
        CREATE INDEX "deliveries_leased" ON "deliveries" ("leased_until") WHERE leased_until IS NOT NULL;
        CREATE INDEX "deliveries_address" ON "deliveries" ("mailing_id", upper("email") text_pattern_ops);
        CREATE INDEX "recipient_words_beginning" ON "recipient_words" ("owner_id", "word" text_pattern_ops, "recipient_id");
        CREATE FUNCTION "write_recipient_words"() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                DELETE FROM "recipient_words" USING "written" WHERE "recipient_words"."recipient_id" = "written"."id";
            END IF;
            INSERT INTO "recipient_words" ("owner_id", "word", "recipient_id")
            SELECT DISTINCT "owner_id", "each"."word", "written"."id"
            FROM "written", unnest(string_to_array("searchable", ' ') || "canonical_email"::text) AS "each" ("word")
            WHERE "each"."word" <> '';
            RETURN NULL;
        END $$;
        CREATE TRIGGER "recipients_inserted" AFTER INSERT ON "recipients"
            REFERENCING NEW TABLE AS "written" FOR EACH STATEMENT EXECUTE FUNCTION "write_recipient_words"();
        CREATE TRIGGER "recipients_updated" AFTER UPDATE ON "recipients"
            REFERENCING NEW TABLE AS "written" FOR EACH STATEMENT EXECUTE FUNCTION "write_recipient_words"();
        CREATE UNIQUE INDEX "suppressions_once" ON "suppressions" ("owner_id", "email_hash") NULLS NOT DISTINCT;
        CREATE FUNCTION "add_counts"() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            FOR i IN 1 .. cardinality(NEW."hour_run_ids") LOOP
                INSERT INTO "hour_counts" ("run_id", "hour", "outcome", "count")
                VALUES (NEW."hour_run_ids"[i], NEW."hours"[i], NEW."outcomes"[i], NEW."attempts"[i])
                ON CONFLICT ("run_id", "hour", "outcome") DO UPDATE SET "count" = "hour_counts"."count" + EXCLUDED."count";
            END LOOP;
            FOR i IN 1 .. cardinality(NEW."run_ids") LOOP
                UPDATE "run_counts" SET "count" = "count" + NEW."deliveries"[i]
                WHERE "run_id" = NEW."run_ids"[i] AND "state" = NEW."states"[i];
            END LOOP;
            DELETE FROM "count_changes" WHERE "id" = NEW."id";
            RETURN NULL;
        END $$;
        CREATE CONSTRAINT TRIGGER "count_changes_at_commit" AFTER INSERT ON "count_changes"
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "add_counts"();
        INSERT INTO "sending_state" ("id") VALUES (1);
        CREATE TABLE "aerich" (
            "id" SERIAL NOT NULL PRIMARY KEY,
            "version" VARCHAR(255) NOT NULL,
            "app" VARCHAR(100) NOT NULL,
            "content" JSONB NOT NULL
        );"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE "unsubscribe_tokens";
        DROP TABLE "suppressions";
        DROP TABLE "sending_state";
        DROP TABLE "owner_days";
        DROP TABLE "message_tests";
        DROP TABLE "mail_servers";
        DROP TABLE "domain_rates";
        DROP TABLE "recipient_words";
        DROP TABLE "list_members";
        DROP TABLE "mailing_lists";
        DROP TABLE "recipient_lists";
        DROP TABLE "mailing_recipients";
        DROP TABLE "recipients";
        DROP TABLE "run_counts";
        DROP TABLE "hour_counts";
        DROP TABLE "attempts";
        DROP TABLE "deliveries";
        DROP TABLE "runs";
        DROP TABLE "mailings";
        DROP TABLE "messages";
        DROP TABLE "idempotency_keys";
        DROP TABLE "count_changes";
        DROP TABLE "bounces";
        DROP TABLE "audit_events";
        DROP TABLE "address_keys";
        DROP TABLE "account_position";
        DROP TABLE "accounts";
        DROP FUNCTION "write_recipient_words"();
        DROP FUNCTION "add_counts"();"""


MODELS_STATE = (
    "eJztPWt32kiyf6UPX5Kcw/jEju1knN09F9tkwo6NfQFvZnbZIwRqjNaixegRwuzNf79VrV"
    "fraQkDlkl/8TFSV3erqh/1rv825qpu6Oz+oDWZmC5zGmfkvw2mzin8k3rXJA11sRDe4BNH"
    "HRu8teq1snmzse1Y6gS7m6qGTeGRRu2JpS8c3WTYukUW1LJNRlSbqK4zIw/MXNrEmdH5Rz"
    "KiOMCI6PyBbpGv1NKnOtWIqmkWte0mMS3CXMM4wNE0cwLD4Xw22PGQDVmLEWqpNr72Po48"
    "ULqwie7YxDKXTbLUnZnpOv6QqkE01VEPyJeZ6uAAK2LQqUN0Rkz4ZRGOKwC3h8yic/Mrdj"
    "x14MXIG0ZRnVGTqEwjJptQMjctSpYzyvzJGqrt4ExgnsQxH+D5DD6SMo1qZwRmpxvYkMH0"
    "hgy+cOSYysSgqjU6IKOJuVgpzJ2PqeV/PkzRnCIAwXf4v2oYwYf6DcaW6d7P4AscPjjHts"
    "v0P1yqOOY9xY8CnP/r3/BYh2l8ozb+/G8DUGpo/P+GMHAD29FvC0Q0LAM7AA3WWzC2IsLg"
    "Elst+PsGB4eFxX98b5LYQCEKSw8T4Cd3DPLlc7vXJkE78lfiWC5tfMfeFg8KHzy2Y3QN4f"
    "lzJejx7q5z+Ym3xKU6ho8z3DmLWi9WsIZY2Nx1de0AYfDdPWXwWQ7VhI2Eq9Pfc8EjjyTw"
    "AKcX0kKLHmh0qroGbsfGX6Yum+AuJHwk/HP8N39qQjNF6d4MlH57oCiN1O7FKST2nf9oAv"
    "gG5Ol4DgBivnv9RgjhTxs4wMXnVu/1u9M3HAWm7dxb/CVHV+M7B4S9pEQEjrA8hbEU/iOF"
    "7IuZamUjOwaUwDlMeR1sBw8idEeHXYjIbaEWzuBvikHZvTODn0dv3xbg+h+tHkc3tOL4Nu"
    "Fs9g7trv/qyHv3nW+qAM/8sKyC4xBgLfz6a7USegN0bR/BJ8dlEHxynI9gfBdHsKGye1e9"
    "r7SORZgdLmPKdrSQy2A5H8dJDDv6nCp/mqwSimNAO8Tx3eBiN0g+LbOWT/OX8mlqJVsmMD"
    "ZpHLcsS11lIzmESCDY0G1naxiOLr+xqxuOzuwDHO857r9B+7fBv/6dQKNuK2PDnDzQDD7i"
    "3ASMqSyHlYgBJlA6BshtoTR8slvsnd/cXGHPc9v+w+APOoPEar27Pm/3Xh/yRQyNdIc/7n"
    "QHyVsu5BtTKL8EZOFhkHPbiYAJlGs+5EHwz8u7/4rWbue63R+0rm9jJLhsDdr45og/XSWe"
    "vj5NHCdhJ+RLZ/CZ4E/yz5tuO8kQhu0G/0SevwFCnamATKeAyCbgJHgcPIpfAwKnX2FXiW"
    "ByT1XYUxxra22qOKTcVXXeVQkxPU7mDnNyKByHSpBYZ1u7/d9ui7e6xxn8dHR4/P74w7vT"
    "4w/QhM8yfPK+gOre5kGNwvRBkHbxwVidPCxVS1NSb8wjM69t+tX8aJ58ojKQIDT/i743U6"
    "q+W9PWfTTkqgPDNs0yakFlITZ/VD342VzCK4urp6aUaqiysqiqedqx8YosZ/pkRhaWidqw"
    "tBZwDfjH9VqV1D79uWoYuZsgU/Wz5tp/XOlzuN2V/+7o/Wm46PFH0XrvX7euroIbI1/HM3"
    "Et28w4VvKltgjiWbU79VbpvPQj++3zHtMJVOrrsTgioORw6szhMLq016CwACbpW2f6grCB"
    "Ivx4VcVsEwN6gvXm5dD1UVtNCqPcGll12yRh5d6p296pjZjiWet/patGpoQSvW4WCydeQ+"
    "WBrkr6LQxAoDAZJQARmMxnqj2jNv/ldUftJrGpaoDYgQ4CXAixqfVVn9BXNvw3saiTIbNs"
    "rmv0Xeg4hNGv1CKTmcruEU61w/5cx9C/Ug4ddvzRczXw+/DBmmj61+1gTBVuNiks1U5Y8q"
    "iDqzhDwakz1cqxwcThkhrOleMZaLbB2D/PGXt+dXMeO15BVDrvdFu9319ft357Eztjr266"
    "vwTtxaPz/PdBu5UUBSyK+FlHFohBbuDCe6pdzJ6h+vVggsakAzj6n8U0Jq/CClehq+lO+y"
    "vN892LXj9yFWJDhWLLkldh35zD4Q/9eL5iM+gc1qaG94jKL42lpTsOXimOusq479aAr+h7"
    "5u0quD4e8wgTvl0xLa2K25m5hP2oeFfUeuNhB+XH82n3lBFF8mePWenyPtfvn3x1+7fw02"
    "7ubToDeZf3z0dH7969P3r77vTDyfH79ycf3oZXefpV0cV+3vkFr/XYifX4PV/9fnneeyWT"
    "IF1z+frND3xxxHwPgoO5tIddALA7HffOXOyOy+i7j/PV3ccpbTdcX2ZwNpfV7ogwtVfuNL"
    "oAgnKb5Qlz9sp26JxougZyW+rG3abeR7wGy6JahKk9qnesR4tf8+Uv3DjcWjJzzfC5y6tX"
    "ODo8tUiVs1kA2T//5+OTMofzSf7hfJI8nF0bNj8INdUuwDjU/uH5pJTV96TA6nuStvpaFL"
    "7UdjIPk3xUx6H2D9Wb94LWqAPHb8ah8ff+TTcbyQJIkkvXJw75P7Jrf2gc9jmUPoiiGNse"
    "IDpUzQk0uMhQzGEH5zVypTo3Abe0kaWU8V81CxUyY96odDilRRem5RB1jPGIKtEoavit1U"
    "cymkLP1FoAYZwRMVC3r2JrQ10RL6gRgw2zAik30WVFjY3IEvJoIgVNFr6m4xEdh48wxZwq"
    "wlVcTqsSfJvyuColGCYAkWqUevJy+WoUkdiVyJAA3J0f1J6QpBbiYt0IsBl5MX5YlkVpHE"
    "oiNYHUB5h9NsfcZu6co7QDw6r+ZR5DbQBbZ0VdA1BxeUbge7Qh6998GpwR25w65fRGCfmw"
    "jHiYLx0mOWmBwaiynhNguw2tr/1yluaDPTAf1EW8aTkOnS9yjM7+u2axxdlrVVLCuWGU+B"
    "DEMeHMYpogk+AjleAo3B2KWs24fxS1XmEAiL2AxZAh62y684pST4KvLGHO9VGHsk4JOSQh"
    "7JRIkRL07x0AUrypHy+951Zi6WSUtBWbrjMx83LePM6PCuC1Zkn77S6yoZQ5QzZoX9/e9F"
    "q932Ebw3kEeIczcgrnsGvRIbtt965bXd58QS24qQAmenvXvWj3Bq1OF1NjTajlwKJYh7E9"
    "KheFVRCElY7B0jKoWBB8pWVR7SXb8jYWgxVcutXMGhFMnXdCnQxImgv4gGkp8wzjRr66LA"
    "61T+qyja1gj3+ssn4jiD1cvUcnZezM0KogzVbK0iz1vc/Co6Yk1TRF0uT4ZFpUv2e/0lWK"
    "nUmgPxA2L4W+XhgtvgcLLnga3diWugwFq+Q6BCTAE+olX7lo9S9al21PGnsGPcAF2vsueL"
    "BQI0sXIL5vFuoDvDwRfrhSOaUAT7SqAs5UZqueIRs4asyO6ic25alMzSmxXGbz1A8z07Vs"
    "L9JJd6DBfK479kfCTEzomuepvp1heIZZAouKWhbVoHf9/p5aXs86zxqLnXN39CBTq4r51L"
    "wRvASyPI8t9nlA+qikWJrWAzTH6A17yPyJTTGnrQkPUTmKzvaM3HrCSf9/r4ijPlD+Kd4s"
    "mzD3JQ8cG7v2infvd6pvJU+G1AvsSi8AixMOkIpZ+iKYHebpe6boMI7VVE4+2KxOxdyGEc"
    "jeIy0zjaF/X+kV0RYH23vU5aw3vDqUdfZqEvBHRmB1zP0YKBMUkSm8+RrCaqgTgfYfe1mH"
    "nWjGKo02EWjv0Sbs07pYL0OhMUtkESXKAnklfl2V8NFkhPvb8HQOKCp4dkWLTvSFTplzxr"
    "M/ILNOVcxNp+pWhlfmGp2goDEKW8D1wCtAgEQw9YRtzDhxJto7/fwQfqGLAPBALJ+BCPWK"
    "VwxxmdquBV+8nOkG9Vtxr6KRJ+qckcOjD2Sse0ISihQwIog82CQsQqEyk+kT1QgyUsC0R8"
    "E2GQUyVvDACxleYtyTa1MNpsboN0dxQEZWnaC+B6ELE3DgVcYAoSew8KKNgGpnQ8bokkRU"
    "RAGIkjFFrAC4aVNvFBV/WrxIyD0sdxgrzAA0Irh2bFFK8mOZUfoyVH2OqQcdfwojMcHN6I"
    "DcMGNFRtEEDkCiAzKPgpQdnoEZecl1jMoeJ4CAAmrKmZejKSkLyrSiWGG/RAafJfkreeW3"
    "f5UyOkfT0cy5b4vZwMS4BTzs8GlTjMdOVZoNzOLxqOrC4fj0Ko87XikhYLlRBZe/8sPE/Q"
    "SlO8BLEvufMZKwbjyK9HWuL5NYwY9RZGWqrekkpFzVa69qWRxoy8WBpEf/Fo6OiFUsu2wj"
    "iL00t29h4YYM6TpuaiHwDpN4CzJOFU+123b3stP9Bb3POPyQXVy1OtftyzPii35D1g/a2E"
    "Eb0b/tU6tzhc09gTTbZ23I2r/ddnrYDHh13eK93t3e9tr9Pj603QXn4KmW1BWUWQCHZZyF"
    "DvN9hQ5TrkKcgIoFkq5ZaZ8l4fbvlthCfptc1WMuB1SgeNwx91OjVO4JPUQV1+kEaK18qP"
    "t/GJfer9fDxiuuDHs1bPzIwTMyU/UPTGmZ5X1jbPT+ubDz7NtCiNcr2yu3jVktMKmFlo4a"
    "22MX95ot2h14uHsml7VSOMcga8UA/OixsrF9FNqfKqgLQxipKNyU6zfgNE2E6l7fPa+bF0"
    "aBsg7f0cKr6uudEg4Vy1xmCIjnPvSnX3vUUIPCfDnIFuK59wTh37fqXfLZdC3u997Ici+J"
    "3jYL/Uu4P5/n98BbliqaCJNaRV4SoZMIBfRrxDbRq1xl3D29yb1EFoaZVYvkaV1JF/Ean8"
    "3NAlsxErMq/xPA1IrzkUJwkv+R4eN7Ez7uZiVFKjokQ5CXrvHdsY1bygxSZnh2CmxfZtgq"
    "L4xIz+KCfWIU8L8YTFmO8cX0TeZk4loWhRXgsap+j0Kqpjm1bZgkmVrmn5RhOTzdIUsVnY"
    "q5ozOsHytdNGGjnXNPbL/pCFhnwCCx3fF/6MRpkoVFZ1TVML3U2NRWTWKo7N7FTjHeU6jV"
    "x7ltVEyizzBBxaVXmxmZ9CETHJrHK9/rFbeGhgz7CNDOZY8R79TTXQWhpkJ8q+9g7b8XXJ"
    "Rh/vxTuMKLO1r7Qa626EnNHbP98k1nvvez4wfDzlT0PWdPTg/8uJ8sLiD0zK1aYcmjT4lU"
    "wHwAv3n5/qc60+1ZqDEEeYrn2Sr1MQua7+csPXBrKlVJB9ANm58qF7B/jtr121/WG7MxCS"
    "depWMiDld7655/RXuhQ3ALeXd1NbvejiUQ4XKJkyW/ooQAsvuKEs9zdGysdoSIet1W7Mgx"
    "MLEpTNOgKsu5PGOAyaq6ALkt5Ac3a4V98WXG+S4/eM0GxnblOS/6/fshfQsVo+yanGf0GV"
    "r4wqcXGDu/ubmKEe68k9gS3bvr83bv9SGnIjTSnZydwrlSew37bQxQKjFrrcQMeOWKJBbA"
    "JIFrTeBItlxrG2/SDaNmPjD7ROWEBFyFzAlQSec609kxHTXDt7ZIpAhBpKmikqAwU+2g6l"
    "VWBpdChjUFW2+e9RNnTLHCWFLtOFO/UmLAIkZlo26R8KN4koz7si6cu2FYZVx2vYxMggni"
    "qYam66irF0aJssam+CJc30mtKFNcJRe1PcwCGz/fs5OaVcJRzPFsH5EUOcs9AUuBhWyfkL"
    "RtC2++s6OIzWJb73qujsLtH3ooYsImdE70jJ9nhP7hqoaXJ8uvTjrFlLncNkt5wqu5OccE"
    "Vynb7/aGkS6SNeYSmgXGvJcW3b6GsUQGtmcFtku/O+l394OJRNLv7uX63XU0dHl2KJusgF"
    "SZvFmiSTGHpkeNlQe6qlCXHqjJNTLABs1d+I+ZDhlTomGiUmepT2gzdHALAle91qjdmeoW"
    "AsOlQ+7NDA5tGwNUdEqbWFT1LQ+P+HAlcagIoE3p1VW/s7GIEZReXZuutk0zEjTkB7n7ze"
    "vMSZdf0dsvguUfkzkJ5c51plp5NUASkEnrwMqvdVEPnDf6n1s/HZ2covQ9h/Pb1JpkoToz"
    "fgWgX/UGjAC+B1FoBAC8n3e6rd7vob9RaIe7uun+cp7hcXT++6DdKp3qYQDXQR5xXkSqB+"
    "6AF8z1le07uHMbDl6xFB3JA5/wJ6foj9Em5QoWI03QPOkflhD9Ytd0FXN1HPK5nE8af5mC"
    "2M3rVtlwnlLtYIIVog6YufxbY/d3wouwY6fEomfi4wNbUhYDL9iZCjh3/1lpjt13IG3Gs/"
    "97VcdUsoSFZi551n5cuhkMeSV4HhETuuB5USkj319r5KXex9z6ERD88lh2kLuaqH+9G1x8"
    "JKOlahhKvB/omD+N9bZEvp93Ca8I3wbY7Qgno/wJR9AItggqbTFchVc0mMww1ga2sQ0CAh"
    "mvMASGZ31DwU+MgcFe8QVXDntT8QQPr3k4jTBgxv8qfPERTkS8ozD0FFcANrKEs5EHzJAR"
    "uu6C1IC1CZiPqwjB0XOAmQWaa150AdnOIePvm8TGMgfwzd63ocfnGGUfPoDn6KlMLXMeVl"
    "FApaXrBwTBpnLnQGn4x3EtDBMymz6uvWZ+Bkf8Sq94nL2yHTr3I4k0oUPUFVIyClbngQdo"
    "jw7wm7w+OGZVZ8gw4go3iEWWFshPIb5XMA8MnoKOTYtouo1rHisuQCe2O55jAJIWfkjgAB"
    "4GZw1Z2AiWEGwhy/yK7cNF4j1SDTIGUsGMhV5e4dr+qqOc1+TPdY3bBjiJPJREpGn6tG7y"
    "peToXglBDMBCDeEBwTKAqDjQgsgyYlA1KMDBqYf5qKKeeVUNHgYG/02n2w+lCqi0RjiVR+"
    "2Kw/h1DTy4quMIu7P0gJpbIYKrfIRY2P/jUWJSzJdifr2l1A0Fb6l5WShyYrfU+qedWFfQ"
    "L5XJ7qggk91ROpPdwrWAAmubKAXwHabg1hlcZvM1knB3up9uetfcEhn2MWS/ttu3/NkDpQ"
    "v+5EvLbwUseThOVZviaRmbYlJQEWyKpxnJsmXQyj5KjzJo5QcicFz2rHK3pSHrfMs1rvQH"
    "CpfW0fuf3r776ejD4O3R2bu3Z2/flg2hjZ+mP5c5TX/OP01/Tp6morRfmQr5203SoAINQj"
    "1KFQLEgHbIddwNLral/ozj+bRMmZXT/Corp6kiK55Kal0mL4LeIbaZT+Aqq70LR/YZ134N"
    "2WWrc/X7GdFApF4BQ9du/4o/l5Q+4O/rm+7gMz6Ym8yZGat1tsOHElT6kEukD0ka/eHq1O"
    "G6tCqbIQ5VZ5vOF1Sh4t5tEoOfSkfrnkNl7J351s6UrdNDYU5lh8cwn1fUodaof/uhJqgX"
    "dW8VGd4EqAztrDPPK5o01iL0ZsUbSentVU8RbE5pSudqoZNgL90FeoMFPRIGuwpIzYSVmB"
    "VT5I3pfZbXcpHfuAAkcSmEubgZoXTl41zcrFDybcoXmqVOnaoCxmWv9WkAQgXCDlnrS6sz"
    "6HR/UVq3t72bf7Suzoi6VHUHQ10DW/CQ9dp/b18MMEYlsD4PWf/ic/vyjge92JMZ1Vwe99"
    "K763a51hlWGeN66NvWHY9u8QztQ/ap0+30P/NYGT+zRfRMwcNdafd6N71+9F7BnKMKtSzT"
    "soW27VYPpZ+wFVUtFIsuO/3WOZ9WYB1Px92swzZuPq+14Hqwtu0i3kWdGXi57uqy7mJ+K1"
    "XExRRgjdfbmnqrzZcsrY7mfcbv4dtSFmBsVhCpmLYBh25NaUTnJ46MAT0pdWTNcF6A4a1k"
    "jgwcyaogX4SRuF8f94FPXiWhKgJ5Xv7/sD78v++PuIZ2Jw4pdTt11u289MCGTDLLqpcRgd"
    "2FtiaB45CSwDUl8N6nbq+hu3BRErm8fO1rJJGLunpZhCidQy62BGPJE2AKpHt3dVUuiVxQ"
    "KCix+ism/drpEbbLpGjcUKBwe8wTseTHm1296AICpbAVGVo2g7Je0N8+4W0XcY98rRXEPg"
    "Zr8fH4x2gHlAmCxMZeyFtY7YvcmzyTbFbM42PNKwZnYXflo4u8L1MCBYGML6obw9Ak+fFF"
    "AakrkUAAktmuKpJCZmCuLfMsMzBvNgNz0o1nE5gNOZk94wKT+BWO2FrldUsxlAXMUYzrLM"
    "EhxbnectndfAiynJnzNPNDxtTWNS9RP+dSsjO4rdNJRZYqHKQCXyW4W1kiKiWHVbdbpYjD"
    "ktf8c6dzFbdeJRIkISURJK/1Anit2GWxMYZrjxGc3Of14rh8RXwmoxUp6Yv4K69Vaa7KLw"
    "nvZ8zCXHmY6OpatR40c8k+YoIkz2VhRCwdyxvxMvRejQEv0VIWm7WhXrebZ8jHlGJaWmGS"
    "Iclr1ZLXktlyNpwtx9+0aXwW+KVGIHWOZF/TZfJdKY/JdwUOk+8ycuZYdEZVLaumfD6eY0"
    "A7jHNo7ATPW8lNhJdOGsX52W2D9nuxjovcTraRtdaAK9vNdEbIX9MizA6XtBfItoNFXWZJ"
    "5y/otDO7dDbdhLOpdEPccy816Ya4hwROaZfK+GqJyaif7lZTgt4vxDluyyUaC61FZc1E1c"
    "1DC2rZJvPNOszLZEyWlu5wu85HTPnPsxhTdTIjE5WZTJ+oRlC3mZda9KGyFBob7J2nIaf4"
    "0WHWacJ/8qTf2Nko7EBJtIuqTGPi7Yk5X2CKfTJeBZmxeXtePmPEbVgPdAXv8XcTWvl5uI"
    "Nyd6gV4R1NTZdpmGx84tqOGdB6hHDEXaBZzKGMIC01+O+bYx/AHM05Vpjkc1PJwtK/wsbA"
    "ekgUkyh5X+TnN9fXqnVUTZsj2M8e0+ckMixHKKswhgCUP5BUHEnF0bY4gjopjvhmqCL6hQ"
    "B7IWwnKyqVScAHrQoqKqVS8CUuhCq4zgCVWC+H9fghX/aoiEPJwyKB1Cn0rVRNzB4DkvrP"
    "MvpPm6rWZMa/vgKi41B7h+njUpg+LsD0cRrTPidc6VCOQPYOx9tKNBGTTdLIzs93kAJ8Ut"
    "KD9VAfVUUbu7rh6Mw+wGGfoyTaVnIhSLXqHmrdpFp1zwm8llpVZ8pmNav76HWWCJyfj6ll"
    "z/TFUzGGgRDXvLd9xdXStLJu92oR1sGC+gKd7ROidqO4z42DTcXjlFHgV4uF9XTMPMTVnA"
    "oVPbN08oVtd6Ns9sNhpQehVARL3Y6st7dtnY6UsvaQCZdS1p4TuB5S1p7FUGcJWFK42rXM"
    "IKAsS2CIY7RAWuAR8AIVq8WD64yoXA4ojviON9tiTLf4NTKa++XKBzJfjozj/tGIUBDHLd"
    "O6bDiti4zj3tc47rgGulCXGuioS+lSQ+14GQYJG3PP44gHemVzrWmTmBYBrke30KPZoIFf"
    "se8jbNqUjOm9zuu5YLuV4CWcwWJtZyD0k24B6fX7e2ph9/CezPV7i/PxofP1jEInlrmEPm"
    "0TPY/5CyuuEkaXbPTPBl4PIebb5gATFJNMYL0vvSImUCqJN6wkXvoHXlklcdB+D5XEW3FH"
    "k6xz/Vhnyd3tE3d3acJ/rKfy2aRZO+F1MV+n8YYKkq8kUzcAFgibI3eDIWeRcsvri4eBcU"
    "YJ38LJ+UAtL1e0jUWQMZJLdwgvO05GBlWxhCH/NUrzdVsci4fATQEjLlwTIzIBfg94NIfO"
    "F7CnrBUMNXVtwICnsgPm7mPQj22YS78XjDWbId+o2zgiZ+yssnmDJLNVS2bLW1lVuIMIYj"
    "P8wfMSYfsxLY75QLNKWHwyTDVniUcgCRRPEWaXl9ATihYXYPLy5u78qk1ue+2LTr/jO0eH"
    "VkP+Eh/BA927f3rt1lUmWtew28YAZQWzutluY5FL/oWVJnHu7SCCyHrfQWRSeIdX3SxxSL"
    "lb6rxbfI5vnJGEK19xEgN6gubk5dC1guJE5KGr7pwkrNw7dds7FbyEtircortQn1pfqdV3"
    "8iTcZJvmoyn/FZs3ryDmTnRr4oIAObaoipJlIGyKIqmXY4T33OTpV1TD8CXRDI/xjfX6BP"
    "HyeT1kayXcnJQSbk4KhJuTN4+Ik5Jj2wzHZi4oW+/eiUPKW6dut048iaftKNSyzEqpaeNQ"
    "a51TNaNp/KA6KWWjOSmw0ZykbTRSCyO1MPKUenm8sVcyYEDzCoUK7x/hif2CxA6tEByJjf"
    "3Eetzbxu/Es7TYXnrBpp/jTw0sMp4xRsUsfMH/wM6ayLhmRlVufhC09nxBpxwS+EU0/QFe"
    "c+sRPnxlE2C3dSCEFvgIvWmGY7+Gnkc9lx34D0ZvOOP+VTVcag8ZdIOeRL6LkEfMNx89vh"
    "6/BtMY+nvKPiAdhyxV/BSdkZGN8suIAJeioSnJtzLRbwsdIOE8GK3jKWQHQhGj3xzFsVZ4"
    "sDziMRRbEIrmcvgcT6FEAsO1yl74A5lThYMXjCZNZbU0lUm/JJnF8IXZHudRBaM4jvNzNw"
    "kgu8/a9DxLdiv5mbyrsgrmIwiZLmvj5Ag5hPRZ02buPOUJFreCBcA7TB3nM0gV8d+4bXcv"
    "O91fzgIGa8gurlogBFyekYmhgiylDVk/aGMHbeDJgP90huxTq3OFzVEvh63vuhft3qDV6Z"
    "4BszahlgM0HLL2b7edHjbzODfs9e4WRMl+Hx8G+a6pluR3yxyFh+Wy2RXkskueg6qDrk5O"
    "FbWkCCLVkoEyXWCvU6gsFvgToLWKl+//YVx6v14PG6/owpzMXg0bP3IEvbQrS7tyDXH84v"
    "bOxNQyuI7cSydovtaFsxsycqOuYLB9ZRM0SBCLLowVwQ9I6bh2czcB1RYwQiVjrwgjDSml"
    "DCkyI9KeH1mRKrYqgeOQtSKwvJnqZNW5Qa3opbpqZJl0wpfNQnuOp1nV1FVJY85ncwnXFl"
    "sFlZ/CmlJoq+DRLCaGvkCH5PXd4OJN2lKzVg8yMEZq+xtS288vgAwBEi+UnDAjNUt0jN0i"
    "+4VKvBWyDCRVlFYRwA+tsqrLPdf39Kv5br2xBsX3na+rVUJddDmnXh5HCheXFybqmAtbdK"
    "49I6MZIlH1qgra1ME0ISo34psW5TZ/eDCamYaWE7C66QE2fGH25zCbJ1+Zm3H1Pdzuhfnu"
    "6P1puFvwR9FG6V+3rq4evwV94lWVBAQwqZ+SUkDO6RgVRc0+HIX3j5yNQnnVckdji4WVYv"
    "nBBYeNHRVRFYrHYj6lJlnqsIhdZPChL/52NTa1VYY312b6RQeujoMn5gNQjuERib5VUW3Z"
    "wPUqVfg2cBSDXg39K7UJbCzbtehHIlTAxSKxMILnewXdsO0n8BdJtL16sbFRZMVYKX1Ji5"
    "MsrLkv/ms1W5g7cF+zqGqbOclJHvfaiaDr7C7YuOv27877F73OOXrOuMx2x/h+jD41gJhL"
    "5fwGXXDO4N4HlmtsohPOkPVvPg38N/0zYptTx39lD9nFzfXtVauDLj1YsN5Akg3Zdat717"
    "o6QxWmqxolbXRxv5zTMn45SXZW8Ms5zTMmVfMtiEPJo14a6KTMtiOZ7S46ngYYwdXIEtxS"
    "jZqF0ptw5ClRzF3Z1GxMM+fk8OjDT2Pd8eJTMMwEZSMY6MGLqFmoOk9P65lrUOfkS0sfCa"
    "Nf4REKSTQj0+7mh+CJ2Oaq/QD7zBPImtDLAyXq0D16e3T6P/SbCkc2PYCTu4my2hLFSBxr"
    "gXE5KLlBlzqXDZE4RJ06fu/u03OxOQG5yh7FIcAmmcPH5R/BXZmPhH+On8NX+dFzuZYizh"
    "6z41LG2SxSxaOqiqiThJMSTymJRzJvknnbGvPWopY+mWWybP6rYkZNjRo9xpzl03bD9r0f"
    "RR/7RDfZfDYEc0TpeUqWnEC1CKTOmpW1z/WN5UkSApBgV1XAsN98D7F7WMon+bDAJ/kwwy"
    "fZZE5mqvf8YEsBRIa5VoyrfNb77Pv/A/BgQjY="
)
