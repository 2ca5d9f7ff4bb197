# A new table alone, of which the version before knows nothing: what it does is in no audit log.
from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True
LOSES = {"audit_events": "true"}


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE "audit_events" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "at" TIMESTAMPTZ NOT NULL,
    "event" VARCHAR(40) NOT NULL,
    "actor_id" UUID,
    "product_id" BIGINT,
    "order_id" UUID,
    "request_id" VARCHAR(64),
    "details" JSONB NOT NULL
);
CREATE INDEX "audit_events_order" ON "audit_events" ("at", "id");
CREATE INDEX "audit_events_event" ON "audit_events" ("event", "id");
CREATE INDEX "audit_events_actor" ON "audit_events" ("actor_id", "id");
CREATE INDEX "audit_events_product" ON "audit_events" ("product_id", "id");
CREATE INDEX "audit_events_of_order" ON "audit_events" ("order_id", "id");
COMMENT ON COLUMN "audit_events"."actor_id" IS 'Null for a command.';
COMMENT ON TABLE "audit_events" IS 'What one of the staff, or a command, did to products and orders; what is written stays.';"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE "audit_events";"""


MODELS_STATE = (
    "eJztXWtz2zYW/SsYfUk6o3pix3aSZndnZEdtvHVsr602bdcdGiIhiWMKUAkwqqab/773gm"
    "+KpEg9LMnlh6YWiAtQB4+Lcx/QXy2TKuqI4UHHNIXH1Y2QtrIFb31H/mpxOmbwR2GdNmnR"
    "ySRRA0sU7Ttaivq1jUmyel8ql5oKng+oIxkUWUyarj0JOm19FFN45BLqqdELSQaMWUQMSN"
    "CYJCMqSZ8xTlxGrQNs0xImNGrz4XLiHrf/8JihxJCpEXOhkf/+DsU2t9ifTIYfJ4/GwGaO"
    "lcLFtrABXW6o2USX3Y2p41xw9b2uja/XN0zheGMeS0xmaiR4JGJzhaVDxplLFbMS4HDPcQ"
    "I8wyL/faFAuR6LXtSKCyw2oJ6DEB/63ccFLcO4uu4Zd92eYbTmsMfOMngGRabgOG7wolID"
    "MMT+v3199Ob0LTzVr4cf3nz1O4wR8atrXD51Li8vrnqtr7oSzBe/mkY4MdU8Vwp3HtbzEX"
    "XzIY0lMrDCGy8Da1gQ4xrP1AjH1hyyq8A5pn8aDuNDNYKPR69elcD4c+f2/GPn9iXU+ga7"
    "FLCa/OV2FTw68p8hzAlYxWRmcG/cZznYFs7WjNR6pm0VfF9l4X218mQ9Ojx+c/z29elxNG"
    "OjkrJpG87YFJQ2swyq5oH8ADAoe8wK0YwFM1hageRB+EcFZIPlXgvYELUNbAolIPYuPnXv"
    "ep1PN9j8WMo/HI1Wp9fFJ0e6dJYpfXmamd9RI+TzRe8jwY/kt+urrkZTSDV0dY9xvd5vLX"
    "wn0ATC4GJqUCuJSVgcFqXGmLOpXGKEE2LN+O7y+DqMSliK/dn8CP/008WH/NFNCWXG1/Ns"
    "6wBFn9W4ak3z2h+o5BDoL/o1D1E4Y9lO3WWTlW3Wzq6tHTwBDx4TBzYs6FPzcUpdy5h7Io"
    "5EUd35R+OjcbaEcjrUg4Ro4ntGBMSzbNX9wrhq5fKT+HG7nJpgRYNhTVmNlnweUUUEZ0gm"
    "gCYQqehg0CYCmAYxxRhe2WoTy7aIEmTiCsszgWxAIdSwmCvfkyk2YEsydW2lgH9AAzM5z1"
    "821M89v+fXAzJhYuIwYisyEgA4seE/AIezA3Iz3xihLiOIsUX6MzJxYDqjRBv6Fm0iBbwg"
    "9EU50UDec92VfgEocIFmwQszGXyTcUWy9VcrngwtX5cCacJK7M8JTGMJAxLNlHACJMfT0C"
    "+vhzvYQFpaGAZYf9DbVqIPFs6Xmt1EctW6gdklXMPnfzV70qLVewqmxXJ9BcLVe9NoL9eX"
    "GCwcq1rU+8werky8A8WxGu/eoCYJ2My7o6PXr98cvXp9+vbk+M2bk7evIloz/6iM35xd/I"
    "AUJ6VNFrP0+kfjtZ2Kl+Pr/xh43ESsiRzBrmYdmI4wHw9Ax/1rnso3Oj97Xo72uqpGmUjg"
    "6Wwym1x0KQPNcRX7zHGxeeZ4zjqT1A1V2UhSZufJSOsKRMggeYqZO/pskp2kVWJ1rZGWW8"
    "r+tWNM5Cn1R4x/8pBQdYInZXZ+gj8x23YZfBmZP5+LN+W01FI7846hmd6YT48rbMynx4Ub"
    "Mz5K42wxRW1HzoP877vrq3yQEyLZ045tKvI/4thyY3bzxDmn79mOsrk8wG63cchBiFLnmx"
    "Dol586v2TH4Pzy+iw777GBMxiQXTE+nHkzzVjn7Q7+k3apyaGPdSoaGzo8dFj6FHtMZ2RE"
    "vzDk4CYL6XkbWXnCz/leU3EXbWnagoCuTi40gZ+3M2ymi5r0XjLqmqNFnNFHzggqt2OuCJ"
    "pnFbpYrHpWVjpLcMbE0tU94T/H21i3C9VQMS0cQF+G/lBDK6WEniFd2Ig/N14MaZh7dz8z"
    "JAb5UMdSi3GuYAjZ3aMUwNA9713fasIrheeaLDFhE1Pud7/Zga03RWmPJ46eh1NmD0e6m6"
    "BvCaBGuOyza33z3GIlT/uuKPtz6ub7GPSDclVvhlWqexU8yVy02tO+8BTa9kHpvSe2ksQV"
    "U23Ox5poVp9h9elIEHNE+ZBJ7SXAHglatMo8CuvtY4WwKXyRmmQwIdKo5bpq2ZugfXWZkJ"
    "W0ZGO93R/rbY19NOHEtznLIbtngdj3P94yh4ahnJnZkNwfL6GdPdRfX8PpH5aG6n7jmkYD"
    "VqRtQjQXaBzDCestVDt3Avgen5GJzUzfQYsbfmDsJDZHKy202CZU6a1/4tomKgTG0XU8Bd"
    "LnUKkITEGWE4K79tZrssqE0XYBs4xgq+D2bDyRO+mJ/MOjXNkqJ5CrcACSIs25O8darxek"
    "gQvS0Iuwrs9kXvo5wfzErhON4RJHt6Rcc3Dbn4NbyrSA+qkeUUqIrJMo7cbJbH+9wLsG6N"
    "PtZXNEJD2950fie+Eye8h/ZDM9GhcYVsjNPOtw1iSzZ2NQRDeg2KXT6KSZXNLw5S3mMOWb"
    "1Dt3550P3VbeHF8HrDdxU88U2fTCzgd3a/ZH/f87RVURM0xUaC9gh7rMkFHdhQyxB7wMWR"
    "taBrV/UDHHkTppEgOD4XSHTIwAzVMjGInAUGi1dfTwCIR8BhjFFLtMR/9I6uT4IjfZGQY+"
    "31IbHZbAPJFuwjfnkvqnEuCm2t4ZNKkzRcOGoHnf8KnZqN8zBkDDgz4zqSfZPY+MpQxQTF"
    "lMo7eZUrSw4vvYqsk33bl8U5d9sWVg0ap+IkhKbfc8cLgPZ4BMrKP9JTK45FkbS3DPEd4u"
    "/KvnpW7jCLYlnXZhsfFEKMbNGRxDcrVapkq5XrPjysZjUHtxbA0JwuCCuBcP/uJCwZ5OLN"
    "zJ1dQ2ma9acPMHXTEF3aPr6o3cdlEUSDMZCpUTV7PW5lF7wUmNuQpzcBhoERarQa1zbKnb"
    "jdNxQIVJVEvUITDhTM91Gdf+P8z0cUjf852BqJaWMa6aoJUDj9AC42pmdIyEZLuxsu7eLl"
    "GmJXfHY7sbzGJFQ0SwWVWNkAqqP8fYqJOTKrFRJyfFsVH4LD84ekRlToTUmc2pOysPkA4l"
    "M4j3Z8p3j+4G5q27j51vj05Ow1TR4O1fSNIX1mz1/IqzICY3spQC6GcXV53bX6MI3shcen"
    "l99cNZTgzv2a+9bid7AtQ6b35keqAHCo59kcQOB61rGovIh+Phv3Ub1K3JsMDV2hqTbVce"
    "ml73l15qaOZiq1MjE1bPBlxnLjZJKeg6voa0ZONt2B9vw65Qg2udB5zHCK7DDOEyAxecss"
    "UYzhtROnHd0Lu+8IYj1SZTW4304sXX8HPhtT8zyGLHEz10xHMO/mtor+ZRPHHCSi/ACoEP"
    "KcAwERsbKzmXZ5K+V+2vXoY+2i09uYbv2Z8ZcVvrYCBNCsHaYxUbprFOphFP93my0eXeeM"
    "4XlM4XiKSf8Go9PwGp5qxt3Vx2zrsfvgvSl+75TecCP1Eb/j7vXJ13Ly/xsYnf03GC9muy"
    "lXcVuMq7QqbyLstTlABNVs+qEYk0TuilDdD+FDBAk8g8s3/JRZNZwR0mI0vy8ZNKuUonJb"
    "lKJzl3Tza84m/HK5Lj36Qf/P3Gf2vpB5ouNvkHdal3YQJCCs8SCu4TrHWmIHA/B/29ps4x"
    "c9bhHTpTDTjyjEzRrAZ/8WXyEJbpYmPJCDGCTTbCbp8li9lr3dz3Ju29Xtq7Xp71Jngk0l"
    "CmpSlTk2Sz/iQbWxr6+pXc9BohHEZ5wY6dEsy6KEFyd8BtfQ5CNzG0JVDDJqpaTECPLriF"
    "s7QfEDMUBM80vq9sDf7L6+vL1Bn57CLrBfvp01n39uWh3oKgkq0KFsAW7y/btXXQpGLs7Z"
    "ZekooReWRWTRqI3HV7NgpVUwaSq7rJxlgrtCXZGLfdu97txXlva+kYIfp5FDkxMiUEOTEV"
    "qrDjMfODPIuzJnLqYLjogz7wPpDg9660isUUAQxJhRkR6V3/1iPPZRbxg0TN2QF5kI/eA0"
    "apaLGRmLwA3jzlPj+Gbu6hAaj1hblIYR+Ia0tQ6drJncyjwIb0VVP45aP2fJItycMUFpF8"
    "gPb0FfTqu3uuyTZejOhnb0jhB7zO/HOBfhq0qFsbUwtexxXjA4JBN2j88wVvfK1z959L/8"
    "Wh6SgRQ4UO+mQCCLXgFbRVb+k76uv6pMNpHsSyl/vCyeeP3dsufOegOvmnXjo5d74HLKd2"
    "/5HkSv3Hw73US4Q8eKV3WHYgakYjLAF1OcZrA7MUxYJeqra99tsXG6NUY5R6Hkap9HKtin"
    "Ja6hlifVwJ6+MSrI+bey/Xe+9lYs793k5efOl6sPtT7VercfMlHBZrzXi/+lqiJra7rW/4"
    "1vHGyr0VK3d0wKxvkI3ltmyPjZbBuneWNRpTA/ZYw5mQkNj3bOv1/QztnkdV5W4fV2L68p"
    "sNqcZ9CJt5TmFTzQCvKy4quqayuZt1PjZq3k3XhJEVQFXLQp7MIRDmYzGe15z1BPxTAdXA"
    "Un4XNrhfodKluC7hTPBhKPEoRDgtdisY0SBVzHyzJXHYQKVuPAquoZAkiC94n3iENn702k"
    "vPHEFxcGO8vgCJSOFY6NIvSIrbSFfo6ujoZ9AshheIKU9cguH/fi1ntg4/CG53irvgwtU3"
    "YGjXiX+5vYb2Bd465V/ts+pdTbvk4W6MoCUhTGWD8VyjmHb90qEKHvRQ7TyB/3yry2cN3v"
    "P8uwxX/CV25trmKFd7BY/K9RaNKy1SWMVQrfkqvb+LP2pFG0TxJlto2Sk2Chebdp6DD2Qj"
    "99vgqqqBcFD9GaJ7WMnDdFjiYTrMyVYUcB7N+7Hr4p/8TIg8/U9+bsfR9Dx+3PPr/wGuLI"
    "Wg"
)
