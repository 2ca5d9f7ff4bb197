#!/bin/sh
# The life of a mailing, by curl alone: run it from this folder beside `make run` and read along.
# Emails are read at the auth service, which shows what the mail catcher has caught.
set -eu
gateway=${GATEWAY:-http://localhost:8000}
mailbox=${MAILBOX:-http://localhost:8001/mailboxes}
vitrina=${VITRINA:-.venv/bin/vitrina}
export SECRETS_DIR="${SECRETS_DIR:-.vitrina/secrets/auth}"

number=$(date +%s%N | cut -c5-14)
password='Samovar$1-kopeck'

say() { printf '\n# %s\n' "$*"; }
die() { printf '%s\n' "$*" >&2; exit 1; }
get() { printf '%s' "$body" | python3 -c "import json, sys; it = json.load(sys.stdin); print($1)"; }
in_seconds() { python3 -c "import time; print(time.strftime('%FT%TZ', time.gmtime(time.time() + $1)))"; }

ask() { # ask STATUS METHOD PATH [JSON | @FILE]: send it with the token, and insist on the status
    wanted=$1 method=$2 path=$3
    shift 3
    case ${1:-} in
        '') ;;
        @*) set -- --header 'Content-Type: text/csv' --data-binary "$1" ;;
        *) set -- --header 'Content-Type: application/json' --data "$1" ;;
    esac
    response=$(curl --silent --show-error --max-time 20 --request "$method" "$gateway$path" \
        --header "Authorization: Bearer ${token:-none}" --write-out '\n%{http_code}' "$@")
    status=${response##*
}
    body=${response%
*}
    printf '%s %s -> %s\n' "$method" "$path" "$status"
    [ "$status" = "$wanted" ] || die "expected $wanted: $body"
}

emails() { body=$(curl --silent --show-error "$mailbox/$1/letters"); } # emails ADDRESS

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

register() { # register NAME EMAIL PHONE: also verify the email and sign in
    ask 201 POST /api/v1/auth/register "{\"full_name\":\"$1\",\"email\":\"$2\",\"phone\":\"$3\",\"password\":\"$password\",\"password_confirmation\":\"$password\"}"
    sign_in "$2"
    wait_for 'len(it) == 1' emails "$2"
    code=$(get "__import__('re').search(r'\b[0-9]{6}\b', it[0]['text'])[0]")
    ask 204 POST /api/v1/auth/email/verify "{\"code\":\"$code\"}"
}

sign_in() { # sign_in EMAIL: the token says what the account may do now
    ask 200 POST /api/v1/auth/login "{\"login\":\"$1\",\"password\":\"$password\"}"
    token=$(get 'it["access_token"]')
}

approved_and_sent() { # approved_and_sent ID: a manager approves the mailing, and it runs to its end
    owner=$token token=$manager
    ask 200 POST "/api/v1/mailings/$1/approve"
    token=$owner
    wait_for 'it["status"].startswith("finished")' ask 200 GET "/api/v1/mailings/$1"
    get '"%s: %s" % (it["status"], it["counts"])'
}

say 'Somebody registers, and an operator makes them a manager'
register 'Мария Менеджер' "manager.$number@example.com" "+7${number%?}1"
$vitrina auth set-role "manager.$number@example.com" manager
sign_in "manager.$number@example.com"
manager=$token

say 'Anna registers; whose email is verified may write mailings'
register 'Анна Каренина' "anna.$number@example.com" "+7${number%?}2"
sign_in "anna.$number@example.com"

say 'She imports three recipients into a list'
ask 201 POST /api/v1/recipient-lists '{"name":"Friends"}'
list=$(get 'it["id"]')
file=$(mktemp)
trap 'rm -f "$file"' EXIT
printf 'email,full_name,city\nvera.%s@example.com,Вера,Казань\noleg.%s@example.com,Олег,Томск\nzoya.%s@example.com,Зоя,\n' \
    "$number" "$number" "$number" > "$file"
ask 200 POST "/api/v1/recipients/import?list_id=$list" "@$file"
[ "$(get 'it["created"]')" = 3 ] || die "$body"
ask 200 GET "/api/v1/recipients?q=%D0%B2%D0%B5%D1%80%D0%B0"
vera=$(get 'it["items"][0]["id"]')

say 'She writes a message, and looks at it as Vera would get it'
ask 201 POST /api/v1/messages '{"subject":"Чай для {{full_name|вас}}","body":"Здравствуйте, **{{full_name|друг}}**!\n\nНовый чай уже едет в {{city|ваш город}}.","language":"ru"}'
message=$(get 'it["id"]')
ask 200 POST "/api/v1/messages/$message/preview" "{\"recipient_id\":$vera}"
get 'it["subject"] + "\n" + it["text"]'

say 'She sends it to herself'
ask 202 POST "/api/v1/messages/$message/test" '{}'
wait_for 'it["state"] == "sent"' ask 200 GET "/api/v1/messages/$message/tests/$(get 'it["id"]')"

say 'She sets a mailing for five seconds from now, and a manager approves it'
ask 201 POST /api/v1/mailings "{\"name\":\"Tea\",\"message_id\":$message,\"list_ids\":[$list],\"starts_at\":\"$(in_seconds 5)\",\"ends_at\":\"$(in_seconds 3600)\"}"
mailing=$(get 'it["id"]')
get '"%s, reaches %s" % (it["status"], it["audience"]["reached"])'
approved_and_sent "$mailing"

say 'The emails have arrived'
for name in vera oleg zoya; do
    emails "$name.$number@example.com"
    [ "$(get 'len(it)')" = 1 ] || die "$body"
    get 'it[0]["to"][0] + ": " + it[0]["subject"]'
done

say 'Each attempt is kept, with the response of the mail server'
ask 200 GET "/api/v1/mailings/$mailing/deliveries"
for delivery in $(get '*(each["id"] for each in it["items"])'); do
    ask 200 GET "/api/v1/deliveries/$delivery"
    get '"%s: %s" % (it["email"], [(each["outcome"], each["code"], each["response"]) for each in it["attempts"]])'
done

say 'Vera unsubscribes by the link of her email, signed in nowhere; looking at it changes nothing'
emails "vera.$number@example.com"
link=$(get "__import__('re').search(r'https?://\S+/unsubscribe/[\w-]+', it[0]['text'])[0]")
curl --silent --show-error --fail --output /dev/null "$link"
curl --silent --show-error --fail --output /dev/null --data 'List-Unsubscribe=One-Click' "$link"
ask 200 GET "/api/v1/recipients/$vera"
get '"%s: %s" % (it["email"], it["suppressed"])'

say 'The same mailing again: it reaches the other two alone'
ask 201 POST "/api/v1/mailings/$mailing/copy"
again=$(get 'it["id"]')
ask 200 POST "/api/v1/mailings/$again/submit"
get 'it["audience"]'
approved_and_sent "$again"
for name in vera=1 oleg=2 zoya=2; do
    emails "${name%=*}.$number@example.com"
    [ "$(get 'len(it)')" = "${name#*=}" ] || die "$body"
    printf '%s has %s\n' "${name%=*}" "${name#*=}"
done

say 'That was a whole life.'
