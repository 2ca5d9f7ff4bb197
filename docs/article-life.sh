#!/bin/sh
# The life of an article, by curl alone: run it from this folder beside `make run` and read along.
# Emails are read at the auth service, which shows what the mail catcher has caught.
set -eu
gateway=${GATEWAY:-http://localhost:8000}
mailbox=${MAILBOX:-http://localhost:8001/mailboxes}
vitrina=${VITRINA:-.venv/bin/vitrina}
export SECRETS_DIR="${SECRETS_DIR:-.vitrina/secrets/auth}"
cover=${COVER:-docs/pictures/home.png}

number=$(date +%s%N | cut -c5-14)
email="writer.$number@example.com"
password='Samovar$1-kopeck'
nl='
'

say() { printf '\n# %s\n' "$*"; }
die() { printf '%s\n' "$*" >&2; exit 1; }
get() { printf '%s' "$body" | python3 -c "import json, sys; it = json.load(sys.stdin); print($1)"; }
in_seconds() { python3 -c "import time; print(time.strftime('%FT%TZ', time.gmtime(time.time() + $1)))"; }

ask() { # ask STATUS METHOD PATH [JSON | @PICTURE]: send it with the token, and insist on the status
    wanted=$1 method=$2 path=$3
    shift 3
    case ${1:-} in
        '') ;;
        @*) set -- --header 'Content-Type: image/png' --data-binary "$1" ;;
        *) set -- --header 'Content-Type: application/json' --data "$1" ;;
    esac
    [ -z "${token:-}" ] || set -- --header "Authorization: Bearer $token" "$@"
    response=$(curl --silent --show-error --max-time 20 --request "$method" "$gateway$path" \
        --write-out '\n%{http_code}' "$@")
    status=${response##*"$nl"}
    body=${response%"$nl"*}
    printf '%s %s -> %s\n' "$method" "$path" "$status"
    [ "$status" = "$wanted" ] || die "expected $wanted: $body"
}

wait_for() { # wait_for EXPRESSION COMMAND...: repeat the command until the expression holds of its body
    expression=$1
    shift
    for _ in $(seq 60); do
        "$@" > /dev/null
        [ "$(get "$expression")" != True ] || return 0
        sleep 0.5
    done
    die "never came true: $expression of $body"
}

emails() { body=$(curl --silent --show-error "$mailbox/$1/letters"); } # emails ADDRESS
sign_in() {
    token=''
    ask 200 POST /api/v1/auth/login "{\"login\":\"$email\",\"password\":\"$password\"}"
    token=$(get 'it["access_token"]')
}
anybody() { # anybody COMMAND...: as somebody who has not signed in
    writer=$token token=''
    "$@"
    token=$writer
}

say 'Somebody registers, and an operator has them write the blog'
ask 201 POST /api/v1/auth/register "{\"full_name\":\"Вера Писатель\",\"email\":\"$email\",\"phone\":\"+7$number\",\"password\":\"$password\",\"password_confirmation\":\"$password\"}"
sign_in
wait_for 'len(it) == 1' emails "$email"
code=$(get "__import__('re').search(r'\b[0-9]{6}\b', it[0]['text'])[0]")
ask 204 POST /api/v1/auth/email/verify "{\"code\":\"$code\"}"
$vitrina auth set-role "$email" blog_manager
sign_in

say 'She writes an article, gives it a cover, and looks at it'
ask 201 POST /api/v1/drafts "{\"title\":\"Щука и ёж $number\",\"body\":\"Once there was **tea**.\",\"language\":\"en\"}"
draft=$(get 'it["id"]') slug=$(get 'it["slug"]')
ask 200 POST "/api/v1/drafts/$draft/cover?alt=A+home+page" "@$cover"
picture=$(get 'it["cover"]["sources"][0]["url"]')
ask 200 POST "/api/v1/drafts/$draft/preview" "{}"
get 'it["html"]'

say 'Nobody else sees it'
anybody ask 401 GET "/api/v1/drafts/$draft"
anybody ask 404 GET "/api/v1/articles/$slug"
anybody ask 200 GET "/api/v1/articles?q=$number"
[ "$(get 'len(it["items"])')" = 0 ] || die "$body"

say 'She schedules it for five seconds from now: it appears by itself'
ask 200 POST "/api/v1/drafts/$draft/schedule" "{\"publish_at\":\"$(in_seconds 5)\"}"
anybody wait_for 'len(it["items"]) == 1' ask 200 GET "/api/v1/articles?q=$number"
anybody ask 200 GET "/api/v1/articles/$slug"
get 'it["title"]'

say 'Its picture, the feed and the home page have it'
curl --silent --show-error --fail --output /dev/null --write-out '%{content_type}\n' "$gateway$picture"
for _ in $(seq 20); do
    feed=$(curl --silent --show-error --fail "$gateway/api/v1/articles/feed.atom")
    case $feed in *"$slug"*) break ;; esac
    sleep 0.5
done
case $feed in *"$slug"*) ;; *) die "not in the feed: $feed" ;; esac
anybody wait_for "any(each['slug'] == '$slug' for each in it['articles'])" ask 200 GET /api/v1/home
get '"%d mailings, %d recipients" % (it["mailings"], it["recipients"])'

say 'It gets another address; the old one leads there'
ask 200 PATCH "/api/v1/drafts/$draft" "{\"slug\":\"tea-$number\"}"
curl --silent --show-error --output /dev/null --write-out '%{http_code} %{redirect_url}\n' "$gateway/api/v1/articles/$slug"
anybody wait_for 'it["title"] != ""' ask 200 GET "/api/v1/articles/tea-$number"

say 'She withdraws it: it is gone for everybody'
ask 200 POST "/api/v1/drafts/$draft/withdraw"
for _ in $(seq 20); do
    status=$(curl --silent --output /dev/null --write-out '%{http_code}' "$gateway/api/v1/articles/tea-$number")
    [ "$status" != 404 ] || break
    sleep 0.5
done
[ "$status" = 404 ] || die "still there: $status"
ask 204 DELETE "/api/v1/drafts/$draft"

say 'That was a whole life.'
