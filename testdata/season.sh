#!/bin/sh
# A season of a club, as its own script would run it: twelve events are made, sold out, given back
# and sold again, changed, closed and called off. Every answer is checked; a wrong one ends the
# script with exit code 1. Other bookers may work on other events of the same database meanwhile.
#
#   season.sh        works through the command line
#   season.sh URL    works through curl and the server at URL, which uses the same database
#
# evbook is found on the PATH and uses EVBOOK_DB, as always. The backup is saved beside it.
set -eu

url=${1-}
db=${EVBOOK_DB:-events.db}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
answer=$work/answer # the envelope of the last request, whichever door it went through
seats=0 booked=0 refused=0

fail() {
	printf 'season: %s\n' "$*" >&2
	cut -c 1-1000 "$answer" >&2 || :
	exit 1
}

# field NAME: a number or text in the last answer.
field() { sed -n 's/.*"'"$1"'":"\{0,1\}\([^",}]*\).*/\1/p' "$answer"; }

# number EVENT: what the database calls an event of ours.
number() { cat "$work/$1"; }

# request METHOD PATH [BODY [KEY]]: asks the server; the exit code is the one that the command line
# has for the same answer.
request() {
	status=$(curl -sS -o "$answer" -w '%{http_code}' -X "$1" "$url$2" \
		-H 'Content-Type: application/json' ${3:+-d "$3"} ${4:+-H "Idempotency-Key: $4"})
	case $status in
	200 | 201) return 0 ;;
	404) return 3 ;;
	esac
	case $(field code) in
	invalid) return 2 ;;
	sold_out | closed) return 4 ;;
	conflict | key_reused) return 5 ;;
	esac
	return 1
}

# cli WORD...: asks through the command line.
cli() { evbook "$@" -o json >"$answer" 2>"$work/errors"; }

# The verbs of the story, each through the one door or the other.

# create SLUG NAME CAPACITY PRICE CURRENCY ZONE START [KEY]
create() {
	if [ -n "$url" ]; then
		request POST /events "{\"slug\":\"$1\",\"name\":\"$2\",\"capacity\":$3,\"price\":\"$4\",
			\"currency\":\"$5\",\"timezone\":\"$6\",\"starts_at\":\"$7\"}" "${8-}"
	else
		cli event create --slug "$1" --name "$2" --capacity "$3" --price "$4" \
			--currency "$5" --tz "$6" --starts-at "$7" ${8:+--idempotency-key "$8"}
	fi
}

# book SLUG SEATS [KEY]
book() {
	if [ -n "$url" ]; then
		request POST /bookings "{\"event_id\":$(number "$1"),\"quantity\":$2}" "${3-}"
	else
		cli book --event "$1" --qty "$2" ${3:+--idempotency-key "$3"}
	fi
}

# give_back REFERENCE [SEATS]
give_back() {
	if [ -n "$url" ]; then
		request DELETE "/bookings/$1${2:+?quantity=$2}"
	else
		cli booking cancel "$1" ${2:+--qty "$2"}
	fi
}

# resize SLUG CAPACITY
resize() {
	if [ -n "$url" ]; then
		request PATCH "/events/$1" "{\"capacity\":$2}"
	else
		cli event edit "$1" --capacity "$2"
	fi
}

# turn SLUG open|close: on or off sale
turn() {
	if [ -n "$url" ]; then
		case $2 in
		open) request PATCH "/events/$1" '{"status":"open"}' ;;
		close) request PATCH "/events/$1" '{"status":"closed"}' ;;
		esac
	else
		cli event "$2" "$1"
	fi
}

# call_off SLUG [yes]: yes gives its bookings up
call_off() {
	if [ -n "$url" ]; then
		request PATCH "/events/$1" "{\"status\":\"cancelled\"${2:+,\"cancel_bookings\":true}}"
	else
		cli event cancel "$1" ${2:+--yes}
	fi
}

# delete SLUG
delete() {
	if [ -n "$url" ]; then request DELETE "/events/$1"; else cli event delete "$1"; fi
}

# show SLUG
show() {
	if [ -n "$url" ]; then request GET "/events/$1"; else cli event show "$1"; fi
}

# bookings SLUG: how many there are
bookings() {
	if [ -n "$url" ]; then
		request GET "/bookings?event_id=$(number "$1")&limit=200" || return
	else
		cli booking list --event "$1" --all || return
	fi
	tr ',' '\n' <"$answer" | grep -c '"reference":'
}

# events: the names of all that there are
events() {
	if [ -n "$url" ]; then
		request GET '/events?limit=200' || return
	else
		cli event list --all || return
	fi
	tr ',' '\n' <"$answer" | grep '"slug":'
}

# is_free SLUG SEATS: whether they could be booked, as yes or no
is_free() {
	if [ -n "$url" ]; then
		request GET "/bookings/check?event_id=$(number "$1")&quantity=$2" || return
	else
		cli check --event "$1" --qty "$2" || [ $? -eq 4 ] || return
	fi
	case $(field sufficient) in true) echo yes ;; false) echo no ;; *) return 1 ;; esac
}

# pool SLUG NAME SEATS
pool() {
	if [ -n "$url" ]; then
		request POST "/events/$1/pools" "{\"name\":\"$2\",\"capacity\":$3}"
	else
		cli pool add "$2" --event "$1" --capacity "$3"
	fi
}

# ticket SLUG TYPE [POOL]
ticket() {
	if [ -n "$url" ]; then
		request POST "/events/$1/ticket-types" "{\"name\":\"$2\"${3:+,\"pool\":\"$3\"}}"
	else
		cli ticket-type add "$2" --event "$1" ${3:+--pool "$3"}
	fi
}

# code SLUG CODE USES
code() {
	if [ -n "$url" ]; then
		request POST "/events/$1/codes" "{\"code\":\"$2\",\"uses\":$3}"
	else
		cli code add --event "$1" --code "$2" --uses "$3"
	fi
}

# take SLUG TYPE SEATS [CODE]: books seats of a ticket type
take() {
	if [ -n "$url" ]; then
		request POST /bookings "{\"event_id\":$(number "$1"),\"type\":\"$2\",\"quantity\":$3
			${4:+,\"code\":\"$4\"}}"
	else
		cli book --event "$1" --type "$2" --qty "$3" ${4:+--code "$4"}
	fi
}

# hold SLUG TYPE SEATS
hold() {
	if [ -n "$url" ]; then
		request POST /bookings "{\"event_id\":$(number "$1"),\"type\":\"$2\",\"quantity\":$3,
			\"hold\":true}"
	else
		cli hold create --event "$1" --type "$2" --qty "$3"
	fi
}

# settle REFERENCE confirm|release
settle() {
	if [ -n "$url" ]; then request POST "/bookings/$1/$2"; else cli hold "$2" "$1"; fi
}

# wait_for SLUG TYPE SEATS EMAIL
wait_for() {
	if [ -n "$url" ]; then
		request POST "/events/$1/waitlist" "{\"type\":\"$2\",\"quantity\":$3,
			\"user_email\":\"$4\"}"
	else
		cli waitlist join --event "$1" --type "$2" --qty "$3" --email "$4"
	fi
}

# move REFERENCE SLUG
move() {
	if [ -n "$url" ]; then
		request POST "/bookings/$1/move" "{\"event_id\":$(number "$2")}"
	else
		cli booking move "$1" --to-event "$2"
	fi
}

# is_now REFERENCE STATUS: insists on the state of a booking
is_now() {
	if [ -n "$url" ]; then request GET "/bookings/$1"; else cli booking show "$1"; fi
	[ "$(field status)" = "$2" ] || fail "$1 is $(field status), not $2"
}

# The ways to insist on an answer.

# done_with VERB WORD...
done_with() { "$@" || fail "$* ended with $?"; }

# refused_as CODE VERB WORD...
refused_as() {
	want=$1
	shift
	got=0
	"$@" || got=$?
	[ "$got" -eq "$want" ] || fail "$* ended with $got, not $want"
	refused=$((refused + 1))
}

# sell SLUG SEATS [KEY]: books and keeps the reference
sell() {
	done_with book "$@"
	reference=$(field reference)
	[ -n "$reference" ] || fail "book $* gives no reference"
	seats=$((seats + $2)) booked=$((booked + 1))
}

# left SLUG SEATS: insists on the seats that are free
left() {
	done_with show "$1"
	[ "$(field available)" = "$2" ] || fail "$1 has $(field available) seats left, not $2"
}

# The story.

while IFS='|' read -r slug name capacity price currency zone start; do
	done_with create "$slug" "$name" "$capacity" "$price" "$currency" "$zone" "$start"
	field id >"$work/$slug"
done <<END
opening|Opening Night|20|0|EUR|Europe/Berlin|2030-01-18 19:00
meetup|Go Meetup|12|12.50|EUR|Europe/Berlin|2030-02-08 19:00
concert|Spring Concert|24|28|EUR|Europe/Vienna|2030-03-15 20:00
pottery|Pottery for Beginners|6|45.00|CHF|Europe/Zurich|2030-04-06 10:00
tasting|Wine Tasting|8|39.90|EUR|Europe/Paris|2030-05-11 18:30
reading|An Evening with O'Brien|10|9|GBP|Europe/London|2030-06-14 19:30
sushi|寿司の会|4|4500|JPY|Asia/Tokyo|2030-07-20 18:00
hike|Night Hike|15|0|EUR|Europe/Berlin|2030-08-24 21:00
chess|Chess Open|16|5|EUR|UTC|2030-09-14 09:00
jazz|Jazz Brunch|9|18|USD|America/New_York|2030-10-19 11:00
gala|Winter Gala|30|120|EUR|Europe/Berlin|2030-11-30 20:00
revue|Revue|6|20|EUR|Europe/Berlin|2030-12-06 20:00
encore|Revue, once more|6|20|EUR|Europe/Berlin|2030-12-07 20:00
mistake|A Mistake|1000|1|EUR|UTC|2030-12-24 18:00
END

# Sold out, refused, given back in part and in whole, and sold again.
for _ in 1 2 3 4 5 6; do sell concert 4; done
concert=$reference
left concert 0
refused_as 4 book concert 1
[ "$(is_free concert 1)" = no ] || fail "concert has seats"
done_with give_back "$concert" 1
left concert 1
done_with give_back "$concert"
left concert 4
refused_as 5 give_back "$concert"
refused_as 4 book concert 5
[ "$(is_free concert 4)" = yes ] || fail "concert has no seats"
sell concert 3
sell concert 1
refused_as 4 book concert 1
left concert 0

# A larger room.
for _ in 1 2 3; do sell pottery 2; done
refused_as 4 book pottery 2
refused_as 5 resize pottery 5
done_with resize pottery 8
sell pottery 2
refused_as 4 book pottery 1
left pottery 0

# Repeated with a key, the same request is done once and a different one is refused.
sell meetup 3 club-1
first=$reference
done_with book meetup 3 club-1
[ "$(field reference)" = "$first" ] || fail "the same key has booked again"
refused_as 5 book meetup 2 club-1
left meetup 9
done_with create finale Finale 5 0 EUR UTC '2031-01-02 12:00' club-2
first=$(field id)
done_with create finale Finale 5 0 EUR UTC '2031-01-02 12:00' club-2
[ "$(field id)" = "$first" ] || fail "the same key has made another event"
field id >"$work/finale"
sell finale 5
refused_as 5 create finale 'Another Finale' 5 0 EUR UTC '2031-01-03 12:00'

# Off sale and on again.
sell tasting 2
done_with turn tasting close
refused_as 4 book tasting 2
left tasting 6
done_with turn tasting open
sell tasting 6
refused_as 4 book tasting 1

# Called off, with everybody's seats.
sell jazz 4
jazz=$reference
sell jazz 5
refused_as 5 call_off jazz
left jazz 0
done_with call_off jazz yes
refused_as 4 book jazz 1
refused_as 5 give_back "$jazz"
refused_as 5 turn jazz open

# Seats in a pool, held and confirmed once, sold with a code, waited for, offered, and moved.
done_with pool revue stalls 4
done_with ticket revue seat stalls
done_with ticket revue standing
done_with code revue PRESS 1
done_with hold revue seat 3
held=$(field reference)
done_with settle "$held" confirm
refused_as 5 settle "$held" confirm
done_with take revue seat 1 press
refused_as 4 take revue standing 1 press
refused_as 4 take revue seat 1
done_with wait_for revue seat 1 ada@example.org
waits=$(field reference)
is_now "$waits" waiting
done_with give_back "$held" 1
is_now "$waits" held
done_with settle "$waits" confirm
done_with move "$held" encore
left encore 4
done_with take revue seat 2
refused_as 4 take revue seat 1
seats=$((seats + 7)) booked=$((booked + 4))

# What was never booked can go, what was booked stays.
refused_as 5 delete concert
done_with delete mistake
refused_as 3 show mistake
refused_as 3 book mistake 1

# The rest of the season.
for event in opening reading hike chess gala; do
	for size in 1 2 3; do sell "$event" "$size"; done
done
sell sushi 4
refused_as 4 book sushi 1
[ "$(bookings concert)" -eq 8 ] || fail "concert has $(bookings concert) bookings, not 8"
events >"$work/events"
[ "$(grep -c '"jazz"' "$work/events")" -eq 1 ] || fail "the list lacks jazz"
! grep -q '"mistake"' "$work/events" || fail "the list has a deleted event"

# The proof, of the database and of its copy.
evbook verify -q || fail "the database is not sound"
evbook backup -q --out "$db.season" || fail "no backup"
evbook verify -q --db "$db.season" || fail "the copy is not sound"
printf 'season: %d seats in %d bookings, %d requests refused, database and copy are sound\n' \
	"$seats" "$booked" "$refused"
