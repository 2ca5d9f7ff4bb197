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
        -- The runtime role may add to the log and no more; events of long ago go by this alone.
        CREATE FUNCTION forget_audit_events(before timestamptz, most integer) RETURNS integer
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        DECLARE forgotten integer;
        BEGIN
            DELETE FROM public.audit_events WHERE id IN (
                SELECT id FROM public.audit_events
                WHERE at < least(before, now() - interval '30 days')
                ORDER BY at, id LIMIT most FOR UPDATE SKIP LOCKED
            );
            GET DIAGNOSTICS forgotten = ROW_COUNT;
            RETURN forgotten;
        END $$;
        REVOKE ALL ON FUNCTION forget_audit_events FROM PUBLIC;
        DO $$
        DECLARE other record;
        BEGIN
            FOR other IN SELECT DISTINCT grantee FROM information_schema.role_table_grants
                WHERE table_name = 'audit_events' AND grantee <> current_user
            LOOP
                EXECUTE format('GRANT EXECUTE ON FUNCTION forget_audit_events TO %I', other.grantee);
            END LOOP;
        END $$;
        -- What the version before issues, it writes down nowhere: it may be the longest life that
        -- a setting allows, until its last process has ended, which is to be within a day.
        INSERT INTO "issued_lifetimes" ("seconds", "issued_until")
            SELECT 86400, now() + interval '1 day' WHERE EXISTS (SELECT FROM "signing_keys");"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        -- safe: the version before removes nothing
        DROP FUNCTION IF EXISTS forget_audit_events;
        -- safe: within seconds they are worked off
        DROP TABLE IF EXISTS "email_requests";
        -- safe: the version before does not ask, and the next upgrade supposes the longest life
        DROP TABLE IF EXISTS "issued_lifetimes";"""


MODELS_STATE = (
    "eJztXW1z2zYS/isYfakzo3ps2U58Saczkuu2bhP7xnHu+pIOA5GQhIoCVAK0osnlv98CoCi+Sq"
    "Qs2pTML4kFYgFyF1jsPrsAvrSwL0eHXd+h8vKeMNl6jb60GJ4Q+CP1rA1F0+niifopcd8NqkIt"
    "i6hqQtfrC+lhW7U3wK4gUOQQYXt0KilniuI9nxA5omyI5AhLNIKWCSMOkhxhhrBtc59JxD00ww"
    "JJjxLnDfL4TCDsEYQdhzhtqOggBp16yB5hNiTOoerb4TZ0Di1X243P6D8+sSQfQgfEg87+/AuK"
    "KXPIZyLUzy+tASWuo/9uYc0/6rRUJfJ56hEhgBViQbdk+pKTliGS86l+1NKUwFf942sbxToQfv"
    "9vYksLuijfUUBcvDeQLfc260uTFu+JLMZeyW5CupxuFOF0bOmeYsPefJQutxa0PTq8YvJHXVcN"
    "sb5lc9efsGX96VyOOAsJqOl7CIPNw5KoHqTnq3nAfNcNps1iapihtKxixlCExiED7LtqNilq8w"
    "LLspZlXd/cWe8v7yyrlZppC4rIrAiKbGAhsIOqOasYMFSv8O2/Op2Tk1edo5OX52enr16dnR+d"
    "Q139vulHr76al1lyyzSleXb109X1nXohDqrA6AlV8FXTYImtpZQjSkemuf8DcFDSCcnmv6FI8N"
    "8JSA4XfySlseD9KnEsCpbyWCqzkPnfDXxmK14jMQKl4RzaLrfHh4zPvm9VJKkVTL+7enf5/q77"
    "7t+q+YkQ/7iagd27S/Wko0vnidKDly/iUgobQf+9uvsZqZ/oj5vrS81nLuTQ0z0u6939oaatWh"
    "a4BR9ugeKMMGtRvCjSM3wh73CaxkV+AbzMFndIkJA4MKgqGVc56Sb4s+USNoQF9TU6PVoh2v90"
    "by9+7t4enB4lxHUdPOnoR19j7BW+bRMCy1iGTuPcJZhlczlGl+B0Hwh3kNWrVNXNzdvYhOldJR"
    "TX9Yd3vcvbg2PNeqhEZUyfRfRXZGGM8/vDh6sfcjRYhCbBa9+nzqGiLMDwYLHYAX7rcXxi1E5U"
    "oegPTQ7gqFlTlKNxqoanCZ4a+6ksT2NUDU8T895xlFlaZiWLkDzeWtaqyihJrGRnRVays/yV7C"
    "y5kvmCeBYelrQW4lR7x+aToyIWA9TKZbR+Fue0R+A7RbbKzed0nGrvOP3ytACjX57m8lk9irPZ"
    "IRJTN0Nj/PL+5jqbxxGSpL9DbYn+h1wqUn5nBZ5O36eupEwcqm6fws1RLIoZbAtGH7zr/paUwc"
    "Xbm15Sg6sGeiAQhQIMxhFPVBX0sT2eYc+xUk94h+fVTT+adCbJEsxAFznBFwcu0+jwgrMB9SY4"
    "YFACgYs9bedjcHakXmkQDqMp8QSIduILiYKm0IzKEZop4Awjl0hJPNT3uD8cyddQYnMH2oQnlI"
    "2R5GPC2gpJ63N46RVA3La7+sg+sh78oSG7MfiZMD7nSI4I9ZBDh6CTBOLMnbd1hSHnDhoALWcE"
    "+YopCt5bFEx9D0YJ2QTg0ytNoPxMK+pP2yNqGiokbw14FROfpVrbFniVb9I92JTbAMGKqBHdk/"
    "rn9Cl0yFrjLh+kigi46PIYIdlD4OL4ZYHV8TiJMy1XR/UovjqSCax0pXChBcEesrdzVsT6gFq5"
    "DNbP4hxWOtUyCrIMnxNkG3G7Zh5g1ZaeZhmofgoaxioPcGeQbwHtrpkM9gnTVnFEAQNqkCHq3D"
    "BSnGh9OGlbSuyoqkllwkmd49NXp+cnL0/DKFJYsip4lAZWtdW3gb5K0m1FYT1toK5idWU4trm+"
    "yqJvFFadFVbESym7NsUomyDsbsofvM1NhB8ha+Z3zeVbNiYZhTO2iA/UV6hr4IAUUBjnbpq1P3"
    "KP0CH7lcw1g6/gPTCzswAAjfJ9CBrZTYYuS5cT2cOzEKCKDif4coe4xATQL7rvL7o/XBpE67Fx"
    "10sFGdyauEUrhbvGnrbzcVcNPFhB+KMg8NplSJOZrESVe4jFmBgcsj9HGKk3MQ8neI76BDHe58"
    "78G/EGDRVQyWEoISoRFWjGPUXKB4M06lphPyXhUUY+S0t68wJIaJyhVpSy3aTz7VY6nyDYBSMB"
    "3k1mRm57lGFvnpdwkKRNJiLNJRG7qzQzuRzEqkKrAvy03tV19/b3MLIVmhZvb65/6mXEtnq/31"
    "12kxBUY+E/awswoUTLDIAEaTMCdmcE1CK6fSWET5y3dGCGR8rOSjxfYWlRXdNyg6pFbS2kCIyR"
    "g20bjA4TQTZ7PEybOvzcRj6T2lYiDEFl+B+5MIqFRAefkn1/epFhbVXZ03p7K9cEEgTGtZORaZ"
    "JrBEUotoNE18EUeiAUnW/kBBLTMi2rXZO0T6VeGySl3lr0rc6JSWvPoHyF1jTZNMWVpUm+kVx5"
    "gwIM7zaaeRTKGKJMaypogglslmI+AO9QIBuDg/8GGYvdpNQs3UfVSKayrK6n6pzTgJuNV7rLXu"
    "mT4aG7g3GXSH0fw9uXicgu6u9jok6hPJ0VaTqpYGwtAJTdGbYNftJ4z3uPn2wyHZsBsIWcrhIe"
    "dFi/yeRKZnIpK32DeRQha7IN6jxVhvSeMMufbiDjBGkj57rJuRZYyC0ZwGeM7hS22kohIrGn7X"
    "xcxDP1LAPRFoNHbhhBwYALMAmMgn3R3wgUtGhA3zcGwVB/KuCCuAMVRDfnCAnJvazTirbffAYQ"
    "8udiJ3dk9qhff63Z3VRkE1Ocp1YkQawsQFI+0feBKb41w0kqyfHNR0Qi46C4jRMnejxDp/ahgs"
    "ZvfM5rZJNZ+3zk+8RHqdRNfVaSXxsxVx6UYvs+ZfbsGFvXZtnGx1V9Em0XnE/Z6hGR5JnpYmFq"
    "FjbQBYyJbymYz0zv6XfIPbXJa20vD/CEunNlWMeMaWFyNmBIzhD3pYk1Zpvn22pcnVoA41cTDu"
    "GbiDoVgXIH4YEKimLkcWm8AFWDkZlKDom1q+z9MZlKBHY9cMKA/ciHEep9ZIpIvZ/umirKqQud"
    "bHR06SL0tcb2Xwhq3dkFyXNLTZDCJEAU7SJGVLgrAh9YxIsJuwkJCnfhYiGtgs5S2E2MaANfqT"
    "n04TEOfdj5A6i25o5WcurUDh+gtjXGbv/UtMb/fN7+SXJpKTMCkrTNGNjNMbD5Tv6t7+GvqWO1"
    "H2KOGKulhByha8Cm+ku4T3QObBlDKUW4f6c2VXB0uvEx9UnoQvCMLd4Fcu9i1E323YbZd0l3v1"
    "zaSJy2UXF1VnHNSRXNSRVPi6E/4KSKLzl5EBkrR0D/46+3xM2LoGdms+wJ179WGGyAsQyvBMO5"
    "lY43LJ+1V4QcTC1rTOaFt01BXQO2K2IR3/75Ru9cmnr0HgSHRtjk6gSAvT74WMH1MO5ULOEb9c"
    "T2iBRZe6aq6EaFIq6AUm9e1UlEnyU6mPp9l4qR2mTlcAKl3HSK5kS+aCPb9zzCoJ5+ESiYeuSe"
    "cl+gA/UWy32vH0Hy1HURjGzug/P+Qp/cDJW5PojE4xOEmY6awNsVPno5Fwsflzu1frzN4+prlD"
    "F0elLEHD7JN4dP1mUMwSIhSzkhIcEe7vs5L8Dt81xmn+e4HsFUVnpoI+cjQd+cnrKp/6F1oW39"
    "PRun5ZB/W0Oc6vEvbHgaGWztaoYmjNG4hZFb1bQq22QEJGkbAKDOkgaLlHobyTlO2Ui5blKuxd"
    "aRu5HHpdQfnHANwyftfMdQBnUKeoU/8xn4Neo8Cxw4W8trpsMrZ5RHd7C8i7qt76U2iQ0vzPkW"
    "5qygmTorSHJoISs1rdquyiaMTZ2Fvl2TAhUy1IrQtMtnQGVayCu8vkyDePe9vuNOkSgI1Mq/iK"
    "VztM7xa3bCbm13SF8ZgZsGNlLEzZJXtyUvFtmIKbhSm0FilI0Lszvyr4XJo+M1KXNnEcXJM3VU"
    "GKQw+B1c6DcbcWSDTaFhYqqv4TOnT5vTpqcwbskbfWmfPhDRbFMNzvqiniLljNrYVQbLJAv9rq"
    "QfBX9/MneW3EP78FGfkEcFEdoO0htqAzQ7OMGxT4COmOsLGUcuZ0N1WyEJIe5D1AXDyrNH9J44"
    "H1lgbiloXaX1zzQWr3YCmM+B91BrbRsJvkjXh66c5XZevSle2WOYzZUZR9zNbigMNuUG0HsB60"
    "yPAStNlm+gJbLh4+DL+i0EpsM4VbGePK6s8kLNm6qRln+6ui5qZzaZ9o+RaT+Aviz9o4RNHyPa"
    "wxBDp1DSfWdF0n0nnXT/yLcs1vgarUquWNQrURn2hgT7xt7jTiHHdIVfmuSti9nQB3unDHujNI"
    "+4Y8RkbsSZHJRtZegWGbj5wzY1aLEQMw425wiLUanBmyTcRy18VmSLDtRaoSZSm3RCiyTO6a7n"
    "4ZwAb0iRYPEj3f+uvAUrSCQ5nHAHLNLD71w86Tv4+ydxBi9/u/vzrwRXqbB06CdDQ/Q48A+zHK"
    "stSpeMmQNhVfxdKOdHDpnf3LyNudC9q8Rxutcf3vUuQTnrEQ2VqMmHS6NZwDhzdQ84LRT6yjri"
    "eA3j0/SPKICwZGclEGpgewQrHdF3KKmYWElBrGqmkUcJecRQhTKQeZLu8aDz46qW0SquA06iEm"
    "VQ1cwGGgi9bhBqLAskgNQ2SQKJkzZyrrOcm2yv5y3/JlT2/ORfIlQWURScDag30RtoHrTL5iLS"
    "0A5iFLm7bDKOqnsQn/bvCLUKNyJ1wY21R61U6DUob+cHX/Gyxrroaz4DHrCJJivM9VyuJqrslr"
    "hcNzAfUc33ABssNQdLVVOqBIeD6nvI3eNC8cLjFfHC43S8MPcaovxdMPm3DzVbYF6v2QLzpPlD"
    "X/8PNwEOrw=="
)
