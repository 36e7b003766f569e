#!/bin/sh
# What somebody writes in the first week with evbook, from --help and the help topics alone: a small
# season is set up, sold out by a crowd, given back in part, exported and reconciled. It needs
# evbook on the PATH and the tools of POSIX, works in a folder of its own, prints ok, and ends at
# the first thing that is not as help says.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
cd "$work"
export EVBOOK_DB=season.db EVBOOK_CURRENCY=EUR EVBOOK_TZ=Europe/Berlin

fail() {
	printf 'newcomer: %s\n' "$*" >&2
	exit 1
}

# same WHAT FILE FILE: insists that both say the same.
same() {
	diff "$2" "$3" >&2 || fail "$1: $2 and $3 differ"
}

# exits CODE WORD...: insists on the exit code of evbook WORD..., whose output is of no interest.
exits() {
	want=$1 got=0
	shift
	evbook "$@" >/dev/null 2>messages || got=$?
	[ "$got" -eq "$want" ] || fail "evbook $* ended with $got, not $want: $(cat messages)"
}

# seat EVENT EMAIL NAME SEATS: books and prints the reference, however often it has to ask. The key
# is the customer's, so that asking again, also in another process, books nothing twice. A short
# patience lets a crowd meet exit code 6 at times.
seat() {
	tries=0
	until evbook book --event "$1" --email "$2" --name "$3" --qty "$4" \
		--idempotency-key "$1-$2" --lock-timeout 100ms -o name -q; do
		answer=$?
		case $answer in
		6 | 10) tries=$((tries + 1)) ;;
		*) return "$answer" ;;
		esac
		[ "$tries" -lt 30 ] || return "$answer"
		sleep 1
	done
}

# free EVENT: the seats that can be booked now.
free() { evbook event show "$1" -o csv --no-header --fields available; }

# snapshot: everything that a change would have to change.
snapshot() {
	evbook event list --all -o ndjson
	evbook booking list --all -o ndjson
	evbook log --all -o ndjson
}

# The season: a slug, a name, the seats, the price of one and the start of each event.

while IFS='|' read -r slug name capacity price start; do
	evbook event create --slug "$slug" --name "$name" --capacity "$capacity" --price "$price" \
		--starts-at "$start" -o name
done >numbers <<END
meetup|Go Meetup|40|0|2031-02-08 19:00
concert|Frühlingskonzert, Teil 1|12|28.50|2031-03-15 20:00
pottery|Pottery for Beginners|6|45|2031-04-06 10:00
END
[ "$(wc -l <numbers)" -eq 3 ] || fail "three events have other numbers: $(cat numbers)"
exits 5 event create --slug concert --name Again --capacity 1
exits 2 event create --slug late --name Late --capacity 10 --starts-at 'next year'

# A crowd of twenty wants twelve seats, and each of them asks twice, as from two windows.

for fan in 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20; do
	for window in a b; do
		(
			code=0
			seat concert "fan$fan@example.org" "Fan, No. $fan" 1 >"won.$fan.$window" \
				2>"told.$fan.$window" || code=$?
			echo "$code" >"code.$fan.$window"
		) &
	done
done
wait
for fan in code.*.a; do
	fan=${fan#code.}
	fan=${fan%.a}
	same "fan $fan in two windows" "code.$fan.a" "code.$fan.b"
	same "fan $fan in two windows" "won.$fan.a" "won.$fan.b"
done
[ "$(cat code.*.a | sort | uniq -c | awk '{ print $1 "x" $2 }' | xargs)" = '12x0 8x4' ] ||
	fail "the crowd ended with $(cat code.*.a | xargs): $(cat told.*)"
cat won.*.a | sort >references
[ "$(uniq references | wc -l)" -eq 12 ] || fail "twelve seats have other references"
[ "$(free concert)" -eq 0 ] || fail "a sold-out concert has $(free concert) seats"
exits 4 check --event concert --qty 1 -q
exits 4 book --event concert --qty 1

# Somebody waits for two seats until others give theirs back: one fan's, and one of a family's.

family=$(seat pottery jane@example.org 'Jane Doe' 4)
[ "$family" = "$(seat pottery jane@example.org 'Jane Doe' 4)" ] || fail 'a key has booked twice'
exits 5 book --event pottery --qty 3 --idempotency-key pottery-jane@example.org
evbook check --event pottery --qty 3 --wait 30s -q &
waiter=$!
evbook booking cancel "$family" --qty 1 --reason 'one child is ill' -q >/dev/null
wait "$waiter" || fail "waiting for a seat ended with $?"
[ "$(free pottery)" -eq 3 ] || fail "pottery has $(free pottery) seats after one came back"
fan=$(head -n 1 references)
evbook booking cancel "$fan" -q >/dev/null
exits 5 booking cancel "$fan"
[ "$(evbook booking show "$fan" -o csv --no-header --fields status)" = cancelled ] ||
	fail "$fan is not cancelled"
[ "$(free concert)" -eq 1 ] || fail "concert has $(free concert) seats after one came back"
seat meetup mueller@example.org 'Jürgen "Jo" Müller, Köln' 2 >/dev/null
seat meetup jane@example.org 'Jane Doe' 1 >/dev/null

# A list of guests: all or none, then those who can have seats. The same list again changes nothing.

cat >guests.csv <<END
user_email,name,quantity
kim@example.org,"Kim, Lee",2
pat@example.org,Pat,4
END
exits 4 book --from guests.csv --event pottery
[ "$(free pottery)" -eq 3 ] || fail 'a refused list has taken seats'
exits 9 book --from guests.csv --event pottery --on-error skip --idempotency-key monday
[ "$(free pottery)" -eq 1 ] || fail "the guests have left $(free pottery) seats"
snapshot >before
evbook book --from - --event pottery --on-error skip --idempotency-key monday -o csv --no-header \
	--fields line,status <guests.csv >rows && fail 'a refused row is no success'
[ "$(xargs <rows)" = '2,replayed 3,refused' ] || fail "the list again: $(cat rows)"
snapshot >after
same 'the list again' before after

# A dry run says what would happen, and nothing happens.

snapshot >before
exits 0 book --event concert --qty 1 --dry-run
exits 4 book --event concert --qty 2 --dry-run
exits 0 book --from - --event meetup --dry-run <guests.csv
exits 0 booking cancel "$family" --dry-run
exits 5 booking cancel "$fan" --dry-run
exits 0 event create --name Rehearsal --capacity 5 --dry-run
exits 0 event edit meetup --capacity 50 --dry-run
exits 0 event close pottery --dry-run
snapshot >after
same 'a dry run' before after

# Searched, filtered and sorted.

[ "$(evbook booking list --search 'MÜLLER, k' -o csv --no-header --fields user_email)" = \
	mueller@example.org ] || fail 'Müller is not found'
[ "$(evbook booking list --status cancelled -o name)" = "$fan" ] || fail 'one is cancelled'
[ "$(evbook booking list --email Jane@Example.org --event pottery -o name)" = "$family" ] ||
	fail 'Jane has one booking of pottery'
[ "$(evbook event list --available 4 -o csv --no-header --fields slug)" = meetup ] ||
	fail 'only the meetup has four seats'
[ "$(evbook event list --sort -starts_at -o csv --no-header --fields slug | xargs)" = \
	'pottery concert meetup' ] || fail 'sorted by start, the latest first'
[ "$(evbook event list --since '2031-03-15 20:00' --until '2031-04-06 10:00' --fields slug \
	-o csv --no-header)" = concert ] || fail 'the concert alone is in March'
[ "$(evbook event list --search KONZERT -o csv --no-header --fields name)" = \
	'"Frühlingskonzert, Teil 1"' ] || fail 'the concert is not found by a part of its name'

# A page after the other gives what one long list gives. The last page has no cursor.

cursor='' pages=0
while :; do
	evbook booking list --limit 4 ${cursor:+--cursor "$cursor"} --fields reference -o json >page
	tr '{' '\n' <page | sed -n 's/^"reference":"\([^"]*\)".*/\1/p'
	pages=$((pages + 1))
	cursor=$(sed -n 's/.*"next_cursor":"\([^"]*\)".*/\1/p' page)
	[ -n "$cursor" ] || break
done >paged
evbook booking list --all -o name >whole
same 'a list by pages' paged whole
[ "$(wc -l <whole)" -eq 16 ] || fail "sixteen bookings are $(wc -l <whole)"
[ "$pages" -eq 4 ] || fail "sixteen bookings are $pages pages of four"

# Exported and reconciled: the seats in both exports, in the list of events and in the journal.

evbook booking list --all -o csv --fields event_id,quantity,status,total,reference >export.csv
evbook booking list --all -o ndjson --fields event_id,quantity,status,total,reference >export.ndjson
sed 1d export.csv >rows.csv
tr -d '{}"' <export.ndjson | awk -F '[:,]' -v OFS=, '{ print $2, $4, $6, $8, $10 }' >rows.ndjson
same 'the two exports' rows.csv rows.ndjson
cut -d , -f 5 rows.csv >exported
same 'an export and the references' exported whole

awk -F , '$3 == "confirmed" { n[$1] += $2 } END { for (id in n) print id "," n[id] }' rows.csv |
	sort >by-export
evbook event list --all -o csv --no-header --fields id,confirmed | sort >by-event
evbook log --all -o csv --no-header --fields event_id,confirmed |
	awk -F , '{ n[$1] += $2 } END { for (id in n) print id "," n[id] }' | sort >by-journal
evbook log --all -o ndjson --fields event_id,confirmed | tr -d '{}"' |
	awk -F '[:,]' '{ n[$2] += $4 } END { for (id in n) print id "," n[id] }' | sort >by-ndjson
same 'seats of the export and of the events' by-export by-event
same 'seats of the journal and of the events' by-journal by-event
same 'seats of the journal as ndjson' by-ndjson by-event
[ "$(cut -d , -f 2 by-event | xargs)" = '3 11 5' ] ||
	fail "other seats are taken: $(xargs <by-event)"

awk -F , '$3 == "confirmed" { n[$1] += $4 } END { for (id in n) printf "%s,%.2f\n", id, n[id] }' \
	rows.csv | sort >money
evbook event list --all -o csv --no-header --fields id,confirmed,price |
	awk -F , '{ printf "%s,%.2f\n", $1, $2 * $3 }' | sort >prices
same 'money by bookings and by prices' money prices

# Sound, here and in the copy, which has everything.

evbook verify -q || fail 'the database is not sound'
evbook backup --out copy.db -q >/dev/null
exits 5 backup --out copy.db
evbook verify --db copy.db -q || fail 'the copy is not sound'
snapshot >here
EVBOOK_DB=copy.db snapshot >there
same 'the database and its copy' here there
echo ok
