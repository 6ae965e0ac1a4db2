package metrics

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// numbered is [Stats] each of whose fields has a number of its own.
func numbered() (s Stats, names map[float64]string) {
	names = map[float64]string{}
	v := reflect.ValueOf(&s).Elem()
	for i, field := range reflect.VisibleFields(v.Type()) {
		switch f := v.FieldByIndex(field.Index); {
		case f.CanUint():
			f.SetUint(uint64(i + 1))
		case f.CanInt():
			f.SetInt(int64(i + 1))
		default: // what the fields that follow are in
			continue
		}
		names[float64(i+1)] = field.Name
	}
	return s, names
}

// A field that is added to dht.Stats or Stats must get a metric, so that none is forgotten.
func TestMetricsCoverTheStats(t *testing.T) {
	s, names := numbered()
	for i := range nodeMetrics {
		m := &nodeMetrics[i]
		if value := m.value(&s); names[value] == "" {
			t.Errorf("%s %s repeats another one", m.name, m.reason)
		} else {
			delete(names, value)
		}
		if !strings.HasPrefix(m.name, "lightdht_") || m.help == "" {
			t.Errorf("%s has no good name or help", m.name)
		}
	}
	for _, name := range names {
		t.Errorf("%s is no metric", name)
	}
}

func TestRegistry(t *testing.T) {
	s, _ := numbered()
	families, err := registry("v1", func() Stats { return s }).Gather() // checks consistency
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range families {
		names = append(names, f.GetName())
		if counts := f.GetType().String() == "COUNTER"; strings.HasPrefix(f.GetName(), "lightdht_") && counts != strings.HasSuffix(f.GetName(), "_total") {
			t.Errorf("%s is a %s", f.GetName(), f.GetType())
		}
	}
	for _, name := range []string{"lightdht_known_nodes", dropped, "lightdht_build_info", "go_goroutines"} {
		if !slices.Contains(names, name) {
			t.Errorf("%s is missing", name)
		}
	}
}
