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
        -- What the version before issues, it writes down nowhere: it may be the longest life that
        -- a setting allows, until its last process has ended, which is to be within a day.
        INSERT INTO "issued_lifetimes" ("seconds", "issued_until")
            SELECT 86400, now() + interval '1 day' WHERE EXISTS (SELECT FROM "signing_keys");"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        -- safe: the version before does not ask, and the next upgrade supposes the longest life
        DROP TABLE IF EXISTS "issued_lifetimes";"""


MODELS_STATE = (
    "eJztXW1z2zYS/isYfakzo3ps+SW+pNMZ2XESt4l9Ezt3bZMMA5GQhIoCVAK0osnlv98CICW+Sq"
    "QsWZTML4kFYgFyF1jsPrsAvjewL/v7bd+h8vKeMNl4gb43GB4S+CP1rAlFo1H4RP2UuOMGVaGW"
    "RVQ1oet1hPSwrdrrYlcQKHKIsD06kpQzRXHLh0T2Kesh2ccS9aFlwoiDJEeYIWzb3GcScQ+NsU"
    "DSo8R5iTw+Fgh7BGHHIU4TKjqIQacesvuY9Yizr/p2uA2dQ8vr7cZn9B+fWJL3oAPiQWefvkAx"
    "ZQ75RoT6+b3RpcR19N8NrPlHnYaqRL6NPCIEsEKEdDOmzzhpGSI5GelHDU0JfNU/fjRRrAPhd/"
    "4mtrSgi/IdBcTFewPZcm+5vjRp8Z5IOPZKdjOly+lGEY4Glu4pNuzNR+lyK6Q9p70rJl/rumqI"
    "dSybu/6QzeqPJrLP2ZSAmr57MNg8LInqQXq+mgfMd91g2oRTwwylWRUzhiI0Duli31WzSVGbF5"
    "iVNSzr+ubOur28s6xGaqaFFJFZERTZwEJgB1VzVjGgp17h53+1WkdHz1sHR6dnJ8fPn5+cHZxB"
    "Xf2+6UfPf5iXmXHLNKV5dvXm6vpOvRAHVWD0hCr4oWmwxNZMyhGlI9PcfwUclHRIsvlvKBL8dw"
    "KS/fCPpDRC3s8TR1gwk8dMmU2Z/0vXZ7biNRJ9UBrOvu1ye7DP+PjXxpokNYfpd1fvL2/v2u//"
    "rZofCvGPqxnYvrtUT1q6dJIo3Tt9FpfStBH036u7t0j9RH/dXF9qPnMhe57ucVbv7i81bdWywC"
    "34cAsUZ4RZYXFYpGd4KO/pNI2L/AJ4mS3uKUFC4sCgdcl4nZNuiL9ZLmE9WFBfoOODOaL9T/vD"
    "xdv2h73jg4S4roMnLf3oR4y9wrdtQmAZy9BpnLsEs2wux+gSnO4A4Rayep6qurl5F5sw51cJxX"
    "X98f355Ye9Q816qERlTJ9F9FdkYYzz++PHq1c5GixCk+C171NnX1EWYHiwWGwBv/U4PjJqJ6pQ"
    "9IcmB3DUrCnK0ThVzdMET439VJanMaqap4l57zjKLC2zkkVIHm8ta6zLKEmsZCdFVrKT/JXsJL"
    "mS+YJ4Fu6VtBbiVDvH5qODIhYD1MpltH4W57RH4DtFtsrN53Scauc4fXpcgNGnx7l8Vo/ibHaI"
    "xNTN0Bi/3d5cZ/M4QpL0d6gt0f+QS0XK71yDp9PxqSspE/uq2024OYpFMYMtZPTe+/YfSRlcvL"
    "s5T2pw1cA5CEShAN1BxBNVBR1sD8bYc6zUE97ieXXTj4atYbIEM9BFTvDFgcvU37/grEu9IQ4Y"
    "lEDgYk+b+RicHalXGoTDaEQ8AaId+kKioCk0prKPxgo4w8glUhIPdTzu9/ryBZTY3IE24QllAy"
    "T5gLCmQtI6HF56DhC36q4+s8/sHP7QkN0A/EwYnxMk+4R6yKE90EkCceZOmrpCj3MHdYGWM4J8"
    "xRQF74UFI9+DUUKWAfj0ShMoP9OK+tP2iJqGCslbAF7FxGep1lYFXuWbdA825ZZAsCJqRPek/j"
    "nehA5ZaNzlg1QRARddHiMkOwhcHJ4WWB0PkzjTbHVUj+KrIxnCSlcKFwoJdpC9rZMi1gfUymWw"
    "fhbnsNKpllGQZficIFuK2xXzANdt6WmWgeqnoGGs8gB3BvkK0O6KyWCXMG0VRxQwoLoZos4NI8"
    "WJFoeTVqXEDtY1qUw4qXV4/Pz47Oj0eBpFmpbMCx6lgVVt9S2hr5J0K1FYmw3UrVldGY4tr6+y"
    "6GuFVWWFFfFSyq5NMco6CLud8gdvcxnhR8jq+V1x+ZaNSUbhjBXiA9UV6gI4IAUUxrmbZu1r7h"
    "HaY7+TiWbwFbwHZnYWAKBRvo9BI9vJ0FnpbCJ7eDwFqKLDCb7cIS4xAfSL9u1F+9WlQbQeG3e9"
    "EsInzjvaNSoqhbwmnjfzsVeqa1puULUg/NpGisBkJmLbJkIYbNNkH5o2NTDaRD6T1FWgJkNQGf"
    "5HLgwSIdHe12TfX5+l0de19rQYKM2FKwWBkeNkxEBy3aQIxWp8pCrk3D3QScoHKgOJaZmWXd2T"
    "tJsy7uo1PneNr0T06p2O1qS1Z1A+R2uaOE9xZWnCQpKjDkGCMNlEY49CGUOUaU0FTTCBjSPAu4"
    "hKgWwMS89LqI7dMJe7pyI9HNZi3UimslxfTyWjSox8k5b0JgUCSAE3rShJs05/3q70541Z6tvj"
    "fZVIyhrA25fBCsP6uxhCKhRBmhNASsGERtEp019mJmWdU4a9SZ4Vl6RN5hhPpLGid2bYngdZKF"
    "NbAlh7fnXd/vDnNGdlalC8u7l+c56RtXL+591lOxlcqrG7J2f3ReWfWO7LDIAE6YYwvHoArCDa"
    "WDbQWMcYs2KMykpfYh5FyGocvMpTpUfvCbP80RIyTpDWcq6anCuBhXwgXfiM/p3CVhspRCT2tJ"
    "mPi3imnmUg2mLwyA0jKBhwASaBUbBj5yeBghYN6PvSIBjqTwVcELeLqAh2uAvJvax99KtvPgMI"
    "+RTuMYrMHvXrS1E4uXx2yAPzQioGYawlMSQfrIiIqLj5ESd6PBuk8ih+7dI95eWrTsd4OvLd8P"
    "7bqqnPtSRlRCyJB+Vl3KYski1j68LUjPi4qk52Rsj5lBkdEUmeBS3CGFlh21nAmPiZgmXL9EYw"
    "h9xTm7zQpmwXD6k7UTZvzM4VJp0ChuQYcV+aMGC25byqxtVWNxi/mrAH30TUVjrKHYS7Kl6Jkc"
    "elMdBVDUbGKm8j1q4yxQdkJBGY3MAJg8MjH0ao95kpIvV+umuqKEcudLLUeVdhVGpB0DIU1KIN"
    "b8nDrkz8wOQmFO0iRlS4KwIfWGT/3rSbKUF+F/X2vY1u39v6owRW5iOu5fyALT4KY2WMXf35F7"
    "VT+LSdBhcLaS3pGSZp6zGwnWNg+T1ZK9+NVVFvZzfEHLEgSwk5QlcjQNWXcIfonNEyhlKKcPf2"
    "36/hEEzj+OkzLYXgGZt1CuSqxajrbLUls9WSPni5NIs4ba3iqqzi6j2H9Z7DzQLbD9hzGD0MMZ"
    "mLkVg5AvrXv38gbl5YOzP7Y0e4/mONEQAYy/BKMJwb6SDA7FlzThzA1LIGZFJ4mxHUNQi4Ihbx"
    "7ZIv9U6fkUfvQXCoj01uS4Ci6yPsFIYO404B/D+pJ7ZHpMjaY7SOblR84Aoo9WZPnXTzTaK9kd"
    "9xqeirTUkOJ1DKTadoQuSzJrJ9zyMM6ukXgYKRR+4p9wXaU28x2yf6GSRPXRfByOY+OO/P9Bl8"
    "UBlqOKjr8SHCTIcy4O0KH6KXi4UPyp0/OljlwaMVSuM5PipiDh/lm8NHi9J4YJGQpZyQKcEO7p"
    "M5K8Dts1xmn+W4HsFUVnpoKecjQb+k+1E1zm/A/9C60Lb+Hg/Scsg/dzdO9fhH725GBis7ZLcO"
    "Y9RuYeR+DK3KlhkBSdoaAKiypMEipd5Sco5T1lKumpQrsdXiru9xKfUHJ1zD6ZNmvmMogzoFvc"
    "K3fAx+jTr/AQfO1uzCwOnh4cqj25vdKtjUNwyaxIZn5jwIc7bOWJ2tIzm0kJUvtt6uymZxjZyC"
    "x5dPGWpFaJrlM6AyLeQ5Xl+mQbz9Xt9hq0gUBGrlH6ndOljk+NU7R1e2ZaOjjMBlAxsp4nrJq9"
    "qSF4tsxBRcqR0aMcrahdke+VfC5NHxmpS5E0Zx8kwdFQYpDH4HV7OM+xzZYFNomJjqC1X0/Qr6"
    "0pUJGsG4JS/19Sv6AEGzrTM4G4t6ipQzamNXGSzDLPR7Lf0o+PurOX36HtqHj/qKPCqI0HaQ3o"
    "AaoNnBiYcdAnTEXETDOHI566l7Z8gU4t5HbTCsPLtP74nzmYX3RVOhc+3HGotX6fnmc+A91Frb"
    "RIKHOfTQlTPb/qo3kZu7pyfKjCPucnfNmK+wAui9gHWmx4CVJss30BJZ8HHwZXFev+kwTlWsJ4"
    "8rq7xQ86ZqpOU3V9dF7cw60/4xMu270Jelf5Sw6WNEOxhiaBVKum/NSbpvpZPuH/m+nApfiLCW"
    "y3L0SlSGvVOCXWPvYauQYzrHL03y1sWs54O9U4a9UZpH3DFiMjfiTA7KVjJ0iwzc/GGbGrRYiD"
    "EHm7OPRb/U4E0S7qIWPimyRQdqzVETqU06U4skzum25+GcAO+UIsHiR7rJU3kLVpBIsj/kDlik"
    "+7+4eNhx8K8bcQYv/7j79CXBVSosHfrJ0BBzL7GP0T3iJfahct7aS+yBcdo8UG4Uhb6yjgRewP"
    "g0/SMKYFqytRKYamC7DysdsdTtyiomVlIQ85qp5VFCHjFUoQxknqR7POj8cF3L6DoudkuiEmVQ"
    "1cwGagi9ahBqLAskgNSWSQKJk9ZyrrKc62yvpy3/OlT29ORfIlQWvSKZdak31BtoHrTL5iLS0B"
    "ZiFLm7bDLOj3sQn3bvXLM1bkRqgxtr9xup0GtQ3swPvuJZjUXR13wGPGATTVaY66lc5bO2W9Vy"
    "3cB8RDXfA6yx1BwsVU2pEhwOqu8gdw8LxQsP58QLD9Pxwtxre/J3weTf1lNvgXmxYAvMRvOHfv"
    "wfQ7zHNw=="
)
