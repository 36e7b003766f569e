package contract

import (
	"strings"
	"testing"

	"evbook/internal/httpapi"
)

const stream = "retry: 3000\n\n: still here\n\n" +
	"id: 2\nevent: change\ndata: {\"seq\":2,\"at\":\"2026-11-20T18:30:00.000Z\"," +
	"\"available\":38,\"status\":\"open\"}\n\n" +
	"event: end\ndata: {\"reason\":\"over\"}\n\n"

func TestTheContractFindsWhatNoStreamSays(t *testing.T) {
	const target = "/events/1/stream"
	c := New(httpapi.OpenAPI("json"))
	example := c.doc.Paths.Find("/events/{id}/stream").Get.Responses.Status(200).Value.
		Content[streamType].Example.(string)
	for text, what := range map[string]string{
		example:                "",
		stream:                 "",
		stream + "data: {\"se": "", // which is cut off
		strings.Replace(stream, `"seq":2,`, "", 1):                "missing property 'seq'",
		strings.Replace(stream, `"seq":2,`, `"seq":2,"x":1`, 1):   "after object value",
		strings.Replace(stream, `"seq"`, `"held":1,"seq"`, 1):     "additional properties 'held'",
		strings.Replace(stream, "over", "tired", 1):               "must be one of 'over'",
		strings.Replace(stream, "event: end", "event: stop", 1):   "value must be 'end'",
		strings.Replace(stream, "event: end\n", "", 1):            "missing property 'event'",
		strings.Replace(stream, "id: 2\n", "", 1):                 "missing property 'id'",
		strings.Replace(stream, "event: end", "event: change", 1): "missing properties",
	} {
		e := exchangeOf("GET", target, "", 200, text)
		e.header.Set("Content-Type", streamType)
		err := c.judge(e)
		if (err == nil) != (what == "") || err != nil && !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v, want %q", text, err, what)
		}
	}
	for _, what := range []string{"Glance.seq", "StreamEnd.data.reason=over"} {
		if !c.seen[what] {
			t.Errorf("%s is not seen", what)
		}
	}
	if c.seen["Standing.kind"] {
		t.Error("what was not there is seen")
	}
}
