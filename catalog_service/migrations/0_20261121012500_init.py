from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


# Written by hand: the constraints (aerich leaves them out).
async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE "product" (
            "id" BIGSERIAL NOT NULL PRIMARY KEY,
            "name" VARCHAR(200) NOT NULL,
            "price" BIGINT NOT NULL,
            "is_active" BOOL NOT NULL DEFAULT True,
            "created_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            "updated_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            CONSTRAINT "product_price_not_negative" CHECK (price >= 0),
            CONSTRAINT "product_name_trimmed" CHECK (name <> '' AND name = btrim(name))
        );
        CREATE INDEX "product_active_order" ON "product" ("created_at", "id") WHERE is_active = true;
        COMMENT ON TABLE "product" IS 'Something for sale.';
        CREATE TABLE "aerich" (
            "id" SERIAL NOT NULL PRIMARY KEY,
            "version" VARCHAR(255) NOT NULL,
            "app" VARCHAR(100) NOT NULL,
            "content" JSONB NOT NULL
        );"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE "product";"""


MODELS_STATE = (
    "eJztV21v2zYQ/iuEvswFtiBW4jgr0A9O6i0eEjuNtbZoU7C0RMtCJFIlqSZBlv++O0qyXv"
    "ySpgWytdsnS8/dkcfnTrzHd47PDItluHOuZJD5xnlO7hzBEg4PK7aficPStGZBxLBZbL3T"
    "mtdMG8XsanMWaw5QwLWvotREUqDzVCbcLCIRkrlURLOY72BgIH2IBHiDz6W4FB9TFfn8I/"
    "FlJowmZsGJTlgcc21IJiJD5NyCvhTzKMwUD4ifKcWFf7tDPDCYKOGaMMXJudQmVHz66vQn"
    "TeS1eH4pilPgugyWEuCumNBwGMicsCDQRC8wFrZIbM6w56eMUyNDyJYryPz9B4AjEfAbrv"
    "H1zplHPA7ss+MrzgwPKLNMRYGDzvwmVVxr2EKX8WURioQoZvCZU6kC2AN5v02t3bHhkCS+"
    "kDcnw4shiXThTl5A+hl37nHF9IraPBo1hgTAZHFaLnkUhSNhfrO+WJQZ9WWcJaLyT2/NQo"
    "plQCTsYUIuuMLDAYbb4imyOC4apOyEnK/KJSeqFhPwOctibB6MzhOoMIfS8cSj06FHqbPS"
    "WGVErY8KCNoBmxJS1ZaAEFP45VfX3dvru7t7B4e9/X6/d7h7CL4231VT/z5PpmIrX8pyNv"
    "p9NPYwIQmdn38RCNzbGPhcaNUDFfv2d4X/Y2iw9eyX/i3+4WBt/ku2txWgBKoKVF/rU5Qg"
    "YTc05iI0C3h1d3e30Pt6cHF8MrjogNezJsnjwuTmNuT7rvbxwFXxuAZfhjzc498Dx0/Y5r"
    "VLpbx/1lAvZcyZ2HC51ONa/M8g8CkLsLyMvor3bRROJqd4kETrT3HOaYvQ8Z9nR8OLTtd2"
    "OjhFZgPPzVnSJPolWHDSrWe6GdmiOihCd8qHJ238sbzuPPuGlt9CvTc6G069wdl5g/+XA2"
    "+IFteity20c9C6cJaLkDcj74TgK3k3GQ8tkbmg0A0/752DObHMSCrkNQURUWOjhEuoUeAs"
    "Db6ywM3I/wv8LyowarH5VU0PIDBj/tU1UwFdsUhXbvJdNSVu0kaYYKEtD7KJeZayfsBh1C"
    "2cdYq/MG0X/Kxyekjvb67tw+r5UdL1v6Jb3e5+f/9w72B/OceXyLbx/bAi/cwV/g15jCit"
    "hfyIurTX+xJd2utt1qVoaw5u/KoewXDh/gOy2/0i1d/dovq7q6ofdjRcrBmZf0wn4w16qA"
    "ppz8rIN+QvEkf6e9T/W8hFMhpjsuS0czZ426b7+HRy1J5/uMARUP+PzrP7vwFeq/cf"
)
