# For the staff: names of buyers that can be searched, and why an order was cancelled.
# What the version before writes of a buyer is a name, of which the words make themselves.
from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True
LOCKS = ("buyers", "customer_order")
LOSES = {"customer_order": "cancel_reason IS NOT NULL"}


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        -- safe: names alone are written anew (100,000 in a second), which lists of the staff read
        ALTER TABLE "buyers" ADD "search" TSVECTOR NOT NULL GENERATED ALWAYS AS (
            to_tsvector('simple', regexp_replace(
                replace(lower(normalize("full_name", NFKC)), 'ё', 'е'), '[^[:alnum:]]+', ' ', 'g'))) STORED;
        ALTER TABLE "customer_order" ADD "cancel_reason" VARCHAR(500);
        -- safe: while names are written anew
        CREATE INDEX "buyers_search" ON "buyers" USING GIN ("search");"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP INDEX IF EXISTS "buyers_search";
        -- safe: made of the names
        ALTER TABLE "buyers" DROP COLUMN "search";
        ALTER TABLE "customer_order" DROP COLUMN "cancel_reason";"""


MODELS_STATE = (
    "eJztXWtz2koS/StTfElSxXX57Tx2two75Ia9ju01JLn3rlPyIA2gspghGimEyvq/b/foDZ"
    "JAIAI4+pLAaHpGnHl0n+6e8Y+aTh1qif5eQ9eFy50bIU3HFLz2mvyocTpk8CGzTp3U6GgU"
    "q4ElDu1aSop6tbVRvHpXOjbVHXjeo5ZkUGQwqdvmyO+09l6M4ZFNqOsMnknSY8wgokf8xi"
    "QZUEm6jHFiM2rsYZuG0KFRk/eXE3e5+dVlmiP6zBkwGxr57xcoNrnBvjMZfB09aD2TWUYC"
    "F9PABlS55kxGqqw9pJbV4s47VRtfr6vpwnKHPJIYTZyB4KGIyR0s7TPObOowIwYOdy3Lxz"
    "Mo8t4XChzbZeGLGlGBwXrUtRDiA6/7qKCmaVfXHa3d7GhabQZ77GwKT79IFxzHDV5UKgD6"
    "2P9vR4dnpy/hqXo9/HL26HUYIeJVV7h8aFxetq46tUdVCeaLV00hHJtqri2FPQvrxYDa6Z"
    "BGElOwwhsvA2tQEOEazdQQx9oMsqvAOaTfNYvxvjOAr4f7+zkwfmrcXrxv3D6HWi+wSwGr"
    "yVtuV/6jQ+8ZwhyDVYwmGneHXZaCbeZsnZIqZ9ougu/+NLz7K0/Ww4Pjs+OXR6fH4YwNS/"
    "KmbTBjE1CazNCoMwvkW4DBMYcsE81IcApLw5fcCz4sgKy/3AsBG6C2hk0hB8RO60Oz3Wl8"
    "uMHmh1J+tRRajU4Tnxyq0slU6fPTqfkdNkI+tzrvCX4lf19fNRWaQjp9W/UY1ev8XcN3Ak"
    "0gNC7GGjXimATFQVFijDkbyyVGOCZWje82j6/FqISl2J3MjvDHj6236aObEJoaX9c1jT0U"
    "fVLjqjTNkTdQ8SFQP/QxDVGwsUyr6LKZlq3WzratHbSAew8xgw0LulR/GFPb0GaeiEORVX"
    "f20fBwOF1COe2rQUI08T0DAnLuTpSFPktNvCf1XELSxTpyMRrS4AFnIM6AOmRIJ8AdvjEy"
    "sqiOnMI2oK066U7iVOMNoZzAvJRYgzPFNrgg+LKzVGU9XcynMz9qEdw1yaitD2pYhX0fwT"
    "SRAEA4EgHKHnKaXxkx9dfm762rmhIFOJUV/FiILGVvtqlEqcguuwRdqv2j53IdZwBRPeE/"
    "x/+aNfU3v+9m86ce9KWpLzNgZ1OohNDPY1Fr3HB/AqWKFkMS5k77E9MdkQF1JDUfZ3+Cbj"
    "HMeXqt/al50bm+VXpGCtfWWWzCxqbcF6/Znqk2RWkOR5aah2Nm9geqG79vCaCGuOwyu13n"
    "vC+B7G6Lsr+gtpOq69WDfFWvB1XmKvrPqHpRkbqS2cSUhHaFCxpZEFB6b4jpSGKLMT4YY0"
    "32jdkTrD4eCKIPKO8zCeqbEeyRWEJ/kLOafk19rOC5xBfRimnkmEillouqZXeE5GUZr1FS"
    "sgRqtJzDMxoDCWYEM/Z0nId7QBI2MRJPjTTFeLTJmZydI+e+2Ls/bplFg2jK1GyI74+X0M"
    "4O6q/HYPoHpYG6X7umUYBlaZsAzTkaR7OCenPVTlsA3+MTMjKZDru76Cn9MLKF4eoOMYEa"
    "qt2+Tqijtv6RbeqoEBgHdUHGQPosKh0CU5ClRMFKb70gq/R7QnUxh1mGsGm+TJxdrkItz8"
    "3+ylG4BQzw+epr/dbeq8PDo6Ozw/2j05cnx2dnJy/3Q7Nv9lGe/Xfe+h1NwMQuOT9k99Wl"
    "3DGdFF9q5gDERSq7OyXIpBakhgtSU4uw2PxOk35KMP+UCR8NhsJwCdMtLlcZbrtjuCVcC6"
    "ifihGlmEiZRGk7LLMVw0Qxw6DgjhaXq/ayQnvZDBFJTu/ZkXgnbGb2+R9sokajBe9NuZ7m"
    "HZ52yezYGGTRDSi26Ti0NONLGn68wSzmeC71Rvui8bZZS5vjZcB6EzX1RJFNLux0cDfmf1"
    "T/tx3qZDHDWIX6HHaoyjQZ1p3LEDvAy5C1oWdQxQcdZllS5S0yGz2FiokRoHnOAEbCdxQa"
    "wOm4QQYg5DFAD19JQPeTnrCJpFZKLHKdnd3xO35LTQxYAvNEugm/nEvqWSXATZW/029SJW"
    "sGDUHznuNTsVGvZxMpap10mU5dye546CxlgGLCYxq+zZiihxXfx3SqlM+tS/m02TdT+h6t"
    "xS2CuNRm7YGDXbABEnwGVt630OGS5m3MwT1FeLPwr54augkTbEM6rWWw4Ug4jOsTMENStd"
    "pUlXy9ZkaVtQe/9vzcGtArMOYyyHtx4RMXDuzpxMCd3BmbOvNUC27+oCvGoHtUXbWRmzaK"
    "AmkmfeGk5NWU2jxqL7DUmA0zGZoALcIiNah0jilVu3UihdcKqDCJaolaBCac7to24yr+B4"
    "rRskjX9YKBqJaWca7qoJX9iNAc5+rU6GgxyXrlZd2+XSJPS25PxHY7mMWKjgh/s1o0Q8qv"
    "/hRzo05OFsmNOjnJzo3CZ0l0/Q1YG1CZkiF1bnJqT7LMuqTkFOLdieOFR7cD81r7feO3w5"
    "NT3PJRl/hv/0ySrjAmM6qp8IQ+v7w+T3hKAfTz1lXj9q/nHxp/vki4Sy+vr34P6scn//lf"
    "nWZj2gJUOm92ZDqgBzLMvlBiqTXwc/KxFY1F5IPx8N66DupWZ1hgK20Nynf1oek0/+wkhi"
    "ZYEOkjE1SPLaALHKyps0UJBV3ocFFCsoo27E60YVuowTWmm9fSGIH3JJ8I6GBliyHYGyKs"
    "XDD1rivc/sCpk7HpDNTixdeQykxX8UzpLWq06KEjnmL4l9BeQVM8ZmElF+ACiQ8JwDTR07"
    "CxHLsc94l0FrBUf8EwLdYb+i1dWcLv7E60qK0yGEh1hKD0XMWKaZTJNKLpPks2mtwdzsSC"
    "kucFQumfeLrdO4BUcNbWbi4bF823r/3jS3f8ptHCb9SEzxeNq4vm5SU+1vF3WpbffkG28m"
    "oBrvIqk6m8muYpjgBNVsyrEYpUQeilHdDeFNBAk8g0t3/OXQ/TgltMRpbk4ycLnVU6yTmr"
    "dJJy/UPFK345XhEf/+r4wa83/hs7fqDoYnX+oCj1zjyAkMAzh4J7BKvMIwjcO4P+RlHniD"
    "mr9A51Ug048oSM0a0Gn/gy5xCW6WJthxEiBKvTCNttS2az16Jn36tj78WOvavlWWyChyIV"
    "ZVqaMlWHbMo/ZGNKTV2/knq8RgiLUZ6xYycEp0OUILk94NY++6mbmNriq2EdVS0eQPejZN"
    "IBW9pLiOkLgjaNFysrIX55fX2ZsJHPW9NRsI8fzpu3zw/UFgSVTCdjAXi6uZhbMi5T+SWr"
    "oxib39JzjmKEEZlVDw2E4bodG4VFjwzEV3V1GqNUaHNOY9w2253b1kVnY8cxAvTTKHJsZH"
    "IIcmwqLMKOh8xL8sw+NZFSB9NF75XBe0/8K6eVisUjApiSCjMi1LverUeuzQziJYnqkz1y"
    "Lx/ce8xSUWIDMXoGvHnMPX4M3dxBA1DrG7ORwt4T25Sg0lWQO36OAhtSV03hjw/b80i2JP"
    "djWETyHtoD6ME0eH3HFdm2TOmf3pDCS3ideHaBeuq3qFobUgNexxbDPYJJN+j88wRvPK3T"
    "/s+l9+LQdHgQwwkC9PEDINSAV1BePXzF4YoZsfVFYtLBNPdz2fNj4eTz++ZtE36zX538Uy"
    "2dmRB5yHIK9x9KrtR/NNxLvUTAg1d6h2UHomA2whJQ52NcGpi5KGb0smjbpd++WDmlKqfU"
    "03BKJZfroignpZ4g1scLYX2cg/Vxde9lufdexubcl3r84kvbhd2fqrhagZsvwVgsNOO96q"
    "VkTWx2W0/M89PjBab56XHmLMdHlZd7C7zcoYFZ3CEbyW3YHxsug7J3lhKdqT57LBBMiEns"
    "+mnr8v4SzI5nVaVuH1di/PzFmlTjLqTNPKW0qWqAy8qLCq+prO5mnc2Nmg3TVWlkGVAV8p"
    "DHzxAI/SEbz2vOOgL+WQBV31PeDhrcrVTpXFyXCCZ4MOREFEKc5ocVtHCQFjz5ZkpisZ6T"
    "uPHIv4ZCEj+/4E3sEfr4MWovXX0Axf6N8eoCJCKFZWBIP+NQ3Fq6wlBHQz2DZjG9QIx57B"
    "IM9ddrQMZU6Qf+7U5RF1zY6gYMFTrxLrdX0D7DW6e8q31WvatpmyLclRM0J4UpbzCeahbT"
    "tl86tEAEPVA7PyF+vtHlU0L0PP0uw9UC4g1mm/ogVXv5j/L1Fo0qzVNY2VCVfJXerxKPWt"
    "EHkb3JZnp2sp3C2a6dpxADWcv9NriqCiDsV3+C6B4sFGE6yIkwHaT9sWqwR3mKwvl3+/oq"
    "w6EWiUw7W0wwNv+nMlt2EO0ccBGMhJ9l5gKa6btm6kkHCjZwvum7CR//Dym4QzM="
)
