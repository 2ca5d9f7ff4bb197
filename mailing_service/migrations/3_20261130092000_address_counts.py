# Written by hand: the triggers and the 256 rows. What the version before writes is marked by the
# triggers, too. All rows begin with a mark, so nothing is counted while the table is locked: a
# reader counts the index, as before, until a worker has been round.
from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True
LOCKS = ("recipients",)


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE "address_counts" (
            "first_byte" SMALLINT NOT NULL PRIMARY KEY,
            "lowest" UUID NOT NULL,
            "highest" UUID NOT NULL,
            "addresses" BIGINT NOT NULL
        );
        COMMENT ON TABLE "address_counts" IS 'How many different addresses have a hash of this first byte, from `lowest` to `highest`.';
        CREATE TABLE "address_changes" (
            "id" BIGSERIAL NOT NULL PRIMARY KEY,
            "first_byte" SMALLINT NOT NULL
        );
        CREATE INDEX "address_changes_first_byte" ON "address_changes" ("first_byte");
        COMMENT ON TABLE "address_changes" IS 'A mark: of the hashes of this first byte some came or went that are not counted yet.';
        INSERT INTO "address_counts" ("first_byte", "lowest", "highest", "addresses")
            SELECT "byte", rpad(lpad(to_hex("byte"), 2, '0'), 32, '0')::uuid, rpad(lpad(to_hex("byte"), 2, '0'), 32, 'f')::uuid, 0
            FROM generate_series(0, 255) AS "all" ("byte");
        INSERT INTO "address_changes" ("first_byte") SELECT "first_byte" FROM "address_counts";
        CREATE FUNCTION "mark_written_addresses"() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO "address_changes" ("first_byte")
            SELECT DISTINCT get_byte(uuid_send("email_hash"), 0) FROM "written";
            RETURN NULL;
        END $$;
        CREATE FUNCTION "mark_changed_address"() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO "address_changes" ("first_byte")
            VALUES (get_byte(uuid_send(OLD."email_hash"), 0)), (get_byte(uuid_send(NEW."email_hash"), 0));
            RETURN NULL;
        END $$;
        CREATE FUNCTION "mark_all_addresses"() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO "address_changes" ("first_byte") SELECT generate_series(0, 255);
            RETURN NULL;
        END $$;
        CREATE TRIGGER "recipients_inserted_addresses" AFTER INSERT ON "recipients"
            REFERENCING NEW TABLE AS "written" FOR EACH STATEMENT EXECUTE FUNCTION "mark_written_addresses"();
        CREATE TRIGGER "recipients_deleted_addresses" AFTER DELETE ON "recipients"
            REFERENCING OLD TABLE AS "written" FOR EACH STATEMENT EXECUTE FUNCTION "mark_written_addresses"();
        CREATE TRIGGER "recipients_changed_address" AFTER UPDATE ON "recipients"
            FOR EACH ROW WHEN (OLD."email_hash" IS DISTINCT FROM NEW."email_hash") EXECUTE FUNCTION "mark_changed_address"();
        CREATE TRIGGER "recipients_emptied_addresses" AFTER TRUNCATE ON "recipients"
            FOR EACH STATEMENT EXECUTE FUNCTION "mark_all_addresses"();"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TRIGGER "recipients_inserted_addresses" ON "recipients";
        DROP TRIGGER "recipients_deleted_addresses" ON "recipients";
        DROP TRIGGER "recipients_changed_address" ON "recipients";
        DROP TRIGGER "recipients_emptied_addresses" ON "recipients";
        DROP FUNCTION "mark_written_addresses"();
        DROP FUNCTION "mark_changed_address"();
        DROP FUNCTION "mark_all_addresses"();
        -- safe: counted anew after the next upgrade
        DROP TABLE "address_changes";
        -- safe: as above
        DROP TABLE "address_counts";"""


MODELS_STATE = (
    "eJztXetz2ziS/1dQ/pJMlcYVO7En6+xunWwrE+34dZa92dnTFkWJkMUzBWr4sKLdy/9+3Q"
    "D4foiUJZlW8MVlkWiAbIBAP37d/Z+9qW5aJnvYb49Gts+8vRPynz2mTyn8k7nXInv6bBa7"
    "g1c8fWjx1rpo5fJmQ9dz9BF2N9Ytl8Ilg7ojx5x5ps2wdZvMqOPajOgu0X1vQh6ZPXeJN6"
    "HTT2RAcYABMfkF0yFP1DHHJjWIbhgOdd0WsR3CfMvax9EMewTD4fOsseM+67M2I9TRXbwt"
    "Xo48Ujpziem5xLHnLTI3vYnte3JI3SKG7un75OtE93CABbHo2CMmIzb8cgjnFZC7febQqf"
    "2EHY89uDEQw2i6N2gRnRnEZiNKprZDyXxCmXxYS3c9fBJ4TuLZj3B9Ai9JmUGNEwJPZ1rY"
    "kMHj9Rm84cCztZFFdWewTwYje7bQmD8dUke+PjyiPUYCgvfwf92ygheVDYaO7T9M4A08Pj"
    "jnts/MP3yqefYDxZcCnv/Pv+CyCY/xjbr48z97wFLL4P/vxQbew3b02wwZDcvADUiD9RaM"
    "rcVpcIktZvz+HieHhcV/fG+RxEAhCysPE/CncAzy9UvntkOCduQvxHN8uvcde5s9anzwxB"
    "djGkjPr2tBj/f33fPPvCUu1SG8nOVPWdR6toA1xMLmvm8a+0iD9x4og9fyqBH7kHB1ym8u"
    "uCSmBC7g44VzYUQXDDrWfQs/x70/j302wq+Q8JHwz4e/ykeLNdO0q+s7rde507S9zNeLj5"
    "D67uSlEfAbmGfiPgCM+S76jRjCr+7hAGdf2rdv3x//xFlgu96Dw29ydu1954TwLWnRBEdc"
    "HsNYGv+RYfbZRHfymZ0gSvEcHnkVbgcXInZHm13IyE2xFvbgb5pF2YM3gZ+H796V8Prv7V"
    "vObmjF+W3D3iw27St561Dc+84/qoDPfLOsw+OQYCX+yrVai70BuzbP4KMPVRh89KGYwXgv"
    "yWBLZw++/lBrHcdptriMKdvSQq7C5WIepznsmVOq/dtmtVicINoij+/vzrbD5OMqa/m4eC"
    "kfZ1ayY4Ngk+Vx23H0RT6TQ4oUgy3T9TbG4ejwG/qm5ZnM3cfxXuL8u+v84+5//pVio+lq"
    "Q8sePdIcOeLUBo7prECUSBCmWDoEyk2xNLyyXe6dXl9fYM9T1/3D4he6d6nVen952rl9e8"
    "AXMTQyPX65e3WXPuVCuTHD8nNgFm4GBaddnDDFckNS7gf/vL7zr2ztdi87vbv25U1iCs7b"
    "dx28c8ivLlJX3x6ntpOwE/K1e/eF4E/yz+urTlogDNvd/RNl/j1Q6mwNdDoNVLYYT4LLwa"
    "XkMRCT9Gt8VXEy9U3V+KY411b6qJKU6qtq8leVUtOT09xlXsEMJ6lSU2yyjZ3+7zYlWz3g"
    "E/x8ePDhlw8f3x9/+AhN+FOGV34pmXXx8aBFYfwY03bxwlAfPc51x9Ayd+xDu6ht9tb0cJ"
    "q+ojPQIAz5Rt9bGVPfje2akg2F5sCwTauKWVCbxZsvNQ9+sedwy+HmqTGlBpqsHKobwjo2"
    "XJD5xBxNyMyx0RqWtQKuQL/crlXL7NOb6pZV+BHkmn5WXPvLjT4Hm1357w9/OQ4XPf4oW+"
    "+9y/bFRXBiFNt4Rr7j2jnbSrHWFlG8qHWn2Sad175lv3vZbTrFSnM1ESdOqCScJks4jM7d"
    "FWY4Rqbmt8nzC8oGqvDDRR23TYLoGd6b1zOvS301GY5yb2TdzyZNq76dpn07jVFThLf+N7"
    "rYy9VQotutcuVENNQe6aIibuEOFAqbUQIUgct8orsT6vJfojvqtohLdQvUDgQIcCXEpc6T"
    "OaJvXPhv5FAvR2dZX9eIXeh6hNEn6pDRRGcPSKe7YX++Z5lPlFOHHX8SUAPZhyRroevfdI"
    "MxdTjZlLLUOGVJzA6u4hwDp8l0p8AHk6RLWzgXnnDQbEKwf5k99vTi+jSxvYKqdNq9at/+"
    "/vay/Y+fEnvsxfXVr0H7+NZ5+vtdp51WBRyK/FlFF0hQruHAe65fzJ2g+XV/hM6kfdj6X8"
    "Q1po7CGkeh45nilXPOQXlvySEoWlUF7jEiCU6ITgxHH3shDG4w84eWCUeMRLK5I/jXx4Mj"
    "Qqe1SNiIjB17KiBrNstB8m1qJDweB0PbWHAk3KXuPBr2HJoPJt7UGsAxqPMzb6obFI9e0x"
    "NWw4HrT6ewl8oW6DiGg3Fiz0/4QUq/jagz8xBB2Gd4YUgfTMbgZQKcnUe/efvQDdUdOF2B"
    "+wMO4MNbc9sx+DnvmZ4FXJed8XGRrEXGtmXAhwlPPrKfQhAfJTjnXEAgM3Pk+Q6FERz6ZC"
    "L0bUAcE052ISqgMLCQx/oqQL44x5EcTuVlQDu5sDR4uTpIvgTEZfVRg27qDo+oUdvRaowk"
    "KKqPIFZA5e5l81j3v3avUiPUErdOzYdnC1tSbnqerLVJ+JYQt/50ePj+/S+H794ffzz68M"
    "svRx/fhcJX9laZKHba/RUFscQZU0Eys/yHOkbsoP16TNgvOwEJa/ZBJWv2QYk1+yBrzeab"
    "ZR32hgTbcxFsD6G4CX8BnpJZBt/BxpPP4KD9TvB3CXorIZ0GXMxXJILmMa6foW6RZDaKH3"
    "WYHbRXzF6B2VLCqrN7xEh2DkB+VGn3OCrZPY6yu4cUmGsdgBGJ4nElHofaRJ2tI0m1A5ze"
    "9vYRyeQplvf+TkeeXbS6Q6rlLK8gYDd4y+79vXN2d33LTSqu7TsjqmUUIP5a/xL9jk2u8z"
    "s+6EI6BwnNqfkw4QPJ0V1ga8gZFUex1TgKbnOow96QYPdCgdYfPcGZpelWLWkkQbQDO3iS"
    "ye8rnZXvS87K99mzMrLsZPhc7O5PECl3fx5H6yzbiGLn1uxGNPC0AbSOdylNqwAVTfMiJW"
    "LopNU+O8uFxto4yfZQmXnzefCMj2jdwMxX7o3N/Vyu7Pnbn9SHIk7dmbHiBCcp1QQ3aIJr"
    "+NOT7pWcsONTSfb5t1tq6V7+Bplykvek5+V1mk2jq/KM/r4N0AHnWQnwIODpcvCBFs5kld"
    "RB2FgkqNFDjAC60nn2Hp46Z6Ib8NQ2uiMIhV7QW/5gPvHkOHk5g9bQY013evDild3MgkWa"
    "HmE6CpzNha5g5YxcvzOy2PUbm+DsBlXigE/SvaxU9+p88ZlTJDMf2cn4bDvUfGC/UYGS7M"
    "Kj6/DFLz8yXuFMFB0XcNnR5+GekVqEwAKDWlREe5+1e2ft847YZ14A8HZmM48y7zZQffLO"
    "n3Sb8jNoJFprcW2qOhLcsefi5EAomIgypY6LYGqe801ni/BAEeAroxj6vUJfPE8dzKH58A"
    "AtYE4R8GXCOeYJVBomkxtL8BcsbI9O4VXFIHPH9KBxgDNqYVysDl0ww55CWzo7ITpmqhOG"
    "d4Lz58+Ipz/SAB7u8osCHsdsIkIEyVRfkJE9pcSbm3ByjuEINczxmDo4smS2QpE3DkVebH"
    "8oO652yQTxEgfUS8GGfcP0OiC+FqT8jG4vkd+xoUaxZUXxvQc7gzdBWCzfhCbQOSwQ41OI"
    "u8VtycNIFE9f5ITJrEBfVzSvijSNvXtdkKk9h49CHq+rjYcdVB9Pzt1zRoxPf03NQ4FQXx"
    "KEWt9OpuxjjbOPJbBrwcZcGbkWEOwEVDCpzH+oost/KFblP2TdxAjgqesljtE03km8dwUk"
    "qFU4IgbUXYC0PwUh3cgzj23Sfxw/BquyOk7TeFZv2R+fPOarH7hJupXk+Ibxc5tHb2zrEN"
    "HUdfbmGMnuYaU+HFXZnI+KN+ej9Obsu4h6eqh5ACapdo/PG4EWOxTe1PVyN5NiViepdo/V"
    "64f/GdSD7Tdn0/hb7/oqn8kxkrSUbo488n9k22mUcdiXiBVHFiXE9gy4O43jTh2i2MFpgw"
    "wzp7aPzoc8o4y81So1yAx5o8quVIfObMcj+hCjqnViUEwM4iw+kcEYeqbODCbGGxALU4Lo"
    "2Nrixl2shYJu0Txf6jq6rGmxiYuEvAiBhplOpKVjiY1DMkyzx1rsKK5mVQnerYIXNxgmIF"
    "FmlGbKcsVmlPhk15qGFKFy6a4sXr+guti0CViPvpjcLKuyNEmlmJpi6iM8fb7E3GH+NAMy"
    "SLA2oG2yoW4PWHF+QuB9jD7rXX++OyGuPfaq2Y1S+mEV9bBYO0xL0jEBo856TpFttyJX45"
    "ezch/sgPugKepN2/PodFbgdJb3WuUeZ9GqooZzzSiRFMSzYc9iRkwnwUs6wVF4FkXqtJJp"
    "FanzBlE47gwWQ46us+7Oa2o9KbmygjtXsg51nQp6SDov0vLKikH/YgNQ6k3zZOkd9xKrqL"
    "K0r9j2PcTirSqPxsgbLZL2OlcohlLm9dld5/Lm+rZ9+zt8xrAfAd9hjxzDPuw7tM9uOreX"
    "7SvefEYdOKkQ+hnevb8669zetbtXWFF3RB0PFsUqgu1htVDQkkjQbJC4kTOLJTUbjLxZe8"
    "2+vLVFCAaHbj23RkTT5C+hSQ4kw3d49JU2zXFuFJvLklS7ZC5b2woW8mOd9RtR7ODqPTyq"
    "4meGViXVeTOeZmXvbQZCOjsj2emoH8NzHuvrlc1F1SCe1DpsWBSPz7wzHkSylx/BE91vLY"
    "newfJyMh6lmlHgKw/0BJ7pzNWFIxskahcVdlTOeY88G7PjM5cHt0xsX8ThYLgnBrdMTc/9"
    "hDEvGLJTgFTfzDAi4AcWFXUwKieI/OE9Y7EGxjvncPQg8bSOZZjFCA6d2k9UpI6GPvdJD4"
    "0Uc9t5hOaY9N3tM/lgGLcDI1s2GkcRbM/IjVBOev99IcOA4FXEU7bg2ee83sTQdxdBTmvs"
    "1NxIeT1lF9iWXQAWJ2wgNYt7RzRbLO/9MhYBwdVMKW8ea1ePaxHJzjMtt/q5PK/MmmxLku"
    "086wrWGx4d2irfaprwR2Zgfc79GCyLGSIzfJMWwnqsixPtPvfyNru4G6sy2+JEO8+22Hfa"
    "FO9lqDTmqSxxjbJEX0keV5UK7nC8jSjyAhu18Cs6dGTOTMq8E545AIV1qmNJa910cmvp1O"
    "6El8kJW8DxwGvOgEYwFso2Fqo7ifs7ZVk5VEPcqOt9MuBDC2oMPNLHHnX6uExd34E3nk9M"
    "i8pWHFU0EKrOCTk4/EiGplCSUKWAEUHlwSbBlZHObGaOdCsoZIcVcoLPZBDoWMEFmfcA45"
    "58lxrwaIx+8zQPdGTdC0vq0JkNPBCFhDAdkPTwoo+AGid9xuicRLMoUh0MKXIFyG2XykRC"
    "+BMaGER/gOUOY4WFQwe8ao8b15JkLDNqX5ZuTrFiuScfYRCviznYJ9fMWpBB9AD7oNHBNA"
    "/CnAzcwYyy5CpOZSEJIGGMNdXcy9EjaTPKjLJYYfL1S+e2I56S/IW8ke3fZJzO0eMY9lT6"
    "YtbwYNwDHnb4vEdMxk7Vehp4iuVR1aXD8cerPe5woYWE1UaNQf6qD5PECSo4wGtS+18wkr"
    "BpMorCOjdXSKyBY4yLMvXWdJpSreqVVzU/Eur4LUOC3YskPDyqAn+GViVeywwEWiH6N7B1"
    "RKJi1WUbUeyku30DCzcUSFeBqYXEWywqENNx6iDVbjpX592rXxF9xun77Oyi3b3snJ8Qqf"
    "r1WS9o4wZt4vi2z+3uBTYXCmk+Zq3POv+46d5iM5DVTYf3en9zc9vp9fCi68+4BE+NtK2g"
    "ygI4qJY/tSR9au7saw5ounkJ6EpgLSm63TslNpDfptD0WJyUttjwuGXp592zJZ61gbBSdo"
    "g60OkUaaMw1L0/rHPx621/7w03hr3p7/3IwTOJWmMxY1zdWU/Tqnosr2Cmhzlws2JBOkGk"
    "slPtOoSdZ26OhXi9cYmlux7PaoFJLYxs1NgOQ9wbtmi3gHCXWbhXqTWUoGyUAPCjx8omvq"
    "PQ/1TDXBjSKEPhuqDfwNPsJNRHfd+Kbl7ZDFQFfEcLry7WO6Mcao49f3ZlpSiee0cYvtmq"
    "Sl9s3+G49708eEl0t1WKL+F4PoF74C2XAky+2HMQYbC0RICSCEEiFNhvENdGVLnOODy9xV"
    "EiM8v2chDvz+tKQcQbvDe3SnzFOJl15Z+AplGSj1KC0/KPCh/fmfBxPy8pUtkmGZK8dovv"
    "ln3cSmdQOsOLz8DmdYaNysLI9DwpWE5GifyLwZTVBF9M32SPRr7jUKzwyUVV2WMsVdOUui"
    "48JBk79r8pyK48ynKuI6iYA51h/Tg5NUXX2TlHYsumAxCdgYPE9Yf/S0dei8wcOuF14loE"
    "i5O2iKWzBx87xXhPHv4pkNFc2kbDJGKGCRouRb02FNL7LAZoHspKcfgXugCBfQBs57rHgH"
    "cqbFdBqGksvlUCrOX9GEQZnp+/Cjd4caC1DHJ140hqDsyW5ZtOJPrZk8GwEx2x5+zZ6YGX"
    "42RxASEyt26FJTE/FVIB8wFk8+r9j01mupPQYgj6FM+zVellZrQY56wQuA3VqhQAdM3uJ7"
    "Hd1XBARQS7JJStzccU2/FqbRNJusZ79+QRLUKH4BQSZ3U9v96WNZDY4ZKcluKKEjGS7VeU"
    "eJmtY221I+KsN13NjYCBqY/Cti2qs4LDM0GYmoMhUG6K+cHJWuO7+CoLEovgNVdU/EXwou"
    "xfhvTNdIyyE+WBpUALb/j8AmOn19cXiYk77aY+iav7y9PO7dsDPovQyPQKvhQulbor+G8T"
    "hMqI2WgjZiAr15ziGJma4EZPcKRbrvQZrxOG0TAMzC7NckoDrjPNKVI1z02eZ8/29BxsbZ"
    "lKEZIoV0UtRWGiu0HVq7wMLqUCa4a22TLrZy6YYoWxtNlxoj9RYsEiRmOj6ZDwpXiSjIeq"
    "EM7tCKwqLrtZTqaYC+K5jqbLqKtXNhNVnU3JRbg6SK0sU1wtiNoOZoFN7u/5Sc1q8SgBPN"
    "tFJkVguWdwKfCQ7RKTNu3hLQY7xrlZ7utdDeoYO/1DhCImbEJwonB+nhD6h69bIk+WrE46"
    "xpS53DdLecKrqT3FBFcZ3+/mhlEQyQZLCa0SZ95ri25fwVmiAtvzAtsV7k7h7n4wlUjh7l"
    "4v7q5rIOTZo2y0gKnKlc1STcolNDNqrD3SRY269DCb3CIDYtDUh/+Y7ZEhJQYmKvXm5oi2"
    "QoBbELgqWqN1Z2w6SAyHDnmwcyS0TQxQE5Q2cqguPQ9LMFxpHmox0pZCdTVvbywTBBWqa9"
    "3VtmlOgobiIHfZvMmSdPUVvfkiWHKbLEgod2oy3SmqAZKiTHsHFrLWRTN4vtf70v758OgY"
    "te8p7N+20SIz3ZvwIwBx1WtwAkgEUegEAL6fdq/at7+HeKPQD3dxffXraQ7i6PT3u067cq"
    "qHOzgOiibnVaR64AC84FnfuBLgzn04eMRSBJIHmPBnp+hPzE0GCpaYmqB5Gh+WUv0Sx3Qd"
    "d3WS8qXAJ3t/HoPazetWubCfUmN/hBWi9pk9/+ve9s+EV+HHzqhFLyTHB76kPAE+5mcqkd"
    "zltcoSuwSQtpLZ/0XVMZ3MYaHZc561H5dujkBei55HxIQQPBGVMpB4rYFIvY+59SMi+CVE"
    "dtC7Wmh/vb87+0QGc92ytGQ/0DG/muhtjnI/7xJuEf4ZYLcDfBjt37AFDeATQaMthqvwig"
    "ajCcbawGfsgoJAhgsMgeFZ31Dxi8fAYK94gxuHxaMIxUM0Dx8jDJiRb4U3PsGOiGcUhp7i"
    "CsBGTmxv5AEzZIDQXdAasDYBk7yKGBxdB5pJYLnmRRdQ7Owzfr9FXCxzAO8s3g0Rn0PUff"
    "gAAuipjR17GlZRQKOlLwOC4KPypzDT8I/nOxgmZLckr0UzmcER31IUj3MXrkenMpLIiHWI"
    "tkJKBsHq3BeE7mAf30n0wTmre32GEVf4gThk7oD+FPJ7Ac+BwVPQse0Qw3RxzWPFBejE9Y"
    "dTDEAywhcJAOBhcFafhY1gCcEn5NhP2D5cJOKSbpEhTBU8cayXN7i2n0zU81r8umlw3wCf"
    "IsGSaGpacq5bfCl5pighiAFYaCHcJ1gGEA0HRhBZRiyqBwU4+OxhPqqoZ15Vg4eBwX/j8e"
    "ZDqYJZWiGcSsx2zWFkXQNBV3ec2NdZeUDDrxHBVT1CLOx/eZSYUvOVmt9sLXVNwVt6URaK"
    "gtgtvflpJ1ZV9CtlsjssyWR3mM1kN/MdmIGVXZQx8i2m4DYZHGbTFZJwd68+X99eck9k2E"
    "ef/dbp3PBrj5TO+JWvbdkKRPJwnLo+xeMqPsW0ohLzKR7nJMtWQSu7qD2qoJUfaIKTumed"
    "sy1L2eRTbu/CfKRwaB3+8vO79z8ffrx7d3jy/t3Ju3dVQ2iTu+mfquymfyreTf+U3k3j2n"
    "7tWSj+3NQc1JiD0I5SZwISRFuUOu7vzjZl/kzy+bhKmZXj4iorx5kiK8IktaqQF1FvkdtM"
    "TnCd1X4FW/YJt3712Xm7e/H7CTFApV6AQNfp/IY/55Q+4u/L66u7L3hhajNvYi1W+Rw+Vp"
    "ilj4WT9DE9R3/4JvW4La3Ox5CkarJP5yuaUPHbbRGL70qHq+5DVfydxd7OjK9TsLCgssMy"
    "zhcVdWg06999bAjr47a3mgJvilSFdjZZ5o27NFaa6PWqN2qmN1c9JeZzys50oRU6TfbaId"
    "BrLOiRctjVYGoureJsPEXekD7koZbLcOMxIsXLWJiLnxNKVz3Oxc8LJd+kfmE4+tirq2Cc"
    "37Y/34FSgbR91v7a7t51r37V2jc3t9d/b1+cEH2umx6Guga+4D677fytc3aHMSqB97nPem"
    "dfOuf3POjFHU2o4fO4l9v7qytudYZVxrgd+qZ9z6NbhKO9zz53r7q9LzxWRma2iK5puLlr"
    "ndvb69tedF/DnKMadRzbcWNtO+1b1H7CVlR3UC067/bap/yxAu94Nu5mFbFx/XmtY9CDlX"
    "0XyS6aLMCrddeUdZfArdRRFzOEDV5vK9qt1l+ytD6bd5m/B+8qeYCxWUmkYtYHHMKasowu"
    "ThyZIHpW6siG8byEwxvJHBkAyeowP06jeL867wNMXi2lKiJ5Wfn/oDnyv8QjrmDdSVIq20"
    "6TbTuvPbAhd5pV1ctogv2ZseIEJynVBDd0gnc+dXsD4cJlSeSK8rWvkEQu6up1TUTlHHKJ"
    "JZhIngCPQK7uLy6qJZELCgWlVn/NpF9b3cK2mRSNOwo07o95JpdkvNnFqy4gUIlbkaNlPS"
    "y7DfrbJb5tI+6Rr7WS2MdgLS6Pf4y+gCpBkNhYhLyF1b7Ig80zyebFPC5rXjM4C7urHl0k"
    "3kwLDAQqvqhpAkOLFMcXBVNdawpiRCrbVc2pUBmYGys8qwzM683AnIbxrIOzoSSzY1Jgmr"
    "+xLbZRed0yAmWJcJSQOitISEmpt1p2N0lB5hN7mhV+yJC6piES9XMpJT+D2yqd1BSpwkFq"
    "yFUxuJUTZ6WSsJp2qpRJWOqYf+l0rvFPr9YUpCnVJChZ6xXIWonDYm0C1w4zOP2dN0viko"
    "b4XEErMtKXyVeiVWWpSpaElxmzMFceJrq61J1Hw56zT5ggSUAWBsQxsbwRL0MvagyIREt5"
    "Ytaaet1sniHJKc12jNIkQ0rWaqSspbLlrDlbjvxos/wswaVGJE2OZF8RMvm+EmLyfQlg8n"
    "1OzhyHTqhu5NWUL+ZzgmiLcQ57W+HzRnIT4aGTZXFxdtug/U6s4zLYySay1lpwZPu5YITi"
    "NR2n2eKSFoFsW1jUVZZ08YLOgtkV2HQdYFMFQ9xxlJqCIe7gBGesS1WwWvFk1M+H1VSY71"
    "cCjttwicZSb1FVN1F999CMOq7NpFuHiUzGZO6YHvfrfMKU/zyLMdVHEzLSmc3MkW4FdZt5"
    "qUVJlWfQWGPvPA05xZcOs04T/pMn/cbOBmEHWqpdVGUaE2+P7OkMU+yT4SLIjM3b8/IZA+"
    "7DeqQLuI+/W9BK5uEOyt2hVYR3NLZ9ZmCy8ZHvenYw1wOkI/4M3WIeZQTn0oD/vnnuPjyj"
    "PcUKk/zZdDJzzCf4MLAeEsUkSuKNZH5zc6VaR/WsOTH/2TJ7TirDcsSyGmPEiIoHUoYjZT"
    "jalETQJMMR/xjqqH4hwU4o2+mKSlUS8EGrkopKmRR8qQOhDq9zSBXXq3E9uclX3SqSVGqz"
    "SDF1DH1rdROzJ4iU/bOK/dOlujOa8Levwegk1c5x+kMlTn8o4fSHLKelJFxrU45Ido7Hm0"
    "o0kdBNsswuzneQIXxW0oPVWB9VRRv6puWZzN3HYV+iJNpGciEos+oOWt2UWXXHJ3gls6rJ"
    "tPVaVncRdZYKnJ8OqeNOzNlzOYaBEJe8t13l1dx28k73ehHWwYL6Cp3tEqO2Y7gvjIPNxO"
    "NUMeDXi4UVNmYe4mqPYxU982zypW23Y2yW4bAKQagMwcq2o+rtbdqmo7SsHRTClZa14xPc"
    "DC1rx2Ko8xQspVxtW2e4MUee79C9PG0huFeuJ8xEq+owH9G+xcE3iEqx2UiEa49NS+BiPs"
    "l/w7rzidL2HPDizunMy8X5rLF7DvTxGc8T75rQj8TxIJTGhnaeCRsQ1oYX+BuE2SBeBgvG"
    "62xBprazUhRUfMRlikzAfU0QraLCvKzM97JazEYK7xXrK4EQN8wJbCjWWJJUz9BZmglvfK"
    "bKokTqHZS4EiJ1fDusK1SnaFWG6abNdA3ZeqOCUFsAc8947HKuOJRsUS4USZivJkKhK8tG"
    "U915PEG5BMQEjvkVUoo3MVF8cVyPDBceSCf2lJIRPB6xHTLHXDgim6DD4btkBMIILF+yoL"
    "kS0voHQTnpzjEfHkCEDzqemg8Ol9cFyBpkohZGkOMtYANzdeFMl61XDxnnT6zhEy8TlVJz"
    "osUoV5CalOH3JQ2/yblLzkJvqltW4TwkKXcpR8z7w1+Ow0nAH2Vs7122Ly4KEr+88A6MG0"
    "vpBswbVNx/sW3F7fcLaG5T1NsMczwGhZDFozUm+hNohny7zNksWwTLiJGBZc+p6w1QERxM"
    "zIcJ/shuwZsaiG/DXJXFTfrw6HifdD3UWGFrnnjEZxZGsoTKrs5I4kgL9mIX93wcrOJ2XL"
    "hFNusjbcKuueonWrYViqVQR5+MKJT/K6VMym+pDjdjJIqd6eJWwbZWT1ZKkO3SEf0Sadxe"
    "6DSP2eLzzvKkqb7kJOepVWPugXqJRkHj0DnApDyVaLLZBpOFxt9GpQlt9pdUeuiqROwqQe"
    "gPNgmZk0XlC99YvnCVIPQZ3G10gtAktLkUpBuAnyuBdEPYdRUBCRvzlBaRDPTG5XDcFlp7"
    "QeoxHUyVYdHAMiGTT9guJUP6YPJC4dhuEUs/kSNibWYgNHS0Yeq5xbnA4MwNHdCJY8+hT9"
    "dGjz2/4SSxxpjrAxN/gKyHFNNNS4CpGVNCYLMPvTIhUKGP12wumMsNryoSJWi/g+jjjcQ5"
    "K9G5eaKzku52Sbo7t+E/dqt7+RCC2O1yuc7gDTWcvopC3R2IQNgcpRtEMUbGLdEXzy/GBS"
    "W8CzvnI3WER9+lzOCVc0z0EXmmRQYW1RE2w3/lOLA2OBaHXI6BIwhqHAiUARDQ6Qy+KWcB"
    "Q419FzggTHYg3H0K+nEtey57QYDCBOVG08URPeHzeq47SwlbLylsiZVVRzqIKHYOqbqRZE"
    "me/UjzaiN/tmy9YIlHJCkWj5Fmm4fQu43IrufX96cXHXJz2znr9roy60YImeM38RJcMMX5"
    "c9tpX+SydQV4aoJQARebBlxMpMSSB1Z2ioshDjGSl5Wmn/HprDu3d3SG1/1YkpTqa2ny1y"
    "IlvnpBEAkiFQPxPY+jK305aVr17TTt22kKpAPjUHvUeaJOzyvScNNtWktryWoub15DzR2Z"
    "zsgHBXLoUB01y0DZjKukInk177nF83rrliU10ZxUJGvr9RnqpQrDC5Wbo0rKzVGJcnO0LB"
    "JPSWzrkdjsGWWrnTtJSnXqNO3USVaHcj2NOo5dq+ZZkmqlfaphc5rcqI4q+WiOSnw0R1kf"
    "jbLCKCuM2qVen2wsatHe0YLMe/H7S2Ri0VLzaI2se9hYVmzhaBvZifC0uKJuTUtmu9ADj4"
    "xwxuhY3iX4H8RZGwXX3HR96x8EvT1feXhogItoyQHecu8RXnzjEhC3TZgII8AI/dQKx34L"
    "PQ9ufbYvLwx+4oL7k2751O0z6AaRRBIiJCbzp09Crse3wfo48ptyebTUXMdXMRkZuKi/DA"
    "hIKQa6kqSXiX6bmZhuQ5eBXTWRQm6gFDH6zdM8Z4EbyxLEUGJBaIZfFq6aqoyzUj1lOZA9"
    "1jh5yWjKVdZIV5nCJanyOK/M9yi3niyPi4sCxEi2Xw7gZZbsRhL/i6OyDucjClWHYe3TEU"
    "oI2b2mw/xpBgmW9IIFxFusSSIFpJr837vpXJ13r349CQSsPju7aIMScH5CRpYOupTRZ72g"
    "jRu0gSt3/KfXZ5/b3QtsjnY5bH1/dda5vWt3r05AWBtRx4M57LPOP266t9hMSG7Y6/0NqJ"
    "K9Hl4MCimKzGn1C6VU2AkPyoqkpPdB3UOok1fHLBknUWbJwJgeE68zrCxX+FOkjUoL1vvD"
    "Ohe/3vb33tCZPZq86e+pRGHKr6z8yo3i8av7dka2kSN1FB46QfOVDpztTCN36sYctm9cgg"
    "4J4tCZtSD4Ahkb13bOJpi1GYxQy9kbp1GOlEqOFJUXdMe3rMgUW3eCk5SNmmB1MjXJq3ON"
    "VtFzfbGX59IJb7ZK/TnCsmroi7pp6LgRkadp411wXwWPZrEx9AU6JG/v785+KskvV6cHFR"
    "ijrP17ytrPD4AcBRIPlIIwIz1PdUycIrvFSjwV8hwkdYxWEcEPbbJqyjnXE/bVYlhvokH5"
    "eSdttVpoi64G6uVxpHBwiTBRz565cXDtCRlMkIm6NxBBnZgOlWcVgaaY8JQZeGEwsS2jIG"
    "B13QOs+cAsT4i6zqj75WfmwWYPzE1kQZWTV1cTiJEp+5TSAgp2R+kkEuzP2Rxj95fsjVHL"
    "qtAuFoCexMYFmw2WKYrBsFgAvLIRfGXCIvZRwIe++N3F0DYWOWiu9fSLAC6RY/oRZo7hFo"
    "nYqke6oEYshzUWEmA2M0e6FeV5EkAx6NUyn6hL4MNyfSzONODPILbhCXTaZwJ7Bd2wzVeG"
    "jU/R0rKwKbgVf3ANX7vWKDGy4qGU9qW0r9d62tSFWoXfQlWOJqmURvuy+LWGLcwtwNccqr"
    "t2QXKS5aidiLrJcMG9+6ve/Wnv7LZ7isgZn7n+EO8PEVMDjDnXTq8RgnMC5z6IXEMbQTh9"
    "1rv+fCfv9E6Ia489ecvts7Pry5uLdhchPSN7OrNwyvrssn113744QROmr1sVfXRJXM5xFV"
    "xOWpyN4XKOi5xJqnDf+nYl5aBTOtvGdLb7aHu6wwiuvTzFLdOoVaq9xbY8LYq5q5qajRn2"
    "lBwcfvx5aHoiPiWohwYDPYqImplu8vS0wl2DNiepLX0ijD7BJVSSaE6m3fUPwROxTXX3Eb"
    "4zoZC1oJdHSvS+f/ju8Pi/6Dcdtmy6Dzt3S5TF1XmiNRjhgXLNDbo0uW6Ik0P0sSd795+f"
    "i80LpqvqVhwSrFM4XK7/xODKfCT88+ElsMpL9+VGqjg7LI4rHWe9TI1vVXVUnTSd0ngqaT"
    "xKeFPC2+YqQVLHHE1yRTZ5q1xQ06NGy4Sz4rlds3/vR7HHPhMmWyyGYI4os8jIUhCoFpE0"
    "2bKy8r6+tjxJsQAk+KpqcFg230HuHlTCJB+UYJIPcjDJNvNyU70XB1vGSFSYa824yhc9z7"
    "7/PwiZshU="
)
