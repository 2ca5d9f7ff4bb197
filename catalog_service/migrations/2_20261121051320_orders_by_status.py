# The staff asks for the orders of one status, of which there may be few among a million.
from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = False


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE INDEX CONCURRENTLY IF NOT EXISTS "customer_order_by_status" ON "customer_order" ("status", "created_at", "id");"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP INDEX CONCURRENTLY IF EXISTS "customer_order_by_status";"""


MODELS_STATE = (
    "eJztXFlz2zgS/isovSSp0rhs2bFz7G6VrGgm2nHsrKUkM7OeoiESllimAIUAo6iy+e/bDd"
    "7ioTuWHL7YIoAGwK8B9El8q5lUUUcMDlrUVbVX5FuN0xGDH+mKOqnR8ThRjCWK9p2gadCk"
    "L5VLTeznjjqSQZHFpOnaY2ULji0/DakigjPiSeYSWxLaF54iSpC+N31NbCWJKyZYMcGW7A"
    "tzp9h8MhTEHFI+YJKoISM4InGEeS8PcGBLmDCyzQdbHMPj9mePGUoMGNS6MNJ//4Zim1vs"
    "K5Ph4/jeuLOZY6WgxIkYtoW96EpDTce64sOHzptfdXN8ib5hCscb8RmS8VQNBY9oPM+2Dp"
    "AQ6waMM5cqZiUg557jBJwJi/y5Q4FyPRZN2ooLLHZHPQcZV/vHncdN5BfRI+Gfk38F80s0"
    "M4zLq57RbfcMo5bhM05hhi1BkSk4rhGbK4Ts23e/3xgVXVrDAVpvm9dPj0+faQiEVANXV2"
    "rMat81ISxFn1TDn8B7bCEmBlVZyN9AjbJHrAD2FOUM8lZAehD+WIUDYUHMgnir5PBADqnL"
    "rAMT1+EBF5OH4ESv867d7TXfvcfuR1J+djSQzV4baxq6dDpT+tRnnIDjwD8jok7Ip07vLc"
    "FH8tfVZXuWvVG73l81nBP1lDDgxQ1qJcEKi8Oi77j57u4TywEL+tS8n1DXMlI18UJxbA6j"
    "ZtbIeUD26+/XzKEayexqSJ6PF9DPthZDyMHt8TwuDQ4EDaZoiCI0s1Wjxmi2hHI60K+EY+"
    "NIGcCKpE2I5hyJYzhhu7lipysIzGdKxjYz4XQXd1o+jF1heaYiNidUn/Z1AvIAj/6xa5so"
    "EBgHcUEmVBKHSkVgCcJezAicjfc+X9R8q8Vo14KRUFxgM/Z1DHtJwqtHzIhRDmAzAhoNar"
    "Cga5oWkNQP3wulWZ4gO7cHHa7yz9RcKYaLbWbDBKJoPfG1xd0Ck4V/v7xsNI6PzxqHx6cv"
    "np+cnT1/cfgC2ur5ZqvOSo7V885vncte+pTEgnLZ9tmjXNlqmuVBIQOSJPPZsAfnVsCJxt"
    "HJ2cmL49OTiAFRSRnuIcYxpnpDGrghDb0Jl1vfedSPCeYfsuBjZmgMV1DdknSV4rY/ils9"
    "pQW4aklDKUGySUNpNzSzleyi5LkWKQZLnmhJuuosW+osyxgi6eWd5cSvwmX2gP/OppobHZ"
    "g35SabY3LsIQ+KzA0odukk0jSTWxpe3mIOU/r1W81uq/mmXctb45uA9X3c1SNFNr2x88Et"
    "tpu3bBXq/11FVZFlmGhQn2Md6jJDRm3nWog9sMvQakPPoEK3oGKOI4nLqMVc9BRqS4yAma"
    "eGwInAUWiBTcctMgQi3wL08ZUEZD+5Ey6R1GFZg3Gbg93wG35NbckstDzR3IQ355L6WgnY"
    "ptrfGXSJzzTsCLr3HZ/aGvVHttFErZM+M6kn2Q2PnKUMUEx5TKPZTCh6WHE+tlrXcZonuL"
    "oj6jhrG5ubcZYebVdaHTfOTiP5hA9lEqn7rnlxMd9+dNkXWwYercU1giTVw+oDR/ugA6Ts"
    "Gdh5XyKHS563sQT3HOKHhf9wH+Bfwhe8VZnWsdhoLBTj5hTUkFypNtOkXK7ZcWPjPmg9V7"
    "I1Qa4Az/WRDqJm5MEvLhSc6cTCk1xNbJP5ogUPf5AVE5A9uq0+yG0XScFoJgOhsrJss92j"
    "9AJNjbmwkqELkCIsFoNa5thS91snUvi9gAiTKJaoQ3TczwQKxyF9zw8CojhaxalqgjQOIk"
    "FznKozXDESlPXKu7p7p0OZdNydSO1uWBRrOiCCQyoNZWtI3Xwog+YzMMK09hBAEAtfDYfx"
    "gRrCY+P58xJEPzavNajQasb5dhlUNfy6NLrBwWsMqRzmHRqcutMidS5NOYN4f6r8sOhuYF"
    "7rvm3+0nh+ikc9ypBg9k8k6QtrmhFJSy/o84ur85SHFEA/71w2r/98+q75x7OUm/Ti6vK3"
    "sH1y8Z//2Ws3ZzU/LeuynOmBHChQ9yKKlfZAcF5vmx1oviLyIT/8Wdd92YuyVUtpEL7rs6"
    "bX/qOXYk24IfI5EzZPbKAWMivNl7SAXibGkKasogz7E2XYFZPgyrW07pm1BPyacgPABO1a"
    "jEDfEFHjJVPu+sIbDFWdTGw11JsXpyG1eq7jmNLf1KjJw0A8R+HfQH9LquIJDSu9ARdIeE"
    "gBZog7Azsr0cvxnMi3AlYaL2TTYqOhv9KTG3jP/tSI+9qEBVKs/lY5iivmKFaWxiYtjXi5"
    "Z42NNvdGmRhQCtmY+sfZHrWxQ01mLblqa+8vmq32m1fEp77h75sdfKI2/G41L1vtiwusNv"
    "E9HSfof0lr5eUCtsrLQkvl5aydogRIsuW8GhFJFXxe2fFcqbk/n5qb5H+VBf/z8f/BsuC1"
    "9VKlwS9rCRbmwafwLLEIfX1/k5nwnOg+X2tLLjbkdJaB/mAKTLYpmaCXB37xVdLhVxliaz"
    "nxMYJVUvxuqzbFxpT+n6v756Mftn+MkYbDw0UiDYeHxZEGrMtJkF9ugUcklQa/sgZffeux"
    "+W89bAloeVzlfuUhhMMoLzixU4SzETOg3B1wa5+CDELMsAjEsImiFr+DDoI2UoEu7edlDA"
    "RBncYP3WwgnHZ1dZHSkc87s0GZD+/O29dPj/QRBI1sVbABfNm8nJcsSVO5yaovAh7+SC/5"
    "IiAKEKybux5Fj/aMC4tmrid3dfVRwEahLfko4Lrd7V13Wr0H+yogRD/PRE5wpsRATiyFRa"
    "zjEfNzDYuT93PaYNbirVZ4b4nWEfw8eomZ6pgZCSsikrvAjjt74LnMIqbnupg1eEBu5b13"
    "i0kTmmwoxk/Abp5w3z6GYW6gA2j1hblowt4S15Yg0nXMNZnOjx0x6sIDvHzUn29kS3IbZh"
    "EfTGA3yVvoGHgAOsKrG66tbseWwdcEUvgJmFNfQdC1Qde62xG1YF6uGB0QTAZBL6BP+N4X"
    "P93/XPhvAF1HHwaoMHCc/CCBWjAF7d7DuY7WzNSsLxIrDdd7kFtdHqMln962r9vwzkFz8k"
    "+9hzKh28jcWXr8iHKt8WO+rzSJ0CBeaw6rMmLJKPkKUJdjvDEwS1EsGGXRvoPWid5B3ai8"
    "U7ui49Ur79SDeafS23VRlNNUjxDrk4WwPinB+qQI6yzOve5HZipRivViOC9wpuyGYp0bJO"
    "x+bLd6V9c6aCeF55rMyBcsf/v9gi6IdK4Hpz/VAbYJGChDPVAwugRYI2TSzLj3llrxfvON"
    "pBY/7LGeWuenJwss89OTwlWOVZW7ewfc3ZGCubxnNqZ7YMdstA02fbJs0KsamJFLRBUSFP"
    "v+9e/GAgn7nl6Ve3xcisnTZ1sSjfuQP/OY8qcqBm8qQSq6NrG6KzSbJJWN11X5ZAVQLeUq"
    "T+a2C/O+GM8rznoC/iyAauAy74Yd7sT3hJvBdYWogg9DSWghwml+fMGImLTgF1m2JA67U6"
    "kbeIJrESQJEg1eJ6rQ2Y/he+mZQygObjDXF/IQKRwLY/sFH2ttZSiMeTR1HXSLeQZiwhOX"
    "Mrj6JiPObJ2HENw2FA/BhatvZtAxFP+ydQ3tE7wFyb9qZt27g3Yp1F05QUtymcqY8VjTmX"
    "b9EpwFQumh2PkBgfQH3T4bCKPn3623XmS8yVzbHOZKr6CqXG7RuNE8gVUM1YavdvtZ4lFr"
    "+iCKD9lCz06xU7jYtfMYYiBbuXcFd9USCAfNHyG6RwtFmI5KIkxH2QgTjKgYzxE4/+5eXR"
    "Y41GKSWWeLDcrm/3Rmyx6iXQIugpHys2QuRpm9A6WedqBgB+cPfVfe9/8DenU2Gw=="
)
