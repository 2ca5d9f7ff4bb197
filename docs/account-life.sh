#!/bin/sh
# The life of an account, by curl alone: run it beside `make run` (or the containers) and read along.
# The emails are read at the auth service, which shows what the mail catcher has caught.
set -eu
gateway=${GATEWAY:-http://localhost:8000}
mailbox=${MAILBOX:-http://localhost:8001/mailboxes}

number=$(date +%s%N | cut -c5-14)
email="anna.$number@example.com"
phone="+7$number"
first='Samovar$1-kopeck'
second='Kettle&2-roubles'
third='Teapot!3-kopecks'

say() { printf '\n# %s\n' "$*"; }
die() { printf '%s\n' "$*" >&2; exit 1; }
field() { printf '%s' "$body" | sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }

ask() { # ask STATUS METHOD PATH [JSON]: send it with the token, and insist on the status
    wanted=$1 method=$2 path=$3
    shift 3
    [ $# -eq 0 ] || set -- --header 'Content-Type: application/json' --data "$1"
    answer=$(curl --silent --show-error --max-time 20 --request "$method" "$gateway$path" \
        --header "Authorization: Bearer ${token:-none}" --write-out '\n%{http_code}' "$@")
    status=${answer##*
}
    body=${answer%
*}
    printf '%s %s -> %s\n' "$method" "$path" "$status"
    [ "$status" = "$wanted" ] || die "expected $wanted: $body"
}

email_with() { # email_with ADDRESS PATTERN: wait for an email with it, and print what the pattern's group holds
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        found=$(curl --silent --show-error "$mailbox/$1/letters" | grep -o "$2" | head -n 1 || true)
        [ -z "$found" ] || { printf '%s' "$found"; return; }
        sleep 0.5
    done
    die "no email to $1 with $2"
}

sign_in() { # sign_in NAME PASSWORD
    ask 200 POST /api/v1/auth/login "{\"login\":\"$1\",\"password\":\"$2\"}"
    token=$(field access_token) refresh=$(field refresh_token)
}

say 'Register, and sign in by phone as people write it'
ask 201 POST /api/v1/auth/register "{\"full_name\":\"Анна Каренина\",\"email\":\"$email\",\"phone\":\"$phone\",\"password\":\"$first\",\"password_confirmation\":\"$first\"}"
sign_in "8 ${phone#+7}" "$first"

say 'Confirm the email by the code of the email'
code=$(email_with "$email" '[^0-9][0-9]\{6\}[^0-9]' | tr -dc 0-9)
ask 204 POST /api/v1/auth/email/verify "{\"code\":\"$code\"}"

say 'Refresh, and read products with the new token'
ask 200 POST /api/v1/auth/refresh "{\"refresh_token\":\"$refresh\"}"
token=$(field access_token)
ask 200 GET '/api/v1/products?size=1'

say 'Change the name, look at the sessions'
ask 200 PATCH /api/v1/users/me '{"full_name":"Анна Аркадьевна"}'
ask 200 GET /api/v1/auth/sessions

say 'Change the password: the old one is worth nothing now'
ask 204 POST /api/v1/auth/password/change "{\"current_password\":\"$first\",\"password\":\"$second\",\"password_confirmation\":\"$second\"}"
ask 401 POST /api/v1/auth/login "{\"login\":\"$email\",\"password\":\"$first\"}"

say 'Forget the password, and set a new one by the link of the email'
ask 202 POST /api/v1/auth/password/forgot "{\"login\":\"$email\"}"
link=$(email_with "$email" '/reset[?]token=[A-Za-z0-9_-]*')
ask 204 POST /api/v1/auth/password/reset "{\"token\":\"${link##*=}\",\"password\":\"$third\",\"password_confirmation\":\"$third\"}"
sign_in "$email" "$third"

say 'Sign out: within two seconds the access token is refused'
ask 204 POST /api/v1/auth/logout
sleep 2
ask 401 GET /api/v1/users/me

say 'Delete the account: its names are free again'
sign_in "$email" "$third"
ask 204 DELETE /api/v1/users/me "{\"current_password\":\"$third\"}"
ask 401 POST /api/v1/auth/login "{\"login\":\"$email\",\"password\":\"$third\"}"

say 'That was a whole life.'
