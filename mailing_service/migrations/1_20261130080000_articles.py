# Written by hand: the constraints, the search vector, the trigger, and the row of the revision.
# New tables alone: the version before knows none of them.
from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True
LOSES = {"articles": "true", "article_slugs": "true"}


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE "articles" (
            "id" BIGSERIAL NOT NULL PRIMARY KEY,
            "slug" VARCHAR(100) NOT NULL UNIQUE,
            "title" VARCHAR(200) NOT NULL,
            "body" TEXT NOT NULL,
            "html" TEXT NOT NULL,
            "excerpt" VARCHAR(500) NOT NULL,
            "summary" VARCHAR(500) NOT NULL,
            "searchable" TEXT NOT NULL,
            "search" TSVECTOR NOT NULL GENERATED ALWAYS AS (
                to_tsvector('russian', "searchable") || to_tsvector('simple', "searchable")) STORED,
            "language" VARCHAR(2) NOT NULL,
            "cover" VARCHAR(64),
            "cover_alt" VARCHAR(300) NOT NULL,
            "author_id" UUID,
            "author" VARCHAR(200) NOT NULL,
            "published_at" TIMESTAMPTZ,
            "revision" INT NOT NULL DEFAULT 1,
            "created_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            "updated_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            CONSTRAINT "articles_cover_has_a_text" CHECK (cover IS NULL OR cover_alt <> '')
        );
        CREATE INDEX "articles_order" ON "articles" ("published_at", "id");
        CREATE INDEX "articles_language_order" ON "articles" ("language", "published_at", "id");
        CREATE INDEX "articles_author" ON "articles" ("author_id");
        CREATE INDEX "articles_search" ON "articles" USING GIN ("search");
        COMMENT ON TABLE "articles" IS 'An article: a draft without `published_at`, scheduled until then, published from then on.';
        CREATE TABLE "content_revision" (
            "id" SMALLINT NOT NULL PRIMARY KEY,
            "revision" BIGINT NOT NULL DEFAULT 1,
            CONSTRAINT "content_revision_one_row" CHECK (id = 1)
        );
        COMMENT ON TABLE "content_revision" IS 'The one row that shows readers whether any article changed.';
        INSERT INTO "content_revision" ("id") VALUES (1);
        CREATE TABLE "article_slugs" (
            "slug" VARCHAR(100) NOT NULL PRIMARY KEY,
            "article_id" BIGINT NOT NULL REFERENCES "articles" ("id") ON DELETE CASCADE
        );
        CREATE INDEX "article_slugs_article" ON "article_slugs" ("article_id");
        COMMENT ON TABLE "article_slugs" IS 'A slug that an article has, or once had: nobody else is given it.';
        CREATE FUNCTION "raise_content_revision"() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE "content_revision" SET "revision" = "revision" + 1 + floor(random() * 1000)::bigint;
            RETURN NULL;
        END $$;
        CREATE TRIGGER "articles_written" AFTER INSERT OR UPDATE OR DELETE ON "articles"
            FOR EACH STATEMENT EXECUTE FUNCTION "raise_content_revision"();"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE "article_slugs";
        -- safe: a number by which caches compare articles
        DROP TABLE "content_revision";
        DROP TABLE "articles";
        DROP FUNCTION "raise_content_revision"();"""


MODELS_STATE = (
    "eJztXetz4kiS/1cq+NI9EYyj7W57ety7G4dtepodG/sAT+/ssSEEKozOQmL0MM3uzf9+mV"
    "Wl9wMJA5bp+uIwUmWVlFWqyscvM//TmKu6oZsPR63JxPJMt3FO/tMw1TmFf1L3mqShLhaR"
    "O3jFVccGa63yVg5rNnZcW51gd1PVcChc0qgzsfWFq1smtm6RBbUdyySqQ1TPnZFH01o6xJ"
    "3R+ScyojjAiOjsgm6TJ2rrU51qRNU0mzpOk1g2MT3DOMLRNGsCw+HzbLHjoTk0Wyahturg"
    "bf5y5JHShUN01yG2tWySpe7OLM8VQ6oG0VRXPSJfZ6qLA6yIQacu0U1iwS+bMF4BuTM0bT"
    "q3nrDjqQs3RnwYRXVHTaKaGrHMCSVzy6ZkOaOmeFhDdVx8EnhO4lqPcH0GL0lNjWrnBJ5O"
    "N7ChCY83NOENR66lTAyq2qMjMppYi5VievMxtcXrwyNaUyQgeA//Vw3Df1HRYGxb3sMM3s"
    "BlgzNue6b+h0cV13qg+FLA8//5F1zW4TG+UQd//qcBLDU09n8jMnAD29FvC2Q0LAPHJ/XX"
    "mz+2EqXBJbZasPsNRg4Li/34s0liAwUsLD2Mz5/cMcjXL+1em/jtyF+Ja3u08Sf2tnhU2O"
    "CxL0bXkJ5dV/we7+87V59ZS1yqY3g5w5ubYevFCtaQGTT3PF07Qhq890BNeC2XapEPCVen"
    "+Ob8S3xK4AI+XjAXWnhBo1PVM/BzbPxl6pkT/AoJGwn/fPibeLRIM0Xp3g6UfnugKI3U14"
    "uPkPjuxKUJ8BuYp+M+AIz5k/cbMoRdbeAAl19avbfvz35gLLAc98FmNxm7Gn8yQviWlHCC"
    "Qy5PYSyF/Ugx+3Km2tnMjhEleA6PvAm3/Qshu8PNLmDkrlgLe/A3xaDmgzuDnyfv3hXw+r"
    "dWj7EbWjF+W7A38027K26d8Ht/so/K5zPbLKvwOCDYiL9irVZir8+u3TP49EMZBp9+yGcw"
    "3osz2FDNB099qLSOozR7XMbU3NNCLsPlfB4nOezqc6r82zIrsThGtEce3w8u98PkszJr+S"
    "x/KZ+lVrJtgWCT5nHLttVVNpMDigSDDd1xd8bh8PAbe7rh6qZzhOO9xPk3aP9j8D//SrBR"
    "d5SxYU0eaYYccWEBx1QzR5SIESZYOgbKXbE0uLJf7l3c3l5jz3PH+cNgFzqDxGq9v7lo99"
    "4es0UMjXSXXe50B8lTLpAbUyy/AmbhZpBz2kUJEyzXBOWR/8/rO/+K1m7npt0ftG7uYlNw"
    "1Rq08c4Ju7pKXH17lthOgk7I187gC8Gf5J+33XZSIAzaDf6JMn8DlDpLAZ1OAZUtwhP/sn"
    "8pfgxEJP0KX1WUTH5TFb4pxrWNPqo4pfyq6vxVJdT0+DR3TDdnhuNUiSnWzZ2d/u92JVs9"
    "4BP8eHL84acPH9+fffgITdhTBld+Kph1/vGgRWH6GNF28cJYnTwuVVtTUnesEyuvbfrW/G"
    "SevKKaoEFo4o3+bKZMfXeWows25JoDgzbNMmZBZRFtvtY8+MVawi2bmaemlGposrKpqnHr"
    "2HhFljN9MiML20JrWNoKuAH9ertWJbNPf64aRu5HkGn62XDtrzf6HO925b8/+eksWPT4o2"
    "i9929a19f+iZFv45l4tmNlbCv5WltI8aLWnXqbdF77lv3uZbfpBCv1zUScKKGUcOos4Zh0"
    "6WwwwxEyOb91nl9QNlCFH6+quG1iRM/w3ryeeV3rq0lxlHkjq342SVr57dTt26mNmsK99b"
    "/SVSNTQwlvN4uVE95QeaSrkriFASgUlkkJUPgu85nqzKjDfvHuqNMkDlUNUDsQIMCUEIfa"
    "T/qEvnHgv4lN3QydZXtdI3ah4xKTPlGbTGaq+YB0qhP057mG/kQZddDxJw41EH0Isia6/n"
    "XHH1OFk00qS7VTlvjs4CrOMHDqpmrn+GDidEkL58rlDppdCPYvs8deXN9exLZXUJUuOt1W"
    "7/e3N61//BDbY69vu7/47aNb58Xvg3YrqQrYFPmziS4Qo9zCgfdcv5gzQ/Pr0QSdSUew9b"
    "+Ia0wehRWOQtvV+StnnIPi3ppDkLcqC9wziSA4JyrRbHXqBjC40cIbGzocMQLJ5kzgXw8P"
    "jhCd1iRBIzK1rTmHrFlmBpJvVyPh8TgaW9qKIeFuVPtRs5bQfDRz58YIjkGVnXlzVaN49O"
    "outxqOHG8+h71UtEDHMRyMM2t5zg5S+m1C7YWLCMKhiRfG9EE3TXgZH2fn0m/uEXRDVRtO"
    "V+D+iAH48NbSsjV2zru6awDXRWdsXCRrkqllaPBhwpNPrKcAxEcJzjkTEMhCn7ieTWEEmz"
    "7pCH0bEVuHk52LCigMrMSxvgmQL8pxJIdTeR3QTiwsBV6uCpIvBnHZfFS/m6rDI2rUspUK"
    "I3GK8iPwFVC6e9E80v0vnW5ihEri1oX+8GxhS8hNz5O1dgnf4uLWzycn79//dPLu/dnH0w"
    "8//XT68V0gfKVvFYliF51fUBCLnTElJDPDe6hixPbbb8eE/bITELNmH5eyZh8XWLOP09Zs"
    "tllWYW9AsD8Xwf4QirvwF+ApmWbwADaebAb77Q+Cv2vQWzHp1OditiLhN49w/RJ1izizUf"
    "yowmy/vWT2BswWElaV3SNCcnAA8tNSu8dpwe5xmt49hMBc6QAMSSSPS/E40CaqbB1xqgPg"
    "9L63j1AmT7C8/xuduFbe6g6o1rO8hIBd4y27/1v7cnDbYyYVx/LsCVVSChB7rX/xfqc60/"
    "ltD3QhlYGEllR/mLGBxOgOsDXgjIyj2GscBbM5VGFvQHB4oUDbj55gzFJUo5I0EiM6gB08"
    "zuT3pc7K9wVn5fv0WRladlJ8znf3x4ikuz+Lo1WWbUhxcGt2Jxp40gBaxbuUpJWAirp5kW"
    "IxdMJqn57lXGNtlGR/qMys+Tx+xke0bWDmK/fGZn4uXWv59gf5ofBTd6FtOMFxSjnBNZrg"
    "Cv70uHslI+z4QpB9/rVHDdXN3iATTvK+8Ly8TrNpeFWc0X/uA3TAeFYAPPB5uh58oAQzWS"
    "Z1EDbmCWrUACOArnSWvYelzpmpGjy1he4IQqEX9JY/6E8sOU5WzqAt9FjRne6/eGk3M2eR"
    "ooaYjhxnc64rWDojt++MzHf9RiY4vUEVOODjdC8r1b06X3zqFEnNR3oyPls21R/MXylHSX"
    "bg0VX44tcfGa9wJvKOC7hsq8tgz0gsQmCBRg3Ko70vW/3L1lWb7zMvAHi7tEyXmm7PV32y"
    "zp9km+IzaMJbK1FtqjwS3LaW/ORAKBiPMqW2g2BqlvNNNVfBgcLBV1o+9HuDvlieOphD/e"
    "EBWsCcIuBLh3PM5ag0TCY3FeAvWNguncOr8kGWtu5CYx9n1MS4WBW6MDVrDm3p4pyomKmO"
    "G94Jzp+3IK76SH14uMMucnicaREeIkjm6opMrDkl7lKHk3MKR6imT6fUxpEFsyWKvHYo8n"
    "z7Q9FxdUgmiJc4oF4KNuxputsG8TUn5Wd4e438jg0Vii1Liu992BncGcJi2SY0g85hgWif"
    "AtwtbksuRqK46iojTGYD+qqieVmkaeTdq4JMrSV8FOJ43Ww87KD8eGLunjNidPorah4ShP"
    "qSINTqdjJpH6udfSyGXfM35tLINZ/gIKCCcWX+Qxld/kO+Kv8h7SZGAE9VL3GEpvZO4kYX"
    "SFCrsHkMqLMCaX8OQrqWZR7bpf84egyWZXWUpvas3rM/Pn7Mlz9w43QbyfE14+c+j97I1s"
    "GjqavszRGSw8NKfTgtszmf5m/Op8nN2XMQ9fRQ8QCMUx0en3cCLbYpvKnjZm4m+ayOUx0e"
    "q7cP/9OoC9tvxqbx9/5tN5vJEZKklK5PXPJ/ZN9plHHYl4gVRxbFxPYUuDuJ404cotjBRY"
    "0MMxeWh86HLKOMuNUsNMiMWaPSrlSbLizbJeoYo6pVolFMDGKvPpHRFHqm9gImxh0RA1OC"
    "qNjaYMZdrIWCbtEsX+o2uqxosYmKhKwIgYKZToSlY42NQzBMsaZK5CguZ1Xx362EF9cfxi"
    "eRZpR6ynL5ZpToZFeahgShdOluLF6/oLpYtwnYjr4Y3yzLsjROJZmaYOojPH22xNw2vXkK"
    "ZBBjrU9bZ0NdA1hxdU7gfbSh2b/9PDgnjjV1y9mNEvphGfUwXztMStIRAaPKek6Q7bciV+"
    "2Xs3QfHID7oC7qTct16XyR43QW95rFHmfeqqSGc2tSIiiIa8GeZWoRnQQvqQRHYVkUqd2M"
    "p1Wk9htE4TgLWAwZus62O6+o9STkyhLuXME61HVK6CHJvEjrKyv6/fMNQKo39ZOlD9xLLK"
    "PKkr5iy3MRi7epPBohr7VI2m93UQylpjs0B+2bu9teq/c7fMawHwHfYY+cwj7s2XRo3rV7"
    "N60ua76gNpxUCP0M7t53L9u9QavTxYq6E2q7sCg2EWxPyoWCFkSCpoPEtYxZLKjZoGXN2m"
    "v25W0tQtA/dKu5NUKaOn8JdXIgaZ7Noq+UeYZzI99cFqc6JHPZ1lYwlx+rrN+Q4gBX78lp"
    "GT8ztCqozpvyNEt7bz0Q0ukZSU9H9Rieq0hfr2wuygbxJNZhzaJ4PNO9ZEEkjewInvB+c0"
    "30DpaXE/Eo5YwCX1mgJ/BMNR2VO7JBonZQYUflnPXIsjHbnumw4JaZ5fE4HAz3xOCWue46"
    "nzDmBUN2cpDquxmGB/zAoqI2RuX4kT+sZyzWYLLOGRzdTzytYhlmPoJN59YT5amjoc8j0k"
    "cjxdKyH6E5Jn13hqZ4MIzbgZENC42jCLY3yR1XTvr/fS3CgOBV+FM24dmXrN7E2HNWfk5r"
    "7FTfSXk9aRfYl10AFidsIBWLe4c0eyzv/TIWAc7VVClvFmtXjWshycEzLbP6uTiv9Ipsi5"
    "MdPOty1hseHcom32qS8HtmYHXOfR8sixgiU3wTFsJqrIsSHT73sja7qBurNNuiRAfPtsh3"
    "WhfvZaA0ZqksUY2yQF+JH1elCu4wvA0v8gIbNfcr2nSiL3RquucscwAK61TFktaqbmfW0q"
    "ncCSuTE7SA44HVnAGNYMqVbSxUdx71d4qycqiGOGHXR2TEhubUGHikTl1qD3GZOp4Nb7yc"
    "6QYVrRiqaMRVnXNyfPKRjHWuJKFKASOCyoNN/CsT1bRMfaIafiE7rJDjfyYjX8fyL4i8Bx"
    "j35DlUg0cz6TdXcUFHVt2gpA5dWMADXkgI0wEJDy/6CKh2PjRNuiThLPJUB2OKXAFyy6Ei"
    "kRD+hAYaUR9gucNYQeHQEava40S1JBHLjNqXoepzrFjuikcYRetijo7IrWmsyCh8gCPQ6G"
    "CaR0FOBuZgRllyE6cylwSQMMKacu7l8JGUBTW1olhh8vVLu9fmT0n+St6I9m9STufwcTRr"
    "LnwxW3gw5gEPOnzeI8Zjpyo9DTzF+qjqwuHY41Ued7xSAsJyo0Ygf+WHieMEJRzgNan9Lx"
    "hJWDcZRWKd6yskVsAxRkWZams6SSlX9carmh0JVfyWAcHhRRKenJaBP0OrAq9lCgItEf07"
    "2DpCUbHssg0pDtLdvoOFGwikm8DUAuI9FhWI6DhVkGp37e5Vp/sLos8Y/dC8vG51btpX50"
    "SofkOz77dx/DZRfNvnVucam3OFNBuzNjTb/7jr9LAZyOq6zXq9v7vrtft9vOh4CybBUy1p"
    "KyizAI7L5U8tSJ+aOfuKDZpuVgK6AlhLgu7wTokd5LfJNT3mJ6XNNzzuWfp592yJZ2sgrI"
    "Qdogp0OkFaKwx1/w/jiv96O2y8YcawN8PG9xw8E6s1FjHGVZ31JK2sx/IKZnqcATfLF6Rj"
    "RDI71aFD2Fnm5kiI1xuHGKrjsqwWmNRCS0eNHTDEvWaLdg8Id5GFe5NaQzHKWgkA33usbO"
    "w7CvxPFcyFAY00FG4L+g08TU9CddR3j3fzymagLOA7XHhVsd4p5VCxreWzKyuF8dwHwvDd"
    "VlX6Ynk2w703suAl4d1mIb6E4fk47oG1XAsw+WItQYTB0hI+SiIAiVBgv0YcC1Hlqsng6U"
    "2GElkYlpuBeH9eVxIiXuO9uVngK8bJrCr/+DS1knykEpyUf2T4+MGEj3tZSZGKNsmA5LVb"
    "fPfs45Y6g9QZXnwGdq8z7FQWRqZnScFiMgrkXwymLCf4YvomazLxbJtihU8mqooeI6ma5t"
    "Rx4CHJ1Lb+TUF2ZVGWSxVBxQzoDOvHzqgpus3OGRJbNB2B6AwcJI43/l86cZtkYdMZqxPX"
    "JFictEkM1XzwsFOM92ThnxwZzaRtNEwiZpig4ZLXa0MhfWhGAM1jUSkO/0IXILCPgO1M9x"
    "ixTrntyg81jcS3CoC1uB+BKMPzs1dhBi8GtBZBrk4USc2A2aJ807lAP7siGHamIvbcfHZ6"
    "4PU4WVxAiMytWmGJz0+JVMBsANG8fP9T3dSdWWAxBH2K5dkq9TILmo9zlgjcmmpVEgC6Zf"
    "cT3+4qOKBCgkMSyrbmY4rseJW2iThd7b174ojmoUNwCvGzuppfb88aSORwiU9LfkWJCMn+"
    "K0q8zNaxtdoRUdbrjuKEwMDER2FZBlXNnMMzRpiYgzFQ7or5/sla4bv4KgoS8+A1h1f8Rf"
    "Ci6F+E9C1UjLLj5YGFQAtv+PwCYxe3t9exibvoJD6J7v3NRbv39pjNIjTS3ZwvhUmlzgb+"
    "2xihNGLW2ojpy8oVpzhCJie41hMc6pYbfcbbhGHUDANzSLOc0ICrTHOCVM5znefZtVw1A1"
    "tbpFIEJNJVUUlRmKmOX/UqK4NLocCaoq23zPqZCaZYYSxpdpypT5QYsIjR2KjbJHgpliTj"
    "oSyEcz8Cq4zLrpeTKeKCeK6j6Sbs6pXNRFlnU3wRbg5SK8oUVwmidoBZYOP7e3ZSs0o8ig"
    "HPDpFJIVjuGVzyPWSHxKRde3jzwY5Rbhb7ejeDOkZO/wChiAmbEJzInZ/nhP7hqQbPkyWq"
    "k04xZS7zzVKW8GpuzTHBVcr3u7thJESyxlJCs8CZ99qi2zdwlsjA9qzAdom7k7i770wlkr"
    "i714u762gIeXapOVnBVGXKZokmxRKaHjZWHumqQl16mE1mkQExaO7Bf6blkjElGiYqdZf6"
    "hDYDgJsfuMpbo3VnqttIDIcOebAyJLRdDFARlDaxqSo8D2swXEkeKhHSpkR11W9vLBIEJa"
    "pr29W2aUaChvwgd9G8zpJ0+RW9+yJYYpvMSSh3oZuqnVcDJEGZ9A6sRK2LevC80f/S+vHk"
    "9Ay17zns35bWJAvVnbEjAHHVW3ACCARR4AQAvl90uq3e7wHeKPDDXd92f7nIQBxd/D5ot0"
    "qnehjAcZA3Oa8i1QMD4PnP+sYRAHfmw8EjliKQ3MeEPztFf2xuUlCw2NT4zZP4sITqFzum"
    "q7ir45QvBT5p/GUKajerW+XAfkq1owlWiDoyreXfGvs/E16FHzulFr2QHO/7krIE+IifqU"
    "ByF9dKS+wCQNqMZ//nVcdUsoSFZi1Z1n5cuhkCeSV6FhETQPB4VMpI4LVGPPU+5tYPieAX"
    "F9lB72qi/fV+cPmJjJaqYSjxfqBjdjXW2xLlftYl3CLsM8BuR/gwyr9hCxrBJ4JGWwxXYR"
    "UNJjOMtYHP2AEFgYxXGALDsr6h4heNgcFe8QYzDvNH4YoHbx48RhAwI94Kb3yCHRHPKAw9"
    "xRWAjezI3sgCZsgIobugNWBtAlPwKmRweB1oZr7lmhVdQLFzaLL7TeJgmQN4Z/5uiPgco+"
    "7DBuBAT2VqW/OgigIaLT0REAQflTeHmYZ/XM/GMCGrKXjNm4kMjviWvHics3JcOheRRFqk"
    "Q7QVUjLyV+cRJ3RGR/hOvA/GWdUdmhhxhR+ITZY26E8Bv1fwHBg8BR1bNtF0B9c8VlyATh"
    "xvPMcAJC14ER8AHgRnDc2gESwh+IRs6wnbB4uEX1INMoapgieO9PIG1/aTjnpek13XNeYb"
    "YFPEWRJOTVPMdZMtJVfnJQQxAAsthEcEywCi4UDzI8uIQVW/AAebPcxHFfbMqmqwMDD4bz"
    "rdfSiVP0sbhFPx2a44jKhrwOmqjhP5OksPqHkVIrjKR4gF/a+PEpNqvlTz662lbil4S83L"
    "QpETu6XWP+3Epop+qUx2JwWZ7E7SmewWng0zsLGLMkK+xxTcugmH2XyDJNyd7ufb3g3zRA"
    "Z9DM1f2+07du2R0gW78rUlWoFIHoxT1ad4VsanmFRUIj7Fs4xk2TJo5RC1Rxm08h1NcFz3"
    "rHK2pSnrfMo1rvVHCofWyU8/vnv/48nHwbuT8/fvzt+9KxtCG99Nfy6zm/6cv5v+nNxNo9"
    "p+5VnI/9zkHFSYg8COUmUCYkR7lDruB5e7Mn/G+XxWpszKWX6VlbNUkRVuktpUyAup98ht"
    "U0xwldXehS37nFm/huZVq3P9+znRQKVegUDXbv+KP5eUPuLvm9vu4AtemFumOzNWm3wOH0"
    "vM0sfcSfqYnKM/PJ26zJZW5WOIU9XZp/MVTaj47TaJwXalk033oTL+znxvZ8rXyVmYU9lh"
    "HefzijrUmvXvPtaE9VHbW0WBN0EqQzvrLPNGXRobTfR21Rs507urnhLxOaVnOtcKnSR77R"
    "DoLRb0SDjsKjA1k1ZyNpoib0wfslDLRbjxCJHkZSTMxcsIpSsf5+JlhZLvUr/QbHXqVlUw"
    "rnqtzwNQKpB2aLa+tjqDTvcXpXV317v9rXV9TtSlqrsY6ur7godmr/339uUAY1R87/PQ7F"
    "9+aV/ds6AXZzKjmsfiXnr33S6zOsMqM5kd+q51z6JbuKN9aH7udDv9LyxWRmS2CK8puLkr"
    "7V7vttcP7yuYc1Shtm3ZTqRtu9VD7SdoRVUb1aKrTr91wR7L946n4242ERu3n9c6Aj3Y2H"
    "cR76LOArxcd3VZdzHcShV1MUVY4/W2od1q+yVLq7P5kPl7/K6UBxibFUQqpn3AAawpzej8"
    "xJExomeljqwZzws4vJPMkT6QrArzozSS95vz3sfkVVKqQpKXlf+P6yP/CzziBtadOKW07d"
    "TZtvPaAxsyp1lWvQwn2FtoG05wnFJOcE0n+OBTt9cQLlyURC4vX/sGSeTCrl7XRJTOIRdb"
    "grHkCfAIpHt/fV0uiZxfKCix+ism/drrFrbPpGjMUaAwf8wzuSTiza5fdQGBUtwKHS3bYV"
    "nP7++Q+LaPuEe21gpiH/21uD7+MfwCygRBYmMe8hZU+yIPFsskmxXzuK55xeAs7K58dBF/"
    "M8U3EMj4oroJDE2SH1/kT3WlKYgQyWxXFadCZmCurfAsMzBvNwNzEsazDc4GksyBSYFJ/k"
    "a22FrldUsJlAXCUUzqLCEhxaXectndBAVZzqx5WvghY+roGk/Uz6SU7Axum3RSUaQKBqkg"
    "V0XgVnaUlVLCqtupUiRhyWP+pdO5Rj+9SlOQpJSTIGWtVyBrxQ6LrQlcB8zg5HdeL4lLGO"
    "IzBa3QSF8kX/FWpaUqURJeZMzCXHmY6OpGtR81a2l+wgRJHLIwIraO5Y1YGXpeY4AnWsoS"
    "s7bU627zDAlOKZatFSYZkrJWLWUtmS1ny9lyxEeb5mcBLjUkqXMk+4aQyfelEJPvCwCT7z"
    "Ny5th0RlUtq6Z8Pp9jRHuMc2jshc87yU2Eh06axfnZbf32B7GOi2Anu8haa8CR7WWCEfLX"
    "dJRmj0uaB7LtYVGXWdL5CzoNZpdg022ATSUM8cBRahKGeIATnLIulcFqRZNRPx9WU2K+Xw"
    "k4bsclGgu9RWXdRNXdQwtqO5Yp3Domz2RMlrbuMr/OJ0z5z7IYU3UyIxPVtEx9ohp+3WZW"
    "alFQZRk0ttg7S0NO8aWDrNOE/WRJv7GzUdCBkmgXVpnGxNsTa77AFPtkvPIzY7P2rHzGiP"
    "mwHukK7uPvJrQSebj9cndoFWEdTS3P1DDZ+MRzXMuf6xHSEW+BbjGXmgTnUoP/vrnOETyj"
    "NccKk+zZVLKw9Sf4MLAeEsUkSvyNRH5zfaNaR9WsORH/2Tp7TiLDcsiyCmNEiPIHkoYjaT"
    "jalURQJ8MR+xiqqH4BwUEo28mKSmUS8EGrgopKqRR8iQOhCq8zSCXXy3E9vsmX3SriVHKz"
    "SDB1Cn0rVROzx4ik/bOM/dOhqj2ZsbevwOg41cFx+kMpTn8o4PSHNKeFJFxpUw5JDo7Hu0"
    "o0EdNN0szOz3eQInxW0oPNWB9WRRt7uuHqpnOEw75ESbSd5EKQZtUDtLpJs+qBT/BGZlXd"
    "VLZrWT1E1FkicH4+prYz0xfP5RgGQtyw3g6VV0vLzjrdq0VY+wvqK3R2SIzaj+E+Nw42FY"
    "9TxoBfLRaW25hZiKs1jVT0zLLJF7bdj7FZhMNKBKE0BEvbjqy3t2ubjtSyDlAIl1rWgU9w"
    "PbSsA4uhzlKwpHK1b50hwrIshSHO0QJtgUXAR2axWjy4bhKV6QHFEd/xZjuM6Y6+jYzmfr"
    "36gcyXI+O4v7dJKIjjlmldtpzWRcZxH2ocd9wCXWhL9W3UpWypgXW8jICEjRnyOJSB3jjM"
    "atoklk1A6tFtRDQb1McVC4yw5VAypg86q+eC7VYRlHCGiLWbgRAn3YKp1x8eqI3dw30y1x"
    "9sJscH4OsZhU5sawl9OhYij9kNO24SRkg24rNB1kOK+a4lwMSMSSGw3odekRAojcRbNhIv"
    "xYZX1kjstz9AI/FO4GhSdK6f6Cylu0OS7q4s+M/sqexp0qJd5HaxXKexhgpOX0mhbgAiED"
    "ZH6QZDzkLjFu+LhYExQQnvws75SG2eK9rBIsgYyaW7hJUdJyODqljCkP0apeW6HY7FQuCm"
    "wBEPjokRmYC8BzKaS+cL+KbsFQw19RzgADfZgXD3ye/HMayl6AVjzWYoN+oOjsgEO7ts3i"
    "ApbNVS2OIrq4p0EFJsRz542UnYfUyLaz3SrBIWnw1LzVniIUmCxVOk2ech9IyixQWcvLq9"
    "v7huk7te+7LT7whwdOA1ZDfxElzQ+fnTa7euM9m6gd82RigrmNXNdxuLXBIHVnqKc0+HKI"
    "ms9+1HJgVneNWPJU4pv5Y6fy1C4htnJOHKN5zEiJ5hOXk981rBcBKVoat+OUla+e3U7dup"
    "gBLaqXKLcKE+tZ+o3XfzNNxkm+balP+Kw5pXUHMnuj3xQIEc21RFzdJXNqMqKc8xwnpusv"
    "QrqmEITTQDMb61Xp+hXr4sQrZWys1pKeXmtEC5Of1hjTopJbbtSGzWgpqbnTtxSnnq1O3U"
    "iSfxdFyF2rZVKTVtnGqjfapmcxrfqE5L+WhOC3w0p2kfjbTCSCuM3KVen2zMSwYMaF6h0M"
    "j9NTKxKEjs0grBkdhYJNZjaBvRCfe0ODy9YFPk+FN9jwx3xqiYhc//H8RZCwXXzKjK7Q+C"
    "3p6vCMohPi6iKQZ4y7xHePGNQ0Dc1mEiNB8j9EMzGPst9DzqeeaRuDD6gQnuT6rhUWdoQj"
    "eIJBIQIT6ZP3zicj2+DaYxFN+Uc0Q6Llmq+Cq6SUYO6i8jAlKKhq4k4WWi3xY6UMJ+MNoE"
    "KeT4SpFJv7mKa69wY1mDGIotCEXzGH0OUiiRwHCjshdiIGuqMPKC0aSrrJauMolLklkMX5"
    "nvcR5WMIrzOD93U4Rk/1mbXmbJ7iQ/Ez8qq3A+pJDpsrY+HYGEkN5r2qY3TyHB4l4wn3iP"
    "qeOEgFSR/427dveq0/3l3BewhubldQuUgKtzMjFU0KW0odn32zh+G7gyYD/dofm51bnG5m"
    "iXw9b33ct2b9DqdM9BWJtQ24U5HJrtf9x1etiMS27Y6/0dqJL9Pl70811TLSnvltkKj8tl"
    "syvIZZfcB1UXoU5uFbNklESaJX1jekS8TrGyWOFPkNYqXr7/h3HFf70dNt7QhTWZvRk2vu"
    "cIeulXln7lGvL41X07E0vLkDpyDx2/+UYHzn6mkTl1Iw7bNw5BhwSx6cJYEXyBlI1rP2cT"
    "zNoCRqjk7I3SSEdKKUeKzIh04FtWaIqtOsFxylpNsDyZ6uTVuUWr6JW6amS5dIKbzUJ/Dr"
    "esauqqpDPni7WEY8tc+ZWfgppS6Ktg0SwWhr5Ah+Tt/eDyh7SnZqMeZGCMtPY3pLWfHQAZ"
    "CiQeKDlhRmqW6hg7RQ6LlXgqZDlIqhitQoLv2mRVl3Ouz+2r+bDeWIPi807YapXAFl0O1M"
    "viSOHg4mGirrVwouDaczKaIRNVXlXQoS6mCVGZE9+yKfP5w4XRzDK0nIDVbQ+w5QOzP4en"
    "efaRuR2o7/FuD8z3Jz+dBV8L/ij6UPo3revr9aegmLyqmkCETNqnpBaQszuGRVGzN8fI/T"
    "V7Y6S8armtsWUGlWLZxgWbjRMWUY0Uj8V8Sk2y1GEReyjgQ1/s7mpsaasMNNd2+kUAV8fF"
    "HfMRZs7ELRKxVWFtWR96lSp86wPFoFdDf6IOgQ/L8Wz6iUQq4GKRWBiBY6+gG3P3CfyjU7"
    "S7erGxUWTFWKl9SY+TLKx5KPi1mi3MPcDXbKo6Vk5ykvWonZC6znDBxn23f3/Rv+x1LhA5"
    "45mON8b7Y8TUAGOulItbhOCcw7kPItfYQhDO0Ozffh6IO/1z4lhTV9xyhubl7c3ddauDkB"
    "4sWG/glA3Nm1b3vnV9jiZMTzVK+ujiuJyzMricpDgbweWc5TmTqmEL4lRyq5cOOqmz7Uln"
    "uw+3pwFGcDWyFLdUo2ah9hbZ8pQw5q5sajZTs+bk+OTjj2Pd5fEpGGaCuhEM9Mgjahaqzt"
    "LTcncN2pyEtvSJmPQJLqGSRDMy7W5/CJaIba46j/CdcYWsCb08UqIOvZN3J2f/Rb+psGXT"
    "I9i5m6irLVGNxLEWGJeDmht0qTPdECeHqFNX9O49Pxeb609X2a04INimcLhe/4nAldlI+O"
    "fDS2CV1+7LtVRxDlgclzrOdpka3aqqqDpJOqnxlNJ4pPAmhbedCW8tauuTWabIJm4VC2pq"
    "2GidcJY/t1v2730v9thnwmTzxRDMEaXnGVlyAtVCkjpbVjbe17eWJykSgARfVQUOi+YHyN"
    "3jUpjk4wJM8nEGJtky3cxU7/nBlhESGeZaMa7yRc+zP/8fJVB0hw=="
)
