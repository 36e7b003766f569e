package cli

func scriptingTopic() string {
	return `What scripts can rely on:

  Exit codes keep their meaning: evbook help exit-codes lists them. check -q
  answers by its exit code alone.

  Data goes to the standard output, everything else to the standard error.
  -o json prints the answer of the server, in one line, also on failure;
  -o name prints numbers of events or references of bookings, one a line. What
  the formats promise: evbook help formatting.

  Repeating is safe with --idempotency-key: within 24 hours the same key does the
  same thing once, and answers with what was done then.

  Nothing is asked where there is no terminal, or with --no-input. Commands that
  would ask take --yes instead.

  Seats that are paid for first are held meanwhile: hold create, then hold confirm
  or hold release. What nobody confirms in time is free again by itself, and
  confirming it then ends with 5.

  Who comes too late joins the waitlist: what comes free is offered to who waits
  before anybody else can book it. The status of the answer says whether there was
  an offer at once, held, or not, waiting; waitlist explain says why not.

  Waiting needs no loop: check --wait 30s ends as soon as seats are free, and
  --lock-timeout says how long a change may wait for the database.

  A list goes on where a page ended: page.next_cursor of an answer with -o json is
  for --cursor of the next page, and null on the last. --all is the whole list.

  What add up are the numbers of the journal: those of all entries of an event give
  its capacity and the seats taken. evbook verify counts so.

  The tree of commands and flags: evbook help --tree -o json.

A booking that is tried again while the database is busy or the answer unknown,
and that can be run again as a whole:

    until evbook book --event 1 --qty 2 --idempotency-key club-4711 -o name; do
      code=$?
      case $code in
        6 | 10) sleep 1 ;;
        *) exit $code ;;
      esac
    done
`
}
