package dht

import (
	"reflect"
	"testing"
)

// A simulated world has a million of them: 888 bytes and the allocator's own 8
// make a size class, and the next one is 1024.
func TestNodeIsSmall(t *testing.T) {
	if n := reflect.TypeFor[nodeWithTable]().Size(); n > 888 {
		t.Errorf("a node with its table takes %d bytes, more than 888", n)
	}
}
