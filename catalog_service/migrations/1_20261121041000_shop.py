# Written by hand: the constraints, the columns of products that are there, and the search vector.
# The version before goes on listing and loading products meanwhile.
from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True
LOCKS = ("product",)
LOSES = {
    "cart_line": "true",
    "customer_order": "true",
    "product_stock": "true",
    "product": "sku IS NOT NULL",
}


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE "cart" (
    "user_id" UUID NOT NULL PRIMARY KEY,
    "updated_at" TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE "cart" IS 'What one user is about to buy; its row is what everyone who changes the cart locks.';
        CREATE TABLE "catalog_state" (
    "id" SMALLINT NOT NULL PRIMARY KEY,
    "revision" BIGINT NOT NULL DEFAULT 1,
    "active_products" BIGINT NOT NULL DEFAULT 0,
    CONSTRAINT "catalog_state_one_row" CHECK (id = 1),
    CONSTRAINT "catalog_state_count" CHECK (active_products >= 0)
);
COMMENT ON TABLE "catalog_state" IS 'The one row that tells readers whether anything changed, and how many products are for sale.';
        CREATE TABLE "idempotency_key" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "user_id" UUID NOT NULL,
    "key" VARCHAR(255) NOT NULL,
    "request_hash" BYTEA NOT NULL,
    "answer" TEXT,
    "created_at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "idempotency_key_once" UNIQUE (user_id, key)
);
CREATE INDEX "idempotency_key_created_at" ON "idempotency_key" ("created_at");
COMMENT ON COLUMN "idempotency_key"."request_hash" IS 'SHA-256 of the request''s body.';
COMMENT ON COLUMN "idempotency_key"."answer" IS 'The body of the answer, once there is one.';
COMMENT ON TABLE "idempotency_key" IS 'A request that must not be done twice, and the answer that its first time got.';
        CREATE TABLE "customer_order" (
    "id" UUID NOT NULL PRIMARY KEY,
    "user_id" UUID NOT NULL,
    "status" VARCHAR(9) NOT NULL,
    "total" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "updated_at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "customer_order_status" CHECK (status IN ('placed', 'paid', 'cancelled')),
    CONSTRAINT "customer_order_total" CHECK (total >= 0)
);
CREATE INDEX "customer_order_of_user" ON "customer_order" ("user_id", "created_at", "id");
CREATE INDEX "customer_order_order" ON "customer_order" ("created_at", "id");
COMMENT ON COLUMN "customer_order"."status" IS 'PLACED: placed\nPAID: paid\nCANCELLED: cancelled';
COMMENT ON TABLE "customer_order" IS 'What one user bought, with the names and prices of that moment.';
        CREATE TABLE "cart_line" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "quantity" INT NOT NULL,
    "price_when_added" BIGINT NOT NULL,
    "added_at" TIMESTAMPTZ NOT NULL,
    "cart_id" UUID NOT NULL REFERENCES "cart" ("user_id") ON DELETE CASCADE,
    "product_id" BIGINT NOT NULL REFERENCES "product" ("id") ON DELETE CASCADE,
    CONSTRAINT "cart_line_one_a_product" UNIQUE (cart_id, product_id),
    CONSTRAINT "cart_line_quantity" CHECK (quantity BETWEEN 1 AND 999)
);
CREATE INDEX "cart_line_product" ON "cart_line" ("product_id");
COMMENT ON TABLE "cart_line" IS 'So many pieces of one product in a cart, at the price when it was last added.';
        CREATE TABLE "order_line" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "name" VARCHAR(200) NOT NULL,
    "price" BIGINT NOT NULL,
    "quantity" INT NOT NULL,
    "is_counted" BOOL NOT NULL,
    "order_id" UUID NOT NULL REFERENCES "customer_order" ("id") ON DELETE CASCADE,
    "product_id" BIGINT NOT NULL REFERENCES "product" ("id") ON DELETE RESTRICT,
    CONSTRAINT "order_line_one_a_product" UNIQUE (order_id, product_id),
    CONSTRAINT "order_line_quantity" CHECK (quantity BETWEEN 1 AND 999)
);
CREATE INDEX "order_line_product" ON "order_line" ("product_id");
COMMENT ON COLUMN "order_line"."is_counted" IS 'Whether its pieces came out of the stock, and go back there.';
COMMENT ON TABLE "order_line" IS 'So many pieces of one product in an order; name and price are what they were then.';
        CREATE TABLE "product_stock" (
    "quantity" BIGINT NOT NULL,
    "product_id" BIGINT NOT NULL PRIMARY KEY REFERENCES "product" ("id") ON DELETE CASCADE,
    CONSTRAINT "product_stock_not_oversold" CHECK (quantity >= 0)
);
COMMENT ON TABLE "product_stock" IS 'What is left of a product that is counted; a product without such a row is never sold out.';
        -- What catalog_service.products.words does, as near as PostgreSQL comes to it.
        -- Until migration 3: products that are added by code of version 0, which knows none of this.
        CREATE FUNCTION "searchable_of"(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
            SELECT left(coalesce(nullif(btrim(regexp_replace(
                replace(lower(normalize(name, NFKC)), 'ё', 'е'), '[^[:alnum:]]+', ' ', 'g')), ''), name), 400)
        $$;
        CREATE FUNCTION "complete_product_of_version_0"() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW."searchable" := "searchable_of"(NEW."name");
            UPDATE "catalog_state" SET "revision" = "revision" + 1,
                "active_products" = "active_products" + NEW."is_active"::int;
            RETURN NEW;
        END $$;
        -- safe: products are written anew, with all their indexes, while nobody can use them (100,000
        -- in some seconds). No version 0 has ever been released: its catalogs are those of developers.
        ALTER TABLE "product" ADD "searchable" VARCHAR(400) COLLATE "C";
        -- safe: as above
        UPDATE "product" SET "searchable" = "searchable_of"("name");
        CREATE TRIGGER "product_of_version_0" BEFORE INSERT ON "product" FOR EACH ROW
            WHEN (NEW."searchable" IS NULL) EXECUTE FUNCTION "complete_product_of_version_0"();
        -- safe: the trigger fills it in for version 0
        ALTER TABLE "product" ALTER "searchable" SET NOT NULL;
        -- safe: while products are written anew
        ALTER TABLE "product" ADD "search" TSVECTOR NOT NULL GENERATED ALWAYS AS (
            to_tsvector('russian', "searchable") || to_tsvector('simple', "searchable")) STORED;
        -- safe: while products are written anew
        ALTER TABLE "product" ADD "sku" VARCHAR(64) UNIQUE;
        ALTER TABLE "product" ADD "version" INT NOT NULL DEFAULT 1;
        -- safe: while products are written anew
        ALTER TABLE "product" ADD CONSTRAINT "product_sku_trimmed" CHECK (sku <> '' AND sku = btrim(sku));
        INSERT INTO "catalog_state" ("id", "active_products")
            SELECT 1, count(*) FROM "product" WHERE "is_active";
        -- safe: while products are written anew
        CREATE INDEX "product_search" ON "product" USING GIN ("search");
        -- safe: while products are written anew
        CREATE INDEX "product_price" ON "product" ("price", "id");
        -- safe: while products are written anew
        CREATE INDEX "product_order" ON "product" ("created_at", "id");
        -- safe: while products are written anew
        CREATE INDEX "product_active_name" ON "product" ("searchable", "id") WHERE is_active = true;
        -- safe: while products are written anew
        CREATE INDEX "product_active_price" ON "product" ("price", "id") WHERE is_active = true;
        -- safe: while products are written anew
        CREATE INDEX "product_name" ON "product" ("searchable", "id");"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TRIGGER IF EXISTS "product_of_version_0" ON "product";
        DROP FUNCTION IF EXISTS "complete_product_of_version_0";
        DROP FUNCTION IF EXISTS "searchable_of";
        -- safe: answers about orders
        DROP TABLE "idempotency_key";
        -- safe: their orders are counted
        DROP TABLE "order_line";
        DROP TABLE "customer_order";
        DROP TABLE "cart_line";
        -- safe: their lines are counted
        DROP TABLE "cart";
        DROP TABLE "product_stock";
        -- safe: counted anew by the way up
        DROP TABLE "catalog_state";
        DROP INDEX "product_name";
        DROP INDEX "product_price";
        DROP INDEX "product_order";
        DROP INDEX "product_active_price";
        -- safe: skus are counted; searchable and search are made of the name, versions only count
        ALTER TABLE "product" DROP COLUMN "search", DROP COLUMN "sku", DROP COLUMN "searchable",
            DROP COLUMN "version";"""


MODELS_STATE = (
    "eJztXOtz2rgW/1c0fGk6w2YSkiZ93HtnCKVb7qZJN9B2d292HGEr4ImRqCWXMr393/cc+Y"
    "GNH7wLpP6SYElHkn9H0nla3yomVdQRvcMGdVXlJflW4XTA4EeyokoqdDiMFWOJol0naBo0"
    "6UrlUhP7uaeOZFBkMWm69lDZgmPLT32qiOCMeJK5xJaEdoWniBKk641fEVtJ4ooRVoywJf"
    "vC3DE2H/UFMfuU95gkqs8IjkgcYT7IQxzYEiaMbPPeBsfwuP3ZY4YSPQa1Loz0v7+h2OYW"
    "+8pk+Dh8MO5t5lgJKHEihm1hL7rSUOOhrvjwofX6jW6OL9E1TOF4Az5FMhyrvuARjefZ1i"
    "ESYl2PceZSxawY5NxznIAzYZE/dyhQrseiSVuTAovdU89BxlX+de9xE/lF9Ej45/Q/wfxi"
    "zQzj6rpjtJsdw6ik+IxTmGJLUGQKjmvE5goh+/bd73eCii6t4ACNt/Wbg5OzpxoCIVXP1Z"
    "Uas8p3TQhL0SfV8MfwHlqIiUFVGvLXUKPsAcuBPUE5hbwVkB6GP5bhQFgwYcFkq2TwQPap"
    "y6xDE9fhIRejbXCi03rXbHfq795j9wMpPzsayHqniTU1XTqeKj3wGSfgOPDPiKgT8qnVeU"
    "vwkfx1fdWcZm/UrvNXBedEPSUMeHGDWnGwwuKw6DtuvvuH2HLAgi41H0bUtYxEzWShODaH"
    "UVNr5CIge/PbDXOoRjK9GuLn4yX0s6nFEHJwczyflAYHggZT1EQemumqQW0wXUI57elXwr"
    "FxpBRgedImRHOGxDGcsN1MsdMWBOYzJkObmXC6i3stH4ausDxTEZsTqk/7KgF5gEf/0LVN"
    "FAiMg7ggIyqJQ6UisARhL6YEztp7ny1qvlUmaFeCkVBcYDP2dQh7ScKrR8yYoBzAZgQ0Gt"
    "RgQVc0LSCpH77nSrMsQXZh91pcZZ+pmVIMF9vUhglE0Wria4O7BSYL/355UaudnJzXjk7O"
    "nj87PT9/9vzoObTV801XnRccqxetX1tXneQpiQXFsu2zR7my1TjNg1wGxElms2EPzq2AE7"
    "Xj0/PT5ydnpxEDopIi3EOMJ5jqDWnghjT0JlxsfWdRPyaYf8iCnzBDY7iE6hanKxW3/VHc"
    "qgktwFULGkoxknUaSruhmS1lF8XPtUgxWPBEi9OVZ9lCZ1nKEEku7zQn3giX2T3+Gxtrbr"
    "Rg3pSbbIbJsYc8yDM3oNilo0jTjG9peHmLOUzp12/U243662Yla42vA9b3k64eKbLJjZ0N"
    "br7dvGGrUP9vK6ryLMNYg+oM61CXGTJqO9NC7IBdhlYbegYVugUVcxxJXEYt5qKnUFtiBM"
    "w81QdOBI5CC2w6bpE+EPkWoI+vJCD7yb1wiaQOSxuMmxzslt/yG2pLZqHlieYmvDmX1NdK"
    "wDbV/s6gS3ymYUfQve/41NaoP7KNJmqVdJlJPclueeQsZYBiwmMazWZE0cOK87HVqo7TLM"
    "HVHlDHWdnYXI+z9Hiz0uqkdn4WySd8KJJI7Xf1y8vZ9qPLvtgy8GjNrxHEqbarDxzvgw6Q"
    "sGdg532JHC5Z3sYC3DOItwv/0T7Av4AveKMyrWWxwVAoxs0xqCGZUm2qSbFcsyeNjYeg9U"
    "zJVge5AjzXRzqImoEHv7hQcKYTC09yNbJN5osWPPxBVoxA9ui2+iC3XSQFo5n0hErLsvV2"
    "j9ILNDXmwkqGLkCKsIkY1DLHlrrfKpHC7wVEmESxRB2i434mUDgO6Xp+EBDF0TJOVROkcR"
    "AJmuFUneKKEaOslt7V3TsdiqTj7kRqd8OiWNEBERxSSSgbfepmQxk0n4IRprWHAIJY+Go4"
    "jPdUHx5rz54VIPqxfqNBhVZTzreroKrm1yXRDQ5eo09lP+vQ4NQd56lzScopxLtj5YdFdw"
    "PzSvtt/ZfaszM86lGGBLN/IklXWOOUSFp4QV9cXl8kPKQA+kXrqn7z58G7+h9PE27Sy+ur"
    "X8P28cV/8WenWZ/W/LSsS3OmA3IgR92LKJbaA8F5vWl2oPmKyIf88Gdd9WUvylYtpUH4rs"
    "6aTvOPToI14YbI5kzYPLaBGsisJF+SAnqRGEOSsowy7E+UYVdMgmvX0rpn2hLwa4oNABO0"
    "azEAfUNEjRdMuesKr9dXVTKyVV9vXpyG1Oq5jmNKf1OjJg8D8QyFfw39LaiKxzSs5AacI+"
    "EhAZgh7g3srEAvx3Mi2wpYaryQTeuwAvJV0DJPcMk8wVLbX6e2j+52L8PBhQp/k3uDVBwm"
    "geyE+sfp/5WhQ01mLbhqK+8v643m65fEp77l7+stfKI2/G7UrxrNy0usNvE9HSfof0GL4c"
    "Uc9sKLXGvhxbStoARIk8U8CxFJGQBe2vlbqpo/n6oZ53+Zif7z8X9rmejagihT0Re1xnJz"
    "0RN4Flhlvq6/zmx0TnSfr7Q1NTGmdKRff7QEZtOYjNDTAr/4Minpywyxsbz0CYJlYvpuqz"
    "b5xpT+n6n7Z6Mftn+M3v6jo3m8/UdH+d5+rMtIUl9sgUckpQa/tAZffm+x/u8tbAloeVxl"
    "fmkhhMMozzmxE4TTUSug3B1wK5+CLD7McgjEsImiFr9FDgInUoEu7edG9ARBncYPn6whpH"
    "V9fZnQkS9a04GRD+8umjcHx/oIgka2ytkAvmxezEsWpyndZGVW/vaP9IKs/MhJv2r+eBTB"
    "2TMuzJs9Ht/VZWL+WqEtSMy/abY7N61GZ2uZ+SH6WSZyjDMFBnJsKcxjHQ+Yn++Xn0Cf0Q"
    "YzB++0wntHtI7g57JLzBbH7ERYEZHcBXbc2z3PZRYxPdfFzL1DcicfvDtMXNBkfTF8Anbz"
    "iPv2MQxzCx1Aqy/MRRP2jri2BJGu457xlHrsiFEXHuDlo/58I1uSuzCT93AEu0neQcfAA9"
    "ARXt5ybXU7tgwy+qXwkyDHvoKga4OudbcDasG8XDE4JJiQgV5An/C9L37av1/6bwBdR8n5"
    "Kgzexj8KoBZMQbv3cK6DFbMlq/PEScP1HuQ3F8dJyae3zZsmvHPQnPxb76FUsDYydxYeP6"
    "JcafwJ35eaRGgQrzSHZRkxK1K9OtTFGK8NzEIUc0aZt++gdax3UDdK79Su6HjV0ju1Ne9U"
    "crvOi3KS6hFifToX1qcFWJ/mYZ3GudP+yEwlCrGeD+c5zpTdUKwzg4Ttj81G5/pGB+2k8F"
    "yTGdmC5W+/X9AFkc714PSnOsA2AgOlrwcKRpcAa4RMkhkP3kIr3m++lvTe7R7riXV+djrH"
    "Mj87zV3lWFW6u3fA3R0pmIt7Zid0W3bMRttg3SfLGr2qgRm5QFQhRrHvX+CuLZCw7+lVmc"
    "fHlRgdPN2QaNyH/JnHlD9VMnhdCVLR1YXlfZ3pJKl0vK7MJ8uBaiFXeTy3XZgP+Xhec9YR"
    "8GcOVAOXeTvscCe+6VsPrktEFXwYCkILEU6z4wtGxKQ5v4qyJXHYvUrcghNcTSBJkGjwKl"
    "aFzn4M30vP7ENxcIu4vhSHSOFYGNvP+WBqI0NhzKOu66BbzDMQIx67GMHVtwlxZus8hODG"
    "n8kQXLj6dgQdQ/EvPNfQPsGbiPzrXla9v2eXQt2lE7Qgl6mIGY81nWnXL6KZI5Qeip0fEE"
    "jf6vZZQxg9+3671SLjdebaZj9TegVVxXKLThrNElj5UK35erWfJR61og8i/5DN9ezkO4Xz"
    "XTuPIQaykbtPcFctgHDQ/BGiezxXhOm4IMJ0nI4wwYiK8QyB89/29VWOQ21CMu1ssUHZ/L"
    "/ObNlDtAvARTASfpbU5STT95BUkw4U7OBi2/fVff8HLrIOiQ=="
)
