# Functions that nothing before uses: the parts of which an account consists, for a search of names. The
# embedded PostgreSQL has no pg_trgm.
from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        -- All parts of a text that have three characters, two or one, down to the shortest that are wanted.
        CREATE FUNCTION "parts_of_text"(whole text, shortest integer) RETURNS text[]
            LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
            RETURN (SELECT array_agg(substr(whole, place, size)) FROM generate_series(shortest, 3) AS size,
                generate_series(1, length(whole) - size + 1) AS place);
        -- What an account is found by, the words of the name only where they say more than it does.
        CREATE FUNCTION "parts_of_user"(full_name text, words text, email text, phone text)
            RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
            RETURN parts_of_text(upper(full_name || chr(10) || coalesce(email, '') || chr(10) || coalesce(phone, ''))
                || coalesce(chr(10) || NULLIF(upper(words), upper(full_name)), ''), 1);
        -- What an account has to have for `wanted` to stand in one of its columns.
        CREATE FUNCTION "parts_to_find"(wanted text) RETURNS text[]
            LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
            RETURN parts_of_text(upper(wanted), least(3, length(wanted)));"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP FUNCTION "parts_to_find";
        DROP FUNCTION "parts_of_user";
        DROP FUNCTION "parts_of_text";"""


MODELS_STATE = (
    "eJztHWtz2zbyr2D0JemM6ollO8klvc7YjtO6Tewb27m+0qEoEpJYU4RKgFZ0af777QIgxb"
    "dIWbIphV88MoAFyF1wsW987piBGO8dWxYLPHE6Nr0R7bwinzueOcEfed1daJ1Ow078V5gD"
    "V41WAw1LjuRy6IAL37QEdA9Nl1Nosim3fGcqHOYh0M2YEo/OKBdEwRE2JMyjRM9GxNgUhI"
    "kx9Qmn/p1jUU6GzHXZ7DUxifCd0Qi6mEf6AfTzPpn5joAxjtjDJ7CZBY/geKNNL/bR++hd"
    "0TuHw4txYvqUjJw76hETZ6XEYpOJI7pyNUCJxwErMJKYQwEz4gi5bJdwpp7CY/FxHz01Ac"
    "xM4GnkQ1AcCDMQn5o2tIxNDk9NvT1yOYRWm7pUUDv2bg48KEzgumoF+O3SoUJT4Dl/B9QQ"
    "bETxMQBZf/wJzY5n009ASv3v9NYYOtS1k5tEk92xcSLZb4j5VPZ9+HD+5q2EQFIMDIu5wc"
    "TLQk3nYsy8CCwIHHsPYbFvRD3qm/AmsU3kBa6rt13YpN4AGoQf0OjR7UWDTYdm4OJW7Hw3"
    "DDyFfrkS/jn8Xj9ibJhhXFzeGNdnN4bRyexcfITU/tJNFmwAIJ3jCUTc5y9q3gViZGsHFz"
    "j98fjq6cHzbyQKGBcjX3ZKtHW+SEBTmApUEmGBdV9vtSzOT5zRuSfysR6HSuEcHncz2A4R"
    "tQHUdiS/+vZfvd7BwYves4PnL48OX7w4evnsJYyVz5vtelFCj5PzH84vbvCBGHAtxdWwAU"
    "mxQL1iHbZhiizy3wDqhDOh+ehPQqYIYGvQvfDHKuQIGxb0WPDdByBICW5vzt+fXd8cv/8P"
    "Tj/h/G9X4uv45gx7erJ1nmp9qj6NBTGiScgv5zc/EvyX/H55cZb+gKJxN7938JngrGKGx2"
    "aGacdxEjaHTV+QyQ1vYx8cNgxM63Zm+raR6WE9VjQ22zXpTdItpmeOJJEQm/o5owP3LaUp"
    "RpvurHAWD8NxlQ5iPFN8NlPHAzfnnARTIhiZjR1rTELmoc9ODgfOHSUDOHHgjPRHTAg4e3"
    "LP3DXNe49DKu9wup7AUVjIKnMPpo0xyf3NcsiD3ovnEU/Ef8q44PX743fvQrZXfAJFtKl3"
    "BCXA1oPeR2Z6D3cKNYM9BbYjzkC0FTncadFXxpxwlEFxWEUt4ZpN4JMHIigWMoaZYY/YyE"
    "NQAtYSLvPJDGRgoBa1XyPDUXI48Hxqd2GgDcL/HQjK+hjO8qrNLbOcdX3uLLDfUQICsCAc"
    "RD9N4ViTekUIt0D6ApNaqgi/pY6EBLzKf6QAE1uAB4O/qBWK3zUX0sDVVwPaMn+1tSRo9Z"
    "VouPdqLhPBFSxT62ApY39VjxV9QrSid+kZVF8Ef1zRO6Z58jEwDXvPcpl1uwcy6GPon1sh"
    "k8dVr+gzTZL8FHCZT+4IIEVxQNA2ShoT85PhUm8EB+orcvishLT/Pb6S1oXDZylyXeienu"
    "xKarY8sCxQGGgeT2PMpaaXj+UEXArTAwDcQlSXsarLy3eJD+bkPMW4Lj68Pzm7erovUQ+D"
    "HFFgSogfjNUtZwuYe9jN9GGxBfheaiWLb+C4WFMVo0moFqcpnCr5qS5OE1AtTlPfvW2jWF"
    "rnJIuBPNxZ1tmUUJI6yY6qnGRHxSfZUfokQ/eMAdprPWkhCbVzaD54VkVigFGFiJZ9SUz7"
    "FN6T57PcYkwnoXYO088PKyD6+WEhnrEriWabCtNxczjGT9eXF/k4joGk9R3HEuQf4jp8Y/"
    "a2mKYzCBxXOB7fw2UfQ81BFCUEthDRT98f/5qmwem7y5M0B8cJTppifztl3tDxJ6ZGUMoC"
    "l+jtFtvgrNi42kY4k0ypz4G0kwBd6WoqMnPEmMzQcGYSlwr0aw98FozG4hW0WMyGOaHH8W"
    "6JYLfU66IlbcDgoUsMceteCt30J/BDmuxuQc+E/TlH/7vjE9sZAU/ihHnuvKtc+IzZ6ISQ"
    "HowAkYLmvbBhGviwS+gqBj550mjmp2bBn5ZP8TNES94S41WCfAbOti7jVbFI17rqV3PVxw"
    "hc9XiMgeyg4WL/eYXTcT9tZ1qcjtiVPB3pBE66WnahEGAH0ds7qiJ9wKhCBMu+VNAD8FRD"
    "Mcg6eE6BrYTthmmAm5b0JMqA9TvAYVaJMcmCr8Ha3TAa7JJNG/2I3MBIvCypC91ISaCHc6"
    "M/29RHpdxJvf3DF4cvD54fRl6kqKXMeZQ1rEqpbwV+lYZbC8N6XEfdhtmVwtjq/CoPvmVY"
    "TWZYMS2l7tmUgGydsNtJf9A2VyF+DKz9vhtO37o+ybg5Y432geYSdYk5IGMoTGI3i9q3zK"
    "fOyPuZziWCz+E5TM/KMwBIK98HPcl2InTRuviQfXMWGaji2wneXCWySKwfX58evzlTFq2H"
    "tru+oZgP1MlYXHV7t9jWassRFa2sx0QNx8QhFR8dmUBlgg/sEmoTx3tNMBtISk+YyROZMr"
    "FVya/Sjpm1ra57AbSoXqpkJBEaXYFgMIOKhWQDZs+TU+PScxiipT5pzoXWieMFgvJ72lNj"
    "ouQSI6qmyzLzaTrEsPb8SeG2NdI20UhbX1W8p5LYsHDOTRu1Wp3hq5YpV7cPrN0y0FChaC"
    "fI3KoOrerQqg4Z1eEMvY3HQtDJNCdpKtFbokZInyXwQTmwojYhBXN/jhlMY5TGTY/IabAB"
    "iw7I31jqAEsPLKIqpCzv06krU5xGTMvoUvaX8Fm1YqMr1dQGFKbULlgupifxakSu4TYVqE"
    "0FaiXKpooaLBAWm9SKqomB7GDYx/qjajCUIIvf8rT5EGYll3TDjPr3Tp6PeUnhAKmzVcPx"
    "OxcZfVQpBv2oJAb9KBuDbplBvfi6CGDn8LtfCb/7Jfjdz+LXDnwZaWpMcgLQC1lBCmqXaj"
    "2sLU4lLqlWlxzjULuE1scoobE0iLSmfn0ZiAH7dBbOtWWEqKpmx3dgw/TsK5Va1MnXs8Pe"
    "7jI9W2coVfXaRdou6rNYHsTkt1SlCgzmxCT4JKpzYs7JgGq/2BOOSq+HJZIsCkovetpmzE"
    "dQNhzmOO82t05NHdsDCcUAhb+CHyyJUCMO2W3V7ObxyG6Jms2p6VIbGYTITa48cTzTn+dT"
    "IgubrhUwF8pNvp1cMxfLOp0sUqlBzjo5vzi++i1KPov06neXFz+c5KSfnfx2c3bcOtRa80"
    "eM/ikmWmcDpEDbHbA9O6ARCajnnAfUfucM1fbIyFmp/hJJy5EjDVcPrRwhhQA63siyQOhQ"
    "UUqqDJuaUzoRuiTwhJSVFnWYXdjFXJCn/fTa/W/yQqU2uNI9qllyCvvarqOLxyB2p+7vPb"
    "XwYiFHU0zStC53TcO2EQstF83jonE7QYaFpowIRfxTpb7XVlEZ6oUcRPCurF8vMMDTkzwr"
    "XpmeDaUTVppKXxMlu6v894UiiZOUKalrXglDTW/w5WWn5pTkltKpnFPqvjDZgII6DBhQ0a"
    "3YcwdYkqUoZA/h8G26mM+/UqxpDc1XE6hVebdZ5X20oKaGucPuE3i7wOYtPH0dV004fgc9"
    "tr1KefolafqZMNtGWGe2Z9u2xplWNd9548wqn2O7AdZQ06GGeh6Nbys5pD3kKPiv8B3FwN"
    "ps4yZ/KvKWNCOYrkDjFGhL56bRuYahJR7IuwhwT0mvGvLtz1fUjSoc5gVhpEPqt0xNKIrC"
    "+LI5c9QVYOedM3Fy4iYWXd1iUxRi13BxVEVz1C9oKp+FUQzyZhVqk8DDmwxNckvnZIZGGn"
    "kXlEtNjFQwZ+Zc2YXGbEbgRebyEhZljVeQMCJrj9rsUjWtRzYStFKNxxhKjRhUt779CF6x"
    "lsqthu9cWut+r1JsZK8kNrKnYyNLEokTlKpznCUhW79B446zuNgypZ6N71pdxo9BtFJ+Ws"
    "rXyFnN5ZYBbr+dxn07jfC5XdEhvMb4Bn34OXJOvLdM1FHjDBUKUE3awexIveO0x8sk+oqM"
    "J5zoGVVwwWvlH1N1VwSn7hCDNdWVclwwP+/iuvVPnyPV/BFe6hH7fPC/P8vEnbDq1zJZJ4"
    "FTI1YrrK6s0xby2EAhj2JxJ7YPqh+FSaBdymBY24HYuhC+vjOyLbL49dD3kW/Vahr7XD22"
    "oCShKyau3Cul6zoj9mwZWpemcyX3VXMSukLMZ2T1GEmKxHQeipqVBXSsT/itA+KzJ693Ue"
    "X7Xkl5eWhOHHeOgnVCmOYqNhi25IywQKhItnzxfF2TYwwc7F8JOIJ3oli80WE2MYdC2jN9"
    "JpQWIEPi6AyDkBPzymqOdCoIyPWACRX3oYyaHz0EYmE1R0eVZoFF7D3SX9yO1peW0b6+kq"
    "4vjaLw2XAZfYcz6Jftkr5rcmF8DHrPes/70Ri1TPLZ7lP1cYlyEe6EmoUedUCMsipUXSIB"
    "VHkpCi9YRU2KlokAKi8hCVFRG4uWSQCtoIy1tSsfonbl1l92uDZ9dyM3HG7xZZ1rQ+z6b+"
    "gMWcsKOzcHdDewvJHtK7G1wh5Ow+0Gite/kZUkV1ORSwC1IeKt7au1jWSPhlV2QBq23QPb"
    "uQfagtFfB5ljemwtIsfgWkN38yk8oLVr9GUAd+/y0MMq4v5hsbR/mBH2tfmJB7JaAcspF1"
    "4hBSwB3SaBrZgElrYE1steSMK2LK7JLK699aC99eBx/Xf3uPXgc0EMVs7JUTn9Ih1JtyNY"
    "32D6xTXsZXgk2M6drK9z0dctcXeqUcYtnVeuo4SpD9LRh8A8WeJIXf829Z07IBwZmypOUD"
    "sL5RUN0tFHfTRkPcEey6eC5xVR2sQy6AY9B0hZoEkGMH4S5Ok0GLgOH2P5EBuvkvCYWhRv"
    "m/umS6zA96kH4+SDQMPUp3cOCzh5Gt11J1M8PnqqRAjsbBaA8g5DmU9gMJPFNn02IZgSor"
    "ydnN63ntNt3uFRVhJhjRURGhSteHhQRRw+KBaHD5ZFK8IhIWopIRHADpafeFkB2y8Lkf2y"
    "QPXQn7KRm3NUQflIwbcVQlfVPyQvtIy/ZrdZOvx0fXlRkEuRgErrHY4lyD/Ac/k2huiW0A"
    "DxkaBBuM8jEsQ+gdMcAuAEJ60bo1UL48Ib4O5uxR2Qhm0NAE2mNEikjr8SnZOQLZWbRuVG"
    "pK3djH0mhHzhlGoY9XSLFUOhx1TOy9f1a1M1E2XaPNdZ8Hg7uCkr3Ppk4ox02pntsynPDY"
    "Bd16R140OndshDl0Q8RkgyYjDdNtO+yZn2bZGltWWbDVCwW9VZkQFuj7GmHWMJb0WCwdVK"
    "LktAtmrJ9tC/EWKM9MFkRJjQM1MkvqBro7JBewpjGdb6YcQyPWX6dTy8GUkVpFa3JE1h39"
    "LXZMDEWKauqLR3XZna8RGUeY5lunit0iTPor2RddCk3XdNbxQA9vryhqZQbNLrWZg/I03R"
    "FBCw6B74bMYx+Se6C0peqjxyEGOIHZi7L63bhhbA+sR3ON61PKYq9V/bvvWdBlo8mwRcEI"
    "8Rl3kjGDOgkUF8jxx78E7W2Lmj9kfPtKQkh8+MCUgzabnHnCX14PCGeIp3CWdhYhEsZS8K"
    "D8hKblgu3PTmmH2Er4fPzCmugVvBwE0jkRJV+jY56c+Yb/M+vDJsP5j1NcGKX3N8LZmSlB"
    "E4ZyDmUZ1+BHOE9zb09QvwPZwJyNwneFMsByquInfqKgbaX1BB/JSb3MiCFUugqeyepMVo"
    "eUqUWjAJVW0ln6EqUWl6NTQ28w/nF+WTV33wwEM6UbvwsckvP55dnZHU/iH/Jk+etOlKj5"
    "yuNIS1JDnqaEoJoB10xvQqpX70SlI/etnUj9T2r+X4yoLuSAJIJUQfliD6MIvogqtDS4Ib"
    "Q4C1BDU2SPPvHVUqan9UUtX+KFPWXgpSddAbAewaevd7lewqJWaVbHqYEjjroDcO84BcQQ"
    "UTJZGs29aydats3OJtm0asg+nTCk+GFNxzClGcMBCRTK9AvsidIO0Qhxk2hfCoJY7xfN1r"
    "LY7wy8t3CSX65Dx1V8vFh/cnZ7C/JRFgkKOi3LL2LLQ/GP+ryTQSQA+4rT/cnGb3ddjYpC"
    "pgMYZsco6qlzE2+bgWY04D7qIod1QlxxRGlRyBmSzTSJdKYvrY982CeJoIIoXiTUZvxNQT"
    "NOQYOm5vb8JsUOn3vnPNycA2v38UO93Zrzd//Jnl0dLTnsMnlrHmBdwDcuRQ8HjgCKX1MW"
    "ZAnLoN/I76DqyVd7HZEsRn4R/7SNwqCkQcGLQ7DyQLvJYdQxBqEqJsmpYedUSVuFm2jjcz"
    "DfdwXs39TR2ja/Zq5tpT6zi8cidovZtN824lgu60T2KVmLskaEvnJtO5Da79uunfRjF8ff"
    "SvEcUQYxTMGzr+RLrB75XUeBqbaAttFIVJjdlaVvdC0xs5xa4iKF5UdlUM7V454Q0mxh6D"
    "nm+NO5mwId3eLQ4cMhcjlkUOFSPgHkmdecEEX8uN7fdU4YpjBwr15GKTc7GK3BqbC4zN+E"
    "nVwLAevoPY3a8ULLBfEiywnw0WKLydvTgrs/hS9jYl89WSlMxHjX398n/jMNUv"
)
