# New tables alone: whom auth's feed of accounts brings, and how far it has been read.
from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE "account_position" (
    "id" SMALLINT NOT NULL PRIMARY KEY,
    "cursor" VARCHAR(200) NOT NULL DEFAULT '',
    "copy_number" INT NOT NULL DEFAULT 0,
    "copied_at" TIMESTAMPTZ,
    "news_at" TIMESTAMPTZ,
    "leased_by" UUID,
    "leased_until" TIMESTAMPTZ
);
COMMENT ON TABLE "account_position" IS 'How far auth''s feed of accounts has been read.';
        CREATE TABLE "buyers" (
    "id" UUID NOT NULL PRIMARY KEY,
    "full_name" VARCHAR(200) NOT NULL,
    "copy_number" INT NOT NULL
);
COMMENT ON TABLE "buyers" IS 'An account that may have placed orders, by auth''s feed; an erased one has no name.';"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        -- safe: copied from auth after the next upgrade
        DROP TABLE "buyers";
        -- safe: as above
        DROP TABLE "account_position";"""


MODELS_STATE = (
    "eJztXVtzGjkW/isqXpJUMS4b33LZ3SrsMBN2HNtrSDIz66m26BbQ5UYire4QKuv/vueo7/"
    "TFNLQNdvolAUlHEt+RdK6SfzR06lBLjHbaui5c7lwKaTqm4I235EeD0wmDD7ltmqRBp9NY"
    "Cyxx6MBSVNRrrU3jzQfSsanuQP2QWpJBkcGkbptTf9DGBzGDKptQ1xm/kGTImEHEkPidST"
    "KmkgwY48Rm1NjBPg2hQ6cmH61G7nLzq8s0R4yYM2Y2dPLfv6HY5Ab7zmTwdXqrDU1mGQlc"
    "TAM7UOWaM5+qst6EWlaXO7+q1ji9gaYLy53wiGI6d8aChyQmd7B0xDizqcOMGDjctSwfz6"
    "DImy8UOLbLwokaUYHBhtS1EOI9b/iooKFp5xd9rdfpa1ojhT0OtoCnX6QLjnyDiUoFwAjH"
    "/2W/dXz0GmrV9PDL8Z03YISI11zh8rF9dtY97zfuVCNYL14zhXBsqbm2FHYa1tMxtbMhjS"
    "gWYIUZrwJrUBDhGq3UEMdGCtl14JzQ75rF+MgZw9fW7m4BjJ/bV6cf2lcvodUrHFLAbvK2"
    "27lf1fLqEOYYrGI617g7GbAMbHNX6wJVNct2GXx3F+HdXXuxtvYOjg9e7x8dhCs2LClats"
    "GKTUBpMkOjThrI9wCDY05YLpoR4QKWhk+5E3xYAll/u5cCNkDtAQ6FAhD73Y+dXr/98RK7"
    "n0j51VJotfsdrGmp0vlC6cujhfUddkK+dPsfCH4lf12cdxSaQjojW40Ytev/1cA5gSQQGh"
    "czjRpxTILioCjBY85mcgUOx8hq/m4zfy1GJWzFwTzN4U+fuu+zuZsgWuCv65rGDpI+K74q"
    "SbPvMSrOAvVD77IQBR3LtMpum0Xaeu9s295BDXh4G1PYsGBA9dsZtQ0tVSNaIq9tumrSmi"
    "yWUE5HikmIJs4zMEBO3LnS0NOmiVfTLDRIBthGLmeGtHlgMxBnTB0yoXOwHb4xMrWojjaF"
    "bUBfTTKYx02Nd4RyAutSYgvOlLXBBcHJpk2VhxmiYnMm/zjMNGXKnIMrGDSNfwxdriOPiB"
    "oJ/zn4V1oZ3/zJmG/hDGEsTX1JgZ1v5CSIHs/OecAjsTZ6HhPsCmygbZEBp9R2MkWAqiiW"
    "AHrQ5N7z/wueyHi+upLZxJSEDoQLB7UgIEXeEdORxBYzrJhhS/aN2XNsPhsLoo8pHzEJpz"
    "ojOCKxhH4r0wLggcZYQwLgRLRyYiBGUsuCsrLAnaJOu4ozIUlZgca8mh8s4oEE2cWMHR3X"
    "4Q7ojpvgxHPTpWPmlcmZTK+RE5/s19+vmEUDJ/vCaoifj2fQzxOUX3fB8g9K/QPh7sEljQ"
    "IsT9oEaN4jcTQraHev2OkJMAP4nExNpsPpLoZKPkxtYbi6Q0ywGNRp3yTUUUf/1DZ1FAiM"
    "g7ggM7AFLCodAkuQZQRHKu/9flHzoxGh3fBHQnGBzdj3KewlCT89ZEaEsg+b5tMoUP0F3V"
    "C0gKT6clfKnjkxR2sHZ3xRtJ74enht702rtb9/3NrdP3p9eHB8fPh6N1T70lVF+t9J9zdU"
    "AROn5P2RnK8u5Y7pZLjYchkQJ6n17ozYg9qQGm5ITW3Ccus7i/o5wfwoCz5ihsJwBdUtTl"
    "crbk9HcUu4FlA+lTOUYiRVGkrboZmtGT2IKQYlT7Q4XX2WlTrLUoZIcnmnOfGrsJk54r+z"
    "ueJGF+ZNuZ7lklx0yTwxHuSZG1Bs01moaca3NPx4g1nM8fy47d5p+32nkbXGq4D1MurqmS"
    "Kb3NjZ4G7M/6j+7znUybMMYw2a91iHqkyTYdt7LcQ+2GVotaFnUIWNHGZZUqWzMRs9hcoS"
    "I2DmOWPghO8oNMCm4wYZA5FnAXr4SgKynwyFTSS1MkJUDznYNb/mV9TEOBZYnmhuwi/nkn"
    "paCdimyt/pd6ly+IKOoHvP8amsUW9kE03UJhkwnbqSXfPQWcoAxYTHNJzNjKKHFedjOnUm"
    "4NZlAtrsmyl9j9byGkGcarP6wN5T0AES9gzsvG+hwyXL21iAewbxZuFfP2NwEyrYhmRa12"
    "CTqXAY1+eghmRKtYUmxXLNjBprt37r+1MuQK4Az2WQDuHCJy4cONOJgSe5MzN15okWPPxB"
    "VsxA9qi26iA3bSQFo5mMhJORblFp9yi9QFNjNqxk6AKkCIvEoJI5plT9NokUXi8gwiSKJW"
    "oRFffTgcKyyMD1goAojlZxquogjf1I0D1O1QWuaDHKZu1d3b7ToUg6bk+kdjssijUdEP4h"
    "tWw6jt/8OSbiHB4uk4hzeJifiIN1SXT9g1cbUznOOjQ4ted56lyScgHxwdzxwqLbgXmj96"
    "H9S+vwCI96lCH+7F9IMhDGPCWSSi/ok7OLk4SHFEA/6Z63r/58+bH9x6uEm/Ts4vy3oH18"
    "8Z/82e+0FzU/JevSnOmDHMhR90KKlfbA46TnKvMVkQ/44c266clelK1KSoPwXZ81/c4f/Q"
    "Rrgg2RzZmgeWwDnSKzFhLYEgK61F2TBGUdZXg6UYZtMQkuMPu4kWUJeDXFBoAO2rWYgL4h"
    "wsYlU+4Gwh2NnSaZmc5YbV6chlTquYpjSm9ToyYPA/EMhb+C/kqq4jENK7kBl0h4SACmia"
    "GGnRXo5XhOZFsBK40XsGm50dBf6coKfudgrkV9VWGB1Pnqleco1pZGlZZGtNzTxkaHu5NU"
    "DCiBbET9iJedvfsoJVdt4/Ksfdp5/9a/zXLNL9td/EZN+HzaPj/tnJ1htY6/07L8/ktaK2"
    "+WsFXe5FoqbxbtFEeAJCvn1QhJ6uDzyo7nWs39+dTcOP/rLPifj/8by4JX1kudBl/WEszN"
    "g0/gWWARevp+lZnw3Lsh+05ZcpEhp7IM1IUpMNnmZIZeHvjEV0mHX2WIB8uJjxCsk+K3W7"
    "XJN6bK3vutr/yWu/Krtme5BR6S1Br8yhp8fdej+rseptTU4xCZtzyEsBjlOSd2gnAxYgaU"
    "2wNu44ufQYgZFr4Y1lHU4j1oP2gjHdClvbyMkSCo03ihmwrCaRcXZwkd+aS7GJT59PGkc/"
    "VyTx1B0Mh0cjaAJ5vLecniNLWbrL4RsPkjveBGQBggWDd3PYwePTEuLJu5Ht/V9aWASqEt"
    "uBRw1en1r7qn/Y3dCgjQzzKRY5wpMJBjS2EZ63jCvFzD/OT9jDaYtXijFN4b4j+Iq0QsZq"
    "pjZiSsiFDuAjuG5si1mUF017Yxa3CH3Mhb9waTJhTZWExfgN084559DMNcQwfQ6huz0YS9"
    "IbYpQaSrmGs8nR87YtSGL/Djw/48I1uSmxlsInkD/QH0oBq8vebK2LZM6V8ikMLLu5x7eo"
    "Gq9XtUvU2oAdOxxWSHYA4IOv88wktP6vT+c+ZNHLoO7wM4Qbw4fg+BGjAF5dXDKU7WTNBs"
    "LhMiDZa5n1JdHJolXz50rjrwm/3m5J9q66QitqGVU3r8kHKt8SN2rzSJwA5eaw6rMqJkcH"
    "wFqIsxrgzMQhRzRlm2b791rHfQMmqn1Laods3aKbUxp1Ryuy6LcpLqGWJ9sBTWBwVYH+Rh"
    "nca53/vMdEcUYr0czkucKduhT2fGBnufO6f9iysVq5PCtXWmZQuWv71+QQVEOtuF05+quN"
    "oM7JKxGsgfXQKsITJJZty6pVa817ySjOLNHuuJdX50sMQyPzrIXeVYVXu5t8DLHSqY5R2y"
    "Ed2G/bHhNqj6ZKnQmepbjyWCCTGKp37pt7q/U/HEs6oyj49zMXv56oFE41NIm3lOaVM1g6"
    "vKiwpfS6yfCE3nRqXDdHUaWQ5UpTzk8ZR2od/m43nBWV/AP0ug6nvKe0GHW3GNsBpcVwgm"
    "eDAURBRCnO4PK2ghk5a8iGVKYrGhk3h4x38NQRI/v+BdrAp9/Bi1l64+hmL/4XL1Dg+Rwj"
    "IwpJ9zR+tBhsJQR1vVQbeYXiBmPPYWg/rbGkBjqvQD/5GhaAgubPUggwqdeG+sK2hf4ONH"
    "3gsz6z4ZtE0R7toJWpDCVMSM55rFtO1v3ywRQQ/EziPEzze6fSqInmc/qbdeQLzNbFMfZ0"
    "ovv6pYbtGo0X0CKx+qil90+1niUWv6IPIP2VzPTr5TON+18xxiIA/y3AruqhII+82fIbp7"
    "S0WY9goiTHtZf1UK9FGeIXD+3bs4z3GoRSSLzhYTlM3/qcyWJ4h2AbgIRsLPknoPZfHpk2"
    "bSgYIdnGz6iby7/wOyJit7"
)
