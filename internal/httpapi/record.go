package httpapi

import (
	"io"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"evbook/internal/booking"
)

// Record is one answer as a row of fields: those of its JSON object, under the same names and in
// the same order. Formats that know only rows are made from it, so that they say what JSON says.
type Record struct{ value reflect.Value }

// RecordOf looks at data of an envelope that is one object.
func RecordOf(data any) Record { return Record{reflect.Indirect(reflect.ValueOf(data))} }

// RecordsOf looks at data of an envelope, which may be one object, a list of them or null.
func RecordsOf(data any) (records []Record, list bool) {
	value := reflect.ValueOf(data)
	switch {
	case !value.IsValid():
		return nil, false
	case value.Kind() != reflect.Slice:
		return []Record{RecordOf(data)}, false
	}
	for i := range value.Len() {
		records = append(records, RecordOf(value.Index(i).Interface()))
	}
	return records, true
}

// Len is the number of fields.
func (r Record) Len() int {
	n := r.value.NumField()
	if base := r.value.Type().Field(0); base.Anonymous {
		n += base.Type.NumField() - 1
	}
	return n
}

// field finds a field and its tag. JSON shows the fields of what is embedded, which may be the
// first thing only, like any other.
func (r Record) field(i int) (value reflect.Value, tag string) {
	of := r.value
	if base := of.Type().Field(0); base.Anonymous {
		if n := base.Type.NumField(); i < n {
			of = of.Field(0)
		} else {
			i -= n - 1
		}
	}
	return of.Field(i), of.Type().Field(i).Tag.Get("json")
}

// Name is that of a field, as in JSON.
func (r Record) Name(i int) string {
	_, tag := r.field(i)
	name, _, _ := strings.Cut(tag, ",")
	return name
}

// Names are those of all fields.
func (r Record) Names() []string {
	names := make([]string, r.Len())
	for i := range names {
		names[i] = r.Name(i)
	}
	return names
}

// Text is the value of a field without JSON around it: texts are bare, null is empty. What is no
// single value is JSON nevertheless, and a list that JSON leaves out is empty.
func (r Record) Text(i int) string {
	field, tag := r.field(i)
	if field = reflect.Indirect(field); !field.IsValid() {
		return ""
	}
	switch field.Kind() {
	case reflect.String:
		return field.String()
	case reflect.Int, reflect.Int64:
		return strconv.FormatInt(field.Int(), 10)
	case reflect.Bool:
		return strconv.FormatBool(field.Bool())
	case reflect.Slice:
		if field.Len() == 0 && strings.HasSuffix(tag, ",omitempty") {
			return ""
		}
	}
	if text, ok := field.Interface().(jsontext.Value); ok && text.Kind() == '0' {
		return string(text)
	}
	return string(mustEncode(field.Interface()))
}

// JSON is the object as compact JSON; with picked fields it has only these, in the order of the
// list.
func (r Record) JSON(picked []int) jsontext.Value {
	var object []byte
	if picked == nil {
		object = mustEncode(r.value.Interface())
	} else {
		object = append(object, '{')
		for i, field := range picked {
			if i > 0 {
				object = append(object, ',')
			}
			object = append(strconv.AppendQuote(object, r.Name(field)), ':')
			value, _ := r.field(field)
			object = append(object, mustEncode(value.Interface())...)
		}
		object = append(object, '}')
	}
	return object
}

// EncodeList writes an envelope whose data is a list, row by row as they come, so that it never
// has to be held in one piece: what [Envelope.Encode] writes for the same rows on a last page. Of
// each row it writes the picked fields, all when picked is nil.
func EncodeList(
	w io.Writer, message string, picked []int, each func(row func(Record) error) error,
) error {
	lead := `{"success":true,"message":` + string(mustEncode(message)) + `,"data":[`
	err := each(func(r Record) error {
		_, err := io.WriteString(w, lead)
		if err == nil {
			_, err = w.Write(r.JSON(picked))
		}
		lead = ","
		return err
	})
	if err != nil {
		return err
	}
	if lead == "," {
		lead = ""
	}
	_, err = io.WriteString(w, lead+`],"page":{"next_cursor":null,"has_more":false}}`+"\n")
	return err
}

// EventRecord is an event as a row.
func EventRecord(e booking.Event) Record { return RecordOf(viewEvent(e)) }

// BookingRecord is a booking as a row.
func BookingRecord(b booking.Booking) Record { return RecordOf(viewBooking(b)) }

// EntryRecord is an entry of the journal as a row.
func EntryRecord(e booking.Entry) Record { return RecordOf(viewEntry(e)) }

// CheckRecord tells whether seats can be booked, as a row.
func CheckRecord(a booking.Availability) Record { return RecordOf(viewCheck(a)) }
