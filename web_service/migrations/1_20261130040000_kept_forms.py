# The constraint is written by hand (aerich leaves it out).
from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "kept_forms" (
    "id_hash" VARCHAR(64) NOT NULL PRIMARY KEY,
    "user_id" UUID NOT NULL,
    "sealed" BYTEA NOT NULL,
    "expires_at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "kept_forms_hash" CHECK (id_hash ~ '^[0-9a-f]{64}$')
);
CREATE INDEX IF NOT EXISTS "kept_forms_user" ON "kept_forms" ("user_id");
CREATE INDEX IF NOT EXISTS "kept_forms_expires" ON "kept_forms" ("expires_at");
COMMENT ON TABLE "kept_forms" IS 'What was typed into a form whose session had ended, sealed for its person until it expires.';"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE IF EXISTS "kept_forms";"""


MODELS_STATE = (
    "eJztW21z2jgQ/isaPrUzlGlokmauNzcDbXrlroGbhF6vvdwYYQuswZaoJUO4XP777co2+A"
    "UIZkLzUr5ksLSrlZ+VVivvk+vKlPVrzUBOFQsumFJcispP5LoiqM/gx7LuKqnQ8TjuxCdN"
    "+54R7keClooklRHtKx1QW0P/gHqKQZPDlB3wsY5sVTqCkViTaJdqwhVRfCiYQ7h4Q7hWxJ"
    "ZyxBlxqQIJRibUCxmZulIxcvGh8aJ+dIxKPe5YIOL2qqBIXHZVwwk40oYZcDHcsa1LcSl6"
    "ilGPOZaWIyZUj9CAmUGobQMkhArHPAZsEDDlEiNWI734GeZohUJzr4cWUNBjFMzKAT5cCp"
    "t6XjRrdmW7VAyZkfKrZuBkFKvPhlRYVPfMEAMeKE2MavQSMtS29BmaCMVIyKmAqXdBMn7x"
    "PhvIeNpjGI8JTaQw4kMpHWImSHrQNeEyVPGEqwSUwECEaCgcwHdKZzDyZ2zrcWUFzGd+nw"
    "XM6eEcPD6Jpp/4o0basOaqJJAeU1XiwfuFdMjmoI05AxARbXyyaaAvBeJrS+gBhYAJNgU/"
    "Trl2CaO2SyKM3pCekJqDbuQP5cIrwyvZYEtGgwl2pckYjJkFEwr+LWTgwyGDzgCWzd//QD"
    "OHl7piCh+vKwPOPMf8roS44rlTQRl2hZBFaz9WSzZSfm9YqGd2z2xsBCpGH/aKebipkowV"
    "jyoNugwdW9oU6m1uKr8aS5tbDLDGKI4wHlnGbibiAJTQZdqtRPfTp9a790YSN3TfsqUX+m"
    "IhPZ5pV4q5eBhyp4Y62DeEdRFQzZxUBBKh58VBK2mKvA4NOgjZ3N3OosFhAxp6GMcqPw9C"
    "YWP4IsYS/jn8JZ5aSsyy2p2udXHataxKIezhFHLRKW6yAUOAiQuNUF/fROMuADGtFTTw9k"
    "Pj/Nmr4+cGAqn0MDCdBq7KjVGkmloL36ZRNuGrCPVblwaroJ6r5PCG6e4G6QSkHcBa8emV"
    "5TEx1C48Hh+ugfnPxrlB+vjQIC3hOIvOu3bcUzddN2YjJQDPA2RZmAuKW4EdQ/mDYR3Fqw"
    "LY7wAnzX12C+Bz7RziTqxeS35sgX8isnDAIhv6Dh5Yg3i3dXZ60W2c/YHD+0p98wxkje4p"
    "9tRN6yzX+uw45535IORzq/uB4CP52mmf5iPTXK77Fc+dCg21tCAHsaiTxiRpTpoy3k4O3B"
    "KnRErlLo+Kh+vUW0+GBZyZlLUIapNDljVbDmtBNQduf6aZelrANj92mpmNAmGp2Wo3zr88"
    "O2v89TyzWz522r8m8mknNL90Txs5L0Q3BAvSLA5SmOSVjGJLB7iDQPaIfPPoIlkh0y7p82"
    "X6+7PrEXh8fkff0uMZ/b3HH7LHB/CGlnkocQfIKN3NZeueXZq9AtRfvtzgDgBSKy8Bpi97"
    "hJoPR0WUf7votFdspkQhv4O4rcl/xONKP0Kk1wCLUGT2TYLnPHdJQf12SeaCAzRzsHNlTV"
    "jAwd6SlLwpAWMqVnxQyGrmk0dQfVrwNzudjxn4m61uDvRPZ83T82cHxhcgxLVpbrW7OdD9"
    "UGkr+r5pjalSUxmURX/VEHs3bO6G5CN1mdie1nmCof1kg8B+sjKsn+SDOiYw1r9SlII4o/"
    "QEMb77L2hYTgEA4RZRxLkl9HKYs0o5nLnY2eH5clcgD3EGL+oHh68PT14dH56AiJnlvOX1"
    "GtyL0SEuO5VJSVIq3z8pSdU1+iH3NBeqhvbuo7Sxq1RlUYUsn6xkdffn5ObnpB0whGSLC2"
    "9W876+Z6V2hoJThzk125P2qAaXvvvYHI/uEpypXpdcAXnd/Rp4PGsAi/yDUaoAjQ19ao+m"
    "NHCsQo+sy1WyxS6/7udbqIC82onRxHkie+l3NtbvZeBX8rSmeUd1JaFpBCLWAGQ2pDIZss"
    "sUmUPgK6QUaUkoUmP8mHwTcySISx3CYLE5VRIVUQx/BulHYxYoJBYYmg1Hqo/5oF+kMu3Q"
    "FlKZkBEE3kXSR8Q56qNhhWLolO24WLuh1iy8VJJUkyqWbG4iVlpjZQ21ZU+62ME1ZjXLZV"
    "8q3kGpeEnifGuNeFnCvC8Ob1oc3r4qvC8H7zOkWzOkLvI3ztlE2lQv43/n+1fnS4YJAvfk"
    "RHTDtKmRZUTPmdlyQIQkEJEJFTPiywB0o2QFcHRNCgLLYcADnzmxktHDCYwgQS/kTLsyhA"
    "lTy7TYHuUo1MdhJmCW9JBdbOlghpTsNxFH2ozqSKbArE6GNmmZQ2fKcK35BOYXjrdJm1IG"
    "b8trCg6znJBtl9qUOWT3rN3tWLtpwtU2x/BCc38Yb3sY779l/XindOarfiq6llwAOdX9Cn"
    "g8K+Ah5GkNFnDbLaRncfPqrIwuBG5LxVb78/YcpFRusLKouDQ1WFJMjM/3h/up406KiatT"
    "gQkLkv/G3PRbUkrlCRbF60dHm3DKjo5Wc8qwL0fLhh1VAuFY/Amie7ARY+9gDWPvoMjYA4"
    "uaLaMcrC6Qp1T2rL2SpfB7PcNu/gdA0SSF"
)
