# Written by hand: the constraints (aerich leaves them out).
from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE "browser_sessions" (
    "id" UUID NOT NULL PRIMARY KEY,
    "id_hash" VARCHAR(64) NOT NULL UNIQUE,
    "previous_hash" VARCHAR(64) UNIQUE,
    "previous_until" TIMESTAMPTZ,
    "user_id" UUID NOT NULL,
    "sealed_tokens" BYTEA NOT NULL,
    "access_expires_at" TIMESTAMPTZ NOT NULL,
    "refreshing_until" TIMESTAMPTZ,
    "refresh_began_at" TIMESTAMPTZ,
    "full_name" VARCHAR(200) NOT NULL,
    "roles" JSONB NOT NULL,
    "is_verified" BOOL NOT NULL,
    "must_change_password" BOOL NOT NULL,
    "language" VARCHAR(8) NOT NULL,
    "time_zone" VARCHAR(64) NOT NULL,
    "cart_count" INT NOT NULL,
    "notices" JSONB NOT NULL,
    "is_remembered" BOOL NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "last_seen_at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "browser_sessions_hash" CHECK (id_hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT "browser_sessions_cart" CHECK (cart_count >= 0)
);
CREATE INDEX "browser_sessions_user" ON "browser_sessions" ("user_id");
CREATE INDEX "browser_sessions_seen" ON "browser_sessions" ("last_seen_at");
CREATE INDEX "browser_sessions_refreshing" ON "browser_sessions" ("refreshing_until");
COMMENT ON TABLE "browser_sessions" IS 'One browser that is signed in; its cookie has the value whose SHA-256 is `id_hash`, in hex.';
CREATE TABLE "token_revocations" (
    "id" UUID NOT NULL PRIMARY KEY,
    "sealed_token" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "next_try_at" TIMESTAMPTZ NOT NULL
);
CREATE INDEX "token_revocations_due" ON "token_revocations" ("next_try_at");
COMMENT ON TABLE "token_revocations" IS 'A refresh token that is of no use any more, until auth has confirmed that it is revoked.';
CREATE TABLE "aerich" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "version" VARCHAR(255) NOT NULL,
    "app" VARCHAR(100) NOT NULL,
    "content" JSONB NOT NULL
);"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        """


MODELS_STATE = (
    "eJztW21v2zYQ/iuEPqWAazRukgbrMMBus9VDYw+Ju65dBpmWzhZhiXRFyo6X5b/vSEm2Xu"
    "zECpImTv0lMMl7eNRz5PFIXq6sGQzqrVDMJITnICUT3PqJXFmcBoA/VjXXiEUnk6RRlxQd"
    "+EZ4EAvaMpaURnQgVUgdhe1D6kvAKhekE7KJinVZXQ4kQRLlUUWYJJKNOLiE8beEKUkcIc"
    "YMiEclSgCZUj8CMvOEBHL+ofmycXikQX3m2iji9WsIJB5c1vUAXOHgCBgfPbCuC37B+xKo"
    "D66txBi47BMagumEOg5SQih3TTGEYQjSI0asTvpJGcdoR1wxv681aEEfKKoVQ1244A71/X"
    "jUcOl4lI/ASAU103Haiz2AEeU2VX3TxZCFUhEDjT9CRMoRAWgVER9zMeM49B5KJh8+gKFI"
    "hj3B/oArIrgRHwnhEjNA0semKRORTAZcIwhCBTGjEXeR3xmdY8+fdV2fSTuEAIIBhOD29R"
    "h8No2Hn9qjTjo452okFD7IGvHx+yI6ggVpEwZIomZblxwaqguu+XUEtiAgBA4ztOOMKY8A"
    "dTwSc/SW9LlQDLGxPaSHn4yf5KAuEXfG4VKRCSozEybi7FsEaMMRYGOI0+bvf7Ca4Uddgt"
    "TFK2vIwHfNbyvSM565lpaBS01ZPPcTWLqQimvD1jizeuYTI2AZPK4VU7iukZwWn0qFWNCG"
    "raxK4zZXVZyNldUtO7hBqe5hMraN3pzHQSqxydTbKfbTp/b7X42kXtAD2xF+FPCl9GSuPM"
    "EX4lHE3LrG6LYRzouQKnAzHohHvp84rbQqtjpWqDCChbndZYULQxr52o9ZPw8j7mj3RYwm"
    "/efgl2RoGTHb7nR79vlJz7atktvTQyh4p6TKQQ6RJsaVpvrqOu53SYiptbSCdx+aZ3uvj1"
    "4YCoRUo9A0GrqsawOkitpL22ZZNu6rTPU7j4brqF5ACnzjcB+G6ZSkB6DVCuil7QMfKQ+L"
    "Rwc30Pxn88wwfXRgmBa4ncX7XSdpaZima7OQUoIXDrIqzSXgnchOqPzBuI79VYns98iTYg"
    "HcQvgCXWDcTeD19Mcd+E9FlgZYRkPfwQI3MN5rn56c95qnf+juAym/+YayZu9EtzRM7bxQ"
    "u3dUsM6iE/K53ftAdJF87XZOip5pIdf7qvcdi0ZK2BiD2NTNcpJWp1U5a6cbboVdIgO5z6"
    "3i6Rr11p1hSWcuZC2T2mIYZc1X01qCFsgdzBXI50Vs62O3lVso6JZa7U7z7MveafOvF7nV"
    "8rHb+S2Vzxqh9aV30ixYIT4h2BhmMZTSQV5FL7ayg3twZFtkm63zZKVIu6LNV+F3e9cWWH"
    "xxRr+jxXP4ncWfssWH+IW2KVQ4A+RA93PYemST5o8AjVevNjgDoNTaQ4Bpy2+h5uKozPLv"
    "593OmsWUAooriDmK/Ed8JtUWMn0DsZqK3LpJ+VzELhmq362IXHQHrQLtTNpTCBnqWxGStw"
    "RyTPmaC4U8shg8IvR50d/qdj/m6G+1ewXSP522Ts729o0tUIgpU93u9AqkB5FUdny/aU+o"
    "lDMRVmV/XRc7M2xuhvSSuopvz2KeoWs/3sCxH69168dFp64DGPtfwStRnAM9Q47v/wZNP6"
    "cggXiKKPPc5mo1zXlQgWfGH2zzfPVQJI/0CF429g/eHBy/Pjo4RhEzykXNmxt4L3uH5Nmp"
    "SkiSgXz/oCTzrjGImK8Yl3Wt7zGeNh4qVFm+QlYPVvLY3T65+T7phKApucOBN498rPuszM"
    "qQuOuAW3d84YzreOh7jMWxdYfg3Ot1xRlQxO7mwPbMAf3IPxxnHqB1xYA64xkNXbvUIhpi"
    "nWy5KWgExRrKMa52Ezb1OHX2Uk+/TpzBVDhUrcpuKrbX1qY3mXcO3AVS0Q3zm5r5fJ9F3p"
    "EYEi5IJHWKy5wEIkRsnF2DPHomAQmnw5CFAbgJyOD0AMY4/azCFHowRTqzqW1qHJ8yLTTQ"
    "3UxRLenr3BlbhXOdcPQ2zgAyvboCJKpVadcmQcilc2kyidgUxxdN7pJvk1F4W2ZKyWC2Gx"
    "n/sMtJeYo5KdnnxBXR2YYPkatis9075KbvkLtI7cfbpXNn1ox3rTgBCtDdDNieGfAU4rQm"
    "hMzxSuFZUr0+KqNLgdtCsfX2vD0GqRQbrL0yWxkarLgqS/b3p5s9eS9XZetDgSmE6f8abH"
    "rpm4E8wyvfxuHhJi+mh4frX0x1WyHpCFdUBYYT8WfI7v5G79H7N7xH75ffo1GjglUX6uuv"
    "fzOQ3Zt0xYveR93Drv8HISow9w=="
)
