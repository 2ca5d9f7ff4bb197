# Written by hand: what the auth service must remember to keep its promises after a restart.
from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
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
        -- What the version before issues, it writes down nowhere: it may be the longest life that
        -- a setting allows, until its last process has ended, which is to be within a day.
        INSERT INTO "issued_lifetimes" ("seconds", "issued_until")
            SELECT 86400, now() + interval '1 day' WHERE EXISTS (SELECT FROM "signing_keys");"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        -- safe: within seconds they are worked off
        DROP TABLE IF EXISTS "email_requests";
        -- safe: the version before does not ask, and the next upgrade supposes the longest life
        DROP TABLE IF EXISTS "issued_lifetimes";"""


MODELS_STATE = (
    "eJztXW1z2zYS/isYfakzo3ps2U58SaczkuO0ah37xnHu+pIOA5GQhIoCVAK0osnlv98CoCS+Sq"
    "Qs2pTML4kFYgFyF1jsPrsAvjawL4eHbd+h8vKeMNl4jb42GB4T+CPxrAlFk8n8ifopcc8NqkIt"
    "i6hqQtfrCelhW7XXx64gUOQQYXt0IilniuIDHxM5pGyA5BBLNISWCSMOkhxhhrBtc59JxD00xQ"
    "JJjxLnDfL4VCDsEYQdhzhNqOggBp16yB5iNiDOoerb4TZ0Di2X243P6D8+sSQfQAfEg87+/AuK"
    "KXPIFyLUz6+NPiWuo/9uYM0/6jRUJfJl4hEhgBViTrdk+pKTliGSs4l+1NCUwFf941sTRToQfu"
    "9vYksLuijeUUCcvzeQLfc260uT5u+JzMdewW4WdBndKMLJyNI9RYa9+Shdbs1pO3TQZfKdrquG"
    "WM+yueuP2bL+ZCaHnC0IqOl7AIPNw5KoHqTnq3nAfNcNps18apihtKxixlCIxiF97LtqNilq8w"
    "LLsoZlXd/cWR8u7yyrkZhpc4rQrAiKbGAhsIOqOasYMFCv8P2/Wq2Tk1eto5OX52enr16dnR+d"
    "Q139vslHr76Zl1lyyzSledb9qXt9p16IgyowekIVfNM0WGJrKeWQ0pFJ7r8FDko6Jun8NxQx/j"
    "sByeH8j7g05rxfJY55wVIeS2W2YP4PfZ/ZitdIDEFpOIe2y+3RIePTHxslSWoF0++67y8/3LXf"
    "/1s1PxbiH1czsH13qZ60dOksVnrw8kVUSotG0H+7dz8j9RP9cXN9qfnMhRx4usdlvbs/1LRVyw"
    "K34MMtUJwhZs2L50V6hs/lvZimUZFfAC/Txb0giEkcGFSWjMucdGP8xXIJG8CC+hqdHq0Q7X/a"
    "txc/t28PTo9i4roOnrT0o28R9grftgmBZSxFp3HuEszSuRyhi3G6B4Q7yOpVqurm5ioyYTrdmO"
    "K6/vi+c3l7cKxZD5WojOizkP4KLYxRfn/82H2bocFCNDFe+z51DhVlDoYHi8UO8FuP4xOjdsIK"
    "RX9ofACHzZq8HI1S1TyN8dTYT0V5GqGqeRqb946jzNIiK1mI5PHWskZZRklsJTvLs5KdZa9kZ/"
    "GVzBfEs/CgoLUQpdo7Np8c5bEYoFYmo/WzKKc9At8p0lVuNqejVHvH6ZenORj98jSTz+pRlM0O"
    "kZi6KRrjlw831+k8DpHE/R1qS/Q/5FKR8DtL8HR6PnUlZeJQdfsUbo5iUcRgmzP64H37t7gMLq"
    "5uOnENrhrogEAUCtAfhTxRVdDD9miKPcdKPOEtnlU3+WjcGsdLMANd5ARfHLhMw8MLzvrUG+OA"
    "QTEELvK0mY3B2aF6hUE4jCbEEyDasS8kCppCUyqHaKqAM4xcIiXxUM/j/mAoX0OJzR1oE55QNk"
    "KSjwhrKiStx+GlVwBx2+7qE/vEOvCHhuxG4GfC+JwhOSTUQw4dgE4SiDN31tQVBpw7qA+0nBHk"
    "K6YoeG9eMPE9GCVkE4BPrzSB8jOtqD9tj6hpqJC8NeBVRHyWam1b4FW2SfdgU24DBCukRnRP6p"
    "/Tp9Aha427bJAqJOC8y2OIZA+Bi+OXOVbH4zjOtFwd1aPo6kjGsNIVwoXmBHvI3tZZHusDamUy"
    "WD+LcljpVMsoyCJ8jpFtxO2KeYBlW3qaZaD6KWgYqzjAnUK+BbS7YjLYJ0xbxREFDKh+iqgzw0"
    "hRovXhpG0psaOyJpUJJ7WOT1+dnp+8PF1EkRYlq4JHSWBVW30b6Ks43VYU1tMG6kpWV4Zjm+ur"
    "NPpaYVVZYYW8lKJrU4SyDsLupvzB29xE+CGyen5XXL5FY5JhOGOL+EB1hboGDkgAhVHuJln7jn"
    "uEDtivZKYZ3IX3wMxOAwA0yvcxaGQ3GbosXU5kD08XAFV4OMGXO8QlJoB+0f5w0X57aRCtx8Zd"
    "LxVkcGviFo0E7hp52szGXTXwYAXhj5zAa5shTWayElXuIRYjYnDI3gxhpN7EPBzjGeoRxHiPO7"
    "PvxBs0UEAlh6GEqERUoCn3FCnv95Ooa4n9FIRHGfkiLenNciChUYZaYcpmnc63W+l8gmAXjAR4"
    "N5kaue1Qhr1ZVsJBnDaeiDSTROyu0kzlchCrWlgV4Kd1utft298Xka2FaXF1c/1TJyW21fn97r"
    "Idh6BqC/9ZW4AxJVpkAMRI6xGwOyOgEtHtrhA+ca5o3wyPhJ0Ve77C0qK6puUGVfPaWkgRGCMH"
    "2zYYHSaCbPZ4mDZ1+LmJfCa1rUQYgsrwP3JhFAuJDj7H+/78IsXaKrOn9fZWpgkkCIxrJyXTJN"
    "MIClFsB4mugin0QCg628gJJKZlWlS7xmmfSr3WSEq1teiVzolJas+gfIXWNNk0+ZWlSb6RXHmD"
    "AgzvJpp6FMoYokxrKmiCCWyWYt4H71AgG4OD/wYZi92k1CzdR9VIqrIsr6fynNOAm7VXuste6Z"
    "PhobuDcRdIfR/B2xeJyM7r72OiTq48nRVpOolgbCUAlN0ZtjV+UnvPe4+fbDId6wGwhZyuAh70"
    "on6dyRXP5FJW+gbzKERWZxtUeaoM6D1hlj/ZQMYx0lrOVZNzJbCQW9KHzxjeKWy1kUBEIk+b2b"
    "iIZ+pZBqLNB4/cMIKCARdgEhgF+6K/Eyho0YC+bwyCof5UwAVx+yqIbs4REpJ7aacVbb/5FCDk"
    "z/lO7tDsUb/+ygsnF8/BfWD2bcUgjFLSb7PBipCI8psfUaLHs0Eqj+LXLt1zXr7qpNfnI98nPu"
    "WkauqzlNTXkCXxoOzXDwmLZMfYujYBNjquqpMDO+d8wowOiSTLghbzGFlu21nAmPiegmXL9HZ7"
    "h9xTm7zWpmwfj6k7UzZvxM4VJp0ChuQUcV+aMGC65bytxtWBAjB+NeEAvomoAwsodxDuq3glRh"
    "6XxkBXNRiZqryNSLvKFB+RiURgcgMnDA6PfBih3iemiNT76a6popy40MlGp4rOo1JrgpZzQa07"
    "ViB+pKiJH5jchLxdRIhyd0XgA/OckrDoZkGQ3UWh4Gt9SMK2D0nY+QObtuYjlnJK0w4fOLY1xm"
    "7/lLHaKXzeToOLhbQ29AzjtPUY2M0xsPnO963vea+ot7MfYg5ZkIWEHKKrEaDqS7hHdM5oEUMp"
    "Qbh/pxyVcNS4cfz0yeFC8JQt0Tly1SLUdbbahtlqcR+8WJpFlLZWcVVWcfXJDvXJDk8LbD/gZI"
    "fwkdPxXIzYyhHQv/v1lrhZYe3U7I894fq3EiMAMJbhlWA4N5JBgOWz5oo4gKlljcgs9zYjqGsQ"
    "cEUsotsl3+idPhOP3oPg0BCb3JYARdcHBSsMHcadAvi/U09sj0iRtseojG5UfKALlHqzp066+S"
    "LRwcTvuVQM1aYkhxMo5aZTNCPyRRPZvucRBvX0i0DBxCP3lPsCHai3WO4T/QSSp66LYGRzH5z3"
    "F/qkY6jM9cEdHh8jzHQoA94u91HFmVj4qNgp76NtHu9eoTSe05M85vBJtjl8si6NBxYJWcgJWR"
    "Ds4T6Z8xzcPs9k9nmG6xFMZaWHNnI+YvT1aSOb+h9aF9rW39NRUg7ZtxtEqR7/goOnkcHWrjKo"
    "wxi1Wxi6hUyrsk1GQJy2BgCqLGmwSKm3kZyjlLWUqyblSmy1uBt6XEr9wTHXcPGkme0YyqBOTq"
    "/wZz4Fv0ad/4ADZ2t5LfPiihbl0R0s725u6nucTWLDC3MehDlbZ6rO1pEcWkjLFyu3q6JZXBNn"
    "rm/XpD8tGGqFaJrFM6BSLeQVXl+qQbz7Xt9xK08UBGplX1zSOlrn+NU7R7e2ZaOnjMBNAxsJ4n"
    "rJq9qSF4lsRBRcoR0aEcrahdkd+VfC5NHxmoS5M4/iZJk6KgySG/wOLsCbDjmywabQMDHV19aZ"
    "05rN6cwTGLfkjb7kTh8gaLZ1BmdjUU+RckZt7CqDZZyGfpfSj4K/P5s7Pu6hffioz8ijgghtB+"
    "kNqAGaHZx42CNAR8x1f4wjl7OBut2PLCDuQ9QGw8qzh/SeOJ9YYG4paF3l2k81Fq/S883nwHuo"
    "tbaJBJ/n0ENXznL7q95EruwxzGbKjCPuZjf6ma+wAug9h3Wmx4CVJMs20GJZ8FHwZX1ev+kwSp"
    "WvJ48rqzxX86ZqqOWfutd57cw60/4xMu370JelfxSw6SNEexhiaOVKum+tSLpvJZPuH/lWwgpf"
    "O1XKlYR6JSrC3gXBvrH3uJXLMV3hl8Z562I28MHeKcLeMM0j7hgxmRtRJgdlWxm6eQZu9rBNDF"
    "osxJSDzTnEYlho8MYJ91ELn+XZogO1VqiJxCadhUUS5XTb83BGgHdBEWPxI92XrrwFK0gkORxz"
    "ByzSwx9cPO45+McncQYvf7v7868YV6mwdOgnRUN0OPAPswyrLUwXj5kDYVn8nSvnRw6Z39xcRV"
    "zoTjd2/Oz1x/edS1DOekRDJWry4ZJoFjDOXHUDTguFvtKOBF7D+CT9IwpgUbKzElhoYHsIKx3R"
    "dw6pmFhBQaxqppZHAXlEUIUikHmc7vGg8+OyltEyrs+NoxJFUNXUBmoIvWoQaiQLJIDUNkkCiZ"
    "LWcq6ynOtsr+ct/zpU9vzkXyBUFlIUnPWpN9YbaB60y+Yi1NAOYhSZu2xSzo97EJ/271yzEjci"
    "tcGNtYeNROg1KG9mB1/xssa66Gs2Ax6wiSYtzPVcrvIp7Va1TDcwG1HN9gBrLDUDS1VTqgCHg+"
    "p7yN3jXPHC4xXxwuNkvDDz2p7sXTDZt/XUW2Ber9kC86T5Q9/+D/bJy4U="
)
