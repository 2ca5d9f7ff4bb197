# Indexes of tables that are in use: built beside readers and writers.
from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = False


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE INDEX CONCURRENTLY IF NOT EXISTS "sessions_ended_at" ON "sessions" ("ended_at");
        CREATE INDEX CONCURRENTLY IF NOT EXISTS "users_created_at" ON "users" ("created_at", "id");
        CREATE INDEX CONCURRENTLY IF NOT EXISTS "users_tokens_revoked_at" ON "users" ("tokens_revoked_at");
        CREATE INDEX CONCURRENTLY IF NOT EXISTS "users_roles" ON "users" USING GIN ("roles");"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP INDEX CONCURRENTLY IF EXISTS "users_roles";
        DROP INDEX CONCURRENTLY IF EXISTS "users_tokens_revoked_at";
        DROP INDEX CONCURRENTLY IF EXISTS "users_created_at";
        DROP INDEX CONCURRENTLY IF EXISTS "sessions_ended_at";"""


MODELS_STATE = (
    "eJztXVtz27YS/isYvdSZUT22fIlP0umM7DiJ28Q+YyvntE0yLERCEioKUAnQiib1f+8CvI"
    "hXiZQli5L54pFBLEDuAovdbxfA9wZ25WC/7VpUXt4TJhuv0PcGwyMCP1LPmlA0HgdP1L8S"
    "d22/KtQyiKomdL2ukA42VXs9bAsCRRYRpkPHknKmKO74iMgBZX0kB1iiAbRMGLGQ5AgzhE"
    "2Tu0wi7qAJFkg6lFivkcMnAmGHIGxZxGpCRQsx6NRB5gCzPrH2Vd8WN6FzaHm93biM/u0S"
    "Q/I+dEAc6OzzVyimzCLfiFD/fm/0KLEt/buBNf+o1VCVyLexQ4QAVoiAbsb0GScNj0hOx/"
    "pRQ1MCX/U/D00U60C43b+IKQ3oonxHPnHx3kC23FmuL01avCcSjL2S3YR0Od0owvHQ0D3F"
    "hr33UbrcCGjPaf+Kybe6rhpiXcPktjtis/rjqRxwFhJQr+8+DDYHS6J6kI6r5gFzbdufNs"
    "HU8IbSrIo3hiI0Fulh11azSVF7LzAraxjG9U3HuLvsGEYjNdMCisis8ItMYCGwg6o5qxjQ"
    "V6/w439araOjl62Do9Ozk+OXL0/ODs6grn7f9KOXD97LzLjlNaV5dvXu6rqjXoiDKvD0hC"
    "p40DRYYmMm5YjSkWnuvwEOSjoi2fz3KBL8t3yS/eBHUhoB7+eJIyiYyWOmzELm/9Rzmal4"
    "jcQAlIa1b9rcHO4zPvm5sSZJzWF65+rj5V2n/fG/qvmREH/bmoHtzqV60tKl00Tp3umLuJ"
    "TCRtD/rzrvkfoX/XFzfan5zIXsO7rHWb3OH2raqmWBG/DhBijOCLOC4qBIz/BA3uE0jYv8"
    "AniZLe6QICFxYNC6ZLzOSTfC3wybsD4sqK/Q8cEc0f6vfXvxvn27d3yQENe1/6SlHz3E2C"
    "tc0yQElrEMnca5TTDL5nKMLsHpLhBuIavnqaqbmw+xCXN+lVBc158+nl/e7h1q1kMlKmP6"
    "LKK/IgtjnN+fPl29ydFgEZoEr12XWvuKsgDD/cViC/itx/GRp3aiCkV/aHIAR82aohyNU9"
    "U8TfDUs5/K8jRGVfM0Me8tS5mlZVayCMnTrWWNdRkliZXspMhKdpK/kp0kVzJXEMfA/ZLW"
    "Qpxq59h8dFDEYoBauYzWz+Kcdgh8p8hWufmcjlPtHKdPjwsw+vQ4l8/qUZzNFpGY2hka45"
    "e7m+tsHkdIkv4ONSX6B9lUpPzONXg6XZfakjKxr7rdhJujWBQz2AJG731s/5aUwcWHm/Ok"
    "BlcNnINAFArQG0Y8UVXQxeZwgh3LSD3hLZ5XN/1o1BolSzADXWT5X+y7TIP9C8561Blhn0"
    "EJBC72tJmPwZmReqVBOIzGxBEg2pErJPKbQhMqB2iigDOMbCIlcVDX4W5/IF9BicktaBOe"
    "UDZEkg8JayokrcvhpecAcavu6gv7ws7hh4bshuBnwvicIjkg1EEW7YNOEogze9rUFfqcW6"
    "gHtJwR5CqmKHgvKBi7DowSsgzAp1caX/l5raifpkPUNFRI3gLwKiY+Q7W2KvAq36R7tCm3"
    "BIIVUSO6J/XneBM6ZKFxlw9SRQRcdHmMkOwgcHF4WmB1PEziTLPVUT2Kr45kBCtdKVwoIN"
    "hB9rZOilgfUCuXwfpZnMNKpxqegizD5wTZUtyumAe4bktPswxUPwUNY5QHuDPIV4B2V0wG"
    "u4RpqziigAHVyxB1bhgpTrQ4nLQqJXawrknlhZNah8cvj8+OTo/DKFJYMi94lAZWtdW3hL"
    "5K0q1EYW02ULdmdeVxbHl9lUVfK6wqK6yIl1J2bYpR1kHY7ZQ/eJvLCD9CVs/visu3bEwy"
    "CmesEB+orlAXwAEpoDDO3TRr33KH0D77lUw1g6/gPTAzswAAjfJ98hvZTobOSmcT2cGTEK"
    "CKDif4covYxAugX7TvLtpvLj1E66lx1w8aZ2ykEFe/vJmPtXoIZUGUtR0AmpKjLkGCMNlE"
    "E4dCGUOUKagSeIaZwN4SxnuISoFMDEx7DdWxHWQh9hVGyWEU6UbSIOtaeyqJhzLyTRrSmR"
    "aAPn1uGlGSZp24t12JextbY7bHbiiRTjCEty/j5Qb1dxH8LIR9zoE+Uw6up+jUoiUz0wnO"
    "KcPONC8LJkmbzI6bSiJ2atie+/HT0NIF1p5fXbdvfw+jraG5++Hm+t15Rrz1/PfOZTsJi9"
    "Ze57P2ShLLfZkBkCDdkPdZD4AV4ORlIfIaHc9Cx5WVvsQ8ipDVCE6Vp0qf3hNmuOMlZJwg"
    "reVcNTlXIgftlvTgMwYdFbtppBCR2NNmPi7iePUMHQIqCI/cMIL8AedjEhj5ueY/COS36C"
    "V9vfYQDPVTARfE7iEq/L2ZQnInawfo6pvPAEI+B9nxkdmj/vuaQEhysYvycc1HRjQrBmGs"
    "JaSZD1ZERFTc/IgTPZ0Nsn7oaGVmSO3SPb/lqw4kPh/5bnjnWNXU51rCiRFL4lERxbuURb"
    "JlbF0YVIyPq+rEFQPOp8zoiEjyLGgRxMgK284CxsSPFCxbprcwWOSemuSVNmV7eETtqbJ5"
    "Y3au8A5DgSE5QdyVXhgw23JeVeNqkwaMX03Yh28iahMI5RbCPRWvxMjh0jPQVQ1GJmDbxt"
    "tVpviQjCUCkxs44eHwyIUR6nxhiki9n+6aKsqxDZ0sdVJLEJVaELQMBLVoq0bymBYvfuAy"
    "Se3CXcSICndF4AOL7DwJuwkJ8ruoN55sdOPJ1m+CXZmPuJadr1u8iXtljF39zu3aKXzeTo"
    "ONhTSW9AyTtPUY2M4xsPxugpXvI6iot7MbYo5YkKWEHKGrEaDqS7hLdM5oGUMpRbh7O0fX"
    "cHyb5/jp09iE4Blp5gVy1WLUdbbaktlqSR+8XJpFnLZWcVVWcfVumXq3zGaB7Ufsloke45"
    "XMxUisHD79219viZ0X1s7M/tgRrj+sMQIAYxleCYZzIx0EmD1rzokDeLWMIZkW3mYEdT0E"
    "XBELdbo5LPs+Kv9a7/QZO/QeBIcG2Mtt8VF0ffiSwtBh3CmA/wf1xHSIFFl7jNbRjYoPXA"
    "GlTXvES7r5JtHe2O3aVAzUpiSLEyjlXqdoSuSLJjJdxyEM6ukXgYKxQ+4pdwXaU2/hhyPA"
    "W/8Ckqe2jWBkcxec9xf69CioDDUs1HP4CGGmQxnwdoWPf8rFwoflTs4brvLIvAql8RwfFT"
    "GHj/LN4aNFaTywSMhSTkhIsIP7ZM4KcPssl9lnOa6HP5WVHlrK+UjQL+l+VI3zG/A/tC40"
    "jb8mw7Qc8k+MjFM9/aGRm5HByo6HrMMYtVsYOdldq7JlRkCStgYAqixpsEips5Sc45S1lK"
    "sm5UpstegMHC6l/uCEaxg+aeY7htKvU9ArfM8n4Neo8x+w72zNrroKj71VHt3e7D6spr4b"
    "y0tseOGdB6GhSzQZQDuSQwtZ+WLr7apsFtfYKnjwbshQI0LTLJ8BlWkhz/H6Mg3i7ff6Dl"
    "tFoiBQK/8w2NbBIsev3jm6si0bXWUELhvYSBHXS17VlrxYZCOm4Ert0IhR1i7M9si/EiaP"
    "jtekzJ0gipNn6qgwSGHw279UYDLgyASbQsPEVF8FoE8G19cFTNEYxi15rS8O0NcBeNs6/b"
    "OxqKNIOaMmtpXBMspCv9fSj4K///TOTb2H9uGj/kQOFURoO0hvQPXRbCqECw11CdAR7woF"
    "xpHNWV/dmEBCiHsftcGwcswBvSfWFxbcdEqFzrWfaCxeped7nwPvodbaJhI8yKGHrqzZ9l"
    "e9idy7NXWqzDhiL3dLgvcVhg+9F7DO9Bgw0mT5BloiCz4OvizO6/c6jFMV68nhyiov1LxX"
    "NdLyu6vronZmnWn/FJn2PejL0P+UsOljRDsYYmgVSrpvzUm6b6WT7p/4pocKH+W9lmse9E"
    "pUhr0hwa6x97BVyDGd45cmeWtj1nfB3inD3ijNE+4Y8TI34kz2y1YydIsM3Pxhmxq0WIgJ"
    "B5tzgMWg1OBNEu6iFj4pskUHas1RE6lNOqFFEud023FwToA3pEiw+InuoFPeguEnkuyPuA"
    "UW6f5PNh51LfzzRpzBy986n78muEr1dfdgO6c5O/f65RjdE16/HCjnrb1+GRinzQPlRlHo"
    "q+y915n0TyiAsGRrJRBqYHMAKx0x1L2gKiZWUhDzmqnlUUIeMVShDGSepHs66PxwXcvoOq"
    "4kSqISZVDVzAZqCL1qEGosC8SH1JZJAomT1nKuspzrbK/nLf86VPb85F8iVBa93DNx7fay"
    "u2yS93xvGUaRu8sm4/y4R/Fp9841W+NGpDa4seagkQq9+uXN/OArntVYFH3NZ8AjNtFkhb"
    "mey1U+j/RQ8qNauW5gPqKa7wHWWGoOlqqmVAkO+9V3kLuHheKFh3PihYfpeGHutT35u2Dy"
    "b+upt8C8WrAFZqP5Qw//Ap2uD4Q="
)
