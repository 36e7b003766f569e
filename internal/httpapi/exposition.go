package httpapi

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// The text format of Prometheus is written here and not by a library: client_golang costs every
// start of the program a millisecond, and VictoriaMetrics' histograms are not Prometheus' own.

// labels are the values of at most two labels of a metric.
type labels [2]string

// vector is a metric that has a number for each combination of its labels.
type vector struct {
	name, kind, help string
	// names are those of the labels, as many as there are.
	names  []string
	values map[labels]float64
}

func counter(name, help string, names ...string) *vector {
	return &vector{name, "counter", help, names, map[labels]float64{}}
}

func gauge(name, help string) *vector {
	return &vector{name, "gauge", help, nil, map[labels]float64{{}: 0}}
}

func (v *vector) add(by float64, values ...string) {
	var key labels
	copy(key[:], values)
	v.values[key] += by
}

func (v *vector) write(b *bytes.Buffer) {
	fmt.Fprintf(b, "# HELP %s %s\n# TYPE %s %s\n", v.name, v.help, v.name, v.kind)
	for _, key := range sortedLabels(v.values) {
		fmt.Fprintf(b, "%s%s %s\n", v.name, labelled(v.names, key), number(v.values[key]))
	}
}

// histogram is a metric that counts values, by their size, for each value of at most one label.
type histogram struct {
	name, help string
	names      []string
	// bounds are the sizes that are told apart, rising.
	bounds []float64
	values map[labels]*distribution
}

// distribution counts values: those up to each bound and above the one before, then the rest.
type distribution struct {
	counts []uint64
	sum    float64
}

func newHistogram(name, help string, bounds []float64, names ...string) *histogram {
	return &histogram{name, help, names, bounds, map[labels]*distribution{}}
}

func (h *histogram) add(value float64, label string) {
	d := h.values[labels{label}]
	if d == nil {
		d = &distribution{counts: make([]uint64, len(h.bounds)+1)}
		h.values[labels{label}] = d
	}
	i, _ := slices.BinarySearch(h.bounds, value)
	d.counts[i]++
	d.sum += value
}

func (h *histogram) write(b *bytes.Buffer) {
	fmt.Fprintf(b, "# HELP %s %s\n# TYPE %s histogram\n", h.name, h.help, h.name)
	names := append(slices.Clone(h.names), "le")
	for _, key := range sortedLabels(h.values) {
		d := h.values[key]
		var upTo uint64
		for i, count := range d.counts {
			upTo += count
			le := "+Inf"
			if i < len(h.bounds) {
				le = number(h.bounds[i])
			}
			with := key
			with[len(h.names)] = le
			fmt.Fprintf(b, "%s_bucket%s %d\n", h.name, labelled(names, with), upTo)
		}
		own := labelled(h.names, key)
		fmt.Fprintf(b, "%s_sum%s %s\n", h.name, own, number(d.sum))
		fmt.Fprintf(b, "%s_count%s %d\n", h.name, own, upTo)
	}
}

func sortedLabels[V any](values map[labels]V) []labels {
	return slices.SortedFunc(maps.Keys(values), func(a, b labels) int {
		return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
	})
}

// labelled writes labels as {route="GET /events",status="200"}; "" for none.
func labelled(names []string, values labels) string {
	if len(names) == 0 {
		return ""
	}
	pairs := make([]string, len(names))
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)
	for i, name := range names {
		pairs[i] = name + `="` + escape.Replace(values[i]) + `"`
	}
	return "{" + strings.Join(pairs, ",") + "}"
}

func number(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }
