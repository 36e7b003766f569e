package httpapi

import "strings"

// badLines are bodies that book nothing, since it cannot be told of which ticket types.
func badLines() []badInput {
	const sixty = `{"type":"x","quantity":1}`
	return []badInput{
		{`{"event_id":1,"quantity":1,"type":""}`, "type: is empty; leave it out"},
		{`{"event_id":1,"quantity":1,"type":null}`, "type: must be a text, got null"},
		{`{"event_id":1,"quantity":1,"type":["x"]}`, "type: must be a text, got an array"},
		{`{"event_id":1,"type":"x"}`, "quantity: is missing"},
		{`{"event_id":1,"quantity":0,"type":"x"}`, "quantity: must be a whole number from 1"},
		{`{"event_id":1,"quantity":1,"tpye":"x"}`, "did you mean type?"},
		{`{"event_id":1,"quantity":1,"code":7}`, "code: must be a text, got the number 7"},
		{`{"event_id":1,"quantity":1,"line":[` + sixty + `]}`, "did you mean lines?"},
		{`{"event_id":1,"lines":[]}`, "lines: is empty; leave it out"},
		{`{"event_id":1,"lines":null}`, "lines: must be an array, got null"},
		{`{"event_id":1,"lines":"adult=2"}`, "lines: must be an array, got the text"},
		{`{"event_id":1,"lines":[2]}`, "lines: line 1 is the number 2, a JSON object is needed"},
		{`{"event_id":1,"lines":[` + sixty + `,{}]}`, "lines: line 2: type: is missing; quantity"},
		{`{"event_id":1,"lines":[{"type":"x"}]}`, "lines: line 1: quantity: is missing"},
		{`{"event_id":1,"lines":[{"type":"","quantity":1}]}`, "line 1: type: is empty"},
		{`{"event_id":1,"lines":[{"type":"x","qty":1}]}`, "qty: is unknown; did you mean quantity"},
		{`{"event_id":1,"lines":[{"type":"x","quantity":1,"quantity":2}]}`, "is given twice"},
		{`{"event_id":1,"lines":[{"type":"x","quantity":"1"}]}`, "must be a whole number, got the"},
		{`{"event_id":1,"lines":[{"type":"x","quantity":0}]}`, `lines: \"x\": must be a whole`},
		{`{"event_id":1,"lines":[{"type":"x","quantity":10000001}]}`, "got 10000001"},
		{`{"event_id":1,"lines":[` + sixty + `,{"type":"X","quantity":2}]}`, "is named twice"},
		{`{"event_id":1,"lines":[` + strings.Repeat(sixty+",", 2_000) + sixty + `]}`,
			"has more than 20 ticket types"},
		{`{"event_id":1,"lines":[` + sixty + `],"quantity":2}`, "is 2, but the lines have 1"},
		{`{"event_id":1,"lines":[` + sixty + `],"type":"x"}`, "type: is given beside lines"},
		{`{"event_id":1,"lines":[` + sixty + `],"lines":[` + sixty + `]}`, "lines: is given twice"},
	}
}

// badLinesInQueries are the same where they stand in an address.
func badLinesInQueries() []badInput {
	return []badInput{
		{"GET /bookings/check?event_id=1&lines=", "lines: "},
		{"GET /bookings/check?event_id=1&lines=adult", `\"adult\" is not a ticket type with a`},
		{"GET /bookings/check?event_id=1&lines=:2", "write adult:1,child:2"},
		{"GET /bookings/check?event_id=1&lines=adult:", `\"adult\": is empty; give a whole number`},
		{"GET /bookings/check?event_id=1&lines=adult:two", "in digits alone, got two"},
		{"GET /bookings/check?event_id=1&lines=adult:0", "must be a whole number from 1"},
		{"GET /bookings/check?event_id=1&lines=adult:1,adult:2", "is named twice; add its seats"},
		{"GET /bookings/check?event_id=1&lines=adult:1&quantity=3", "is 3, but the lines have 1"},
		{"GET /bookings/check?event_id=1&lines=adult:1&type=adult", "type: is given beside lines"},
		{"GET /bookings/check?event_id=1&quantity=1&type=", "type: is empty; leave it out"},
		{"GET /bookings/check?event_id=1&type=adult", "quantity: is missing"},
		{"DELETE /bookings/{ref}?lines=adult", "is not a ticket type with a number of seats"},
		{"DELETE /bookings/{ref}?lines=adult:1&quantity=1", "quantity: is given beside lines"},
		{"DELETE /bookings/{ref}?type=adult", "type: is unknown"},
	}
}

// badSales are bodies that decide nothing about the sale of an event.
func badSales() []badInput {
	const event = `{"name":"x","capacity":5,`
	return []badInput{
		{event + `"sales_open":"soon"}`, "sales_open: "},
		{event + `"sales_close":""}`, "sales_close: is empty; use null for no time"},
		{event + `"sales_open":"2026-05-02 19:00","sales_close":"2026-05-01 19:00"}`,
			"sales_close: 2026-05-01T19:00:00Z is not after the beginning of sales,"},
		{event + `"max_per_booking":-1}`, "max_per_booking: must be from 1 to 10000000, or 0"},
		{event + `"max_per_booking":"4"}`, "max_per_booking: must be a whole number, got the text"},
		{event + `"max_per_customer":10000001}`, "max_per_customer: must be from 1 to"},
		{event + `"max_per_customer":1.5}`, "max_per_customer: must be a whole number in digits"},
		{event + `"max_per_cusomer":1}`, "did you mean max_per_customer?"},
		{event + `"code_required":"yes"}`, "code_required: must be true or false, got the text"},
		{event + `"code_required":null}`, "code_required: must be true or false, got null"},
		{event + `"waitlist":"fair"}`, `waitlist: must be strict or skip, got \"fair\"`},
		{event + `"waitlist":""}`, `waitlist: must be strict or skip, got \"\"`},
		{event + `"waitlist":null}`, "waitlist: must be a text, got null"},
		{event + `"offer_ttl_seconds":59}`, "offer_ttl_seconds: must be from 60 to 604800 seconds"},
		{event + `"offer_ttl_seconds":0}`, "offer_ttl_seconds: must be from 60 to 604800"},
		{event + `"offer_ttl_seconds":604801}`, "seconds, got 604801"},
		{event + `"offer_ttl_seconds":18446744074}`, "seconds, got 18446744074"},
		{event + `"offer_ttl_seconds":"4h"}`, "offer_ttl_seconds: must be a whole number"},
	}
}

// badPart is a request about what an event is divided into that changes nothing.
type badPart struct{ method, target, body, says string }

func badParts() (all []badPart) {
	for target, bodies := range map[string][]badInput{
		"POST ticket-types":       append(badTypes(), badNewTypes()...),
		"PATCH ticket-types/none": append(badTypes(), badTypePatches()...),
		"POST pools": {
			{`{}`, "name: is missing; capacity: is missing"},
			{`{"name":"balcony"}`, "capacity: is missing"},
			{`{"name":"","capacity":5}`, "name: is empty"},
			{`{"name":"a=b","capacity":5}`, "which separate names in commands"},
			{`{"name":"balcony","capacity":0}`, "capacity: must be a whole number from 1"},
			{`{"name":"balcony","capacity":"5"}`, "capacity: must be a whole number, got the text"},
			{`{"name":"balcony","seats":5}`, "seats: is unknown; known are name, capacity"},
			{`[]`, "the body is an array"},
		},
		"PATCH pools/none": {
			{`{}`, "the body names nothing to change"},
			{`{"capacity":null}`, "capacity: must be a whole number, got null"},
			{`{"closed":true}`, "closed: is unknown"},
		},
		"POST codes": {
			{`{}`, "uses: is missing"}, {`{"uses":0}`, "uses: must be a whole number from 1"},
			{`{"uses":"5"}`, "uses: must be a whole number, got the text"},
			{`{"uses":5,"code":""}`, "code: is empty; leave it out to have one made up"},
			{`{"uses":5,"code":"abc"}`, "code: is 3 characters long, must be 4 to 40"},
			{`{"uses":5,"code":"VIP 2026"}`, `use letters without accents, digits and -`},
			{`{"uses":5,"types":"adult"}`, "types: must be an array, got the text"},
			{`{"uses":5,"types":[""]}`, "types: name 1 is empty"},
			{`{"uses":5,"types":[5]}`, "types: name 1 must be a text, got the number 5"},
			{`{"uses":5,"types":[` + strings.Repeat(`"x",`, 200) + `"x"]}`, "more than 100 names"},
			{`{"uses":5,"valid_until":"soon"}`, "valid_until: "},
			{`{"uses":5,"disabled":true}`, "disabled: is unknown; known are code, uses, types"},
		},
		"PATCH codes/VIP1": {
			{`{}`, "disabled: is missing"}, {`{"disabled":false}`, "disabled: cannot be false"},
			{`{"disabled":null}`, "disabled: must be true or false, got null"},
			{`{"disabled":true,"uses":5}`, "uses: is unknown; known are disabled"},
		},
		"GET ticket-types?limit=5": {{``, "limit: is unknown; there are none here"}},
		"GET pools?cursor=x":       {{``, "cursor: is unknown; there are none here"}},
		"GET codes?all=1":          {{``, "all: is unknown"}},
		"POST pools?dry_run=1":     {{`{"name":"x","capacity":1}`, "dry_run: is unknown"}},
	} {
		method, path, _ := strings.Cut(target, " ")
		for _, b := range bodies {
			all = append(all, badPart{method, path, b.request, b.says})
		}
	}
	return all
}

// badTypes are bodies that add no ticket type, and change none.
func badTypes() []badInput {
	return []badInput{
		{`{"name":5}`, "name: must be a text"}, {`{"name":"x","price":null}`, "price: must be a"},
		{`{"name":"x","price":true}`, "price: must be a number or a decimal text, got true"},
		{`{"name":"x","pool":""}`, "pool: is empty; use null for no pool"},
		{`{"name":"x","pool":7}`, "pool: must be a text, got the number 7"},
		{`{"name":"x","sales_open":""}`, "sales_open: is empty; use null for no time"},
		{`{"name":"x","min_per_booking":1.5}`, "min_per_booking: must be a whole number"},
		{`{"name":"x","max_per_booking":"4"}`, "max_per_booking: must be a whole number"},
		{`{"name":"x","code_required":1}`, "code_required: must be true or false"},
		{`{"name":"x","capacity":5}`, "capacity: is unknown; known are name, price, pool"},
		{`{"nmae":"x"}`, "nmae: is unknown; did you mean name?"},
	}
}

func badNewTypes() []badInput {
	return []badInput{
		{`{}`, "name: is missing"}, {`{"name":""}`, "name: is empty; give it a name such as adult"},
		{`{"name":" x"}`, "name: \\\" x\\\" begins or ends with a space"},
		{`{"name":"a=b"}`, "has a = or a comma"}, {`{"name":"a,b"}`, "has a = or a comma"},
		{`{"name":"` + strings.Repeat("x", 61) + `"}`, "name: is 61 characters long"},
		{`{"name":"a\u202eb"}`, "name: has a text direction control"},
		{`{"name":"x","price":""}`, "price: is empty; leave it out for the price of the event"},
		{`{"name":"x","price":-1}`, "price: must not be negative"},
		{`{"name":"x","price":1.234}`, "price: "},
		{`{"name":"x","sales_open":"soon"}`, "sales_open: "},
		{`{"name":"x","sales_open":"2026-05-02 19:00","sales_close":"2026-05-01 19:00"}`,
			"sales_close: 2026-05-01T19:00:00Z is not after"},
		{`{"name":"x","min_per_booking":-1}`, "min_per_booking: must be from 1 to"},
		{`{"name":"x","min_per_booking":5,"max_per_booking":4}`, "5 is more than the most,"},
		{`{"name":"x","closed":true}`, "closed: is unknown"},
	}
}

func badTypePatches() []badInput {
	return []badInput{
		{`{}`, "the body names nothing to change"},
		{`{"closed":"yes"}`, "closed: must be true or false, got the text"},
		{`{"closed":null}`, "closed: must be true or false, got null"},
	}
}
