package table

// records is an append-only list that never moves its elements: it grows by a chunk at a time, so
// no event waits until a million records are copied.
type records struct {
	chunks []*[chunkSize]record
	n      int
	seq    uint64 // of the next newcomer
}

const chunkSize = 256

// add appends a newcomer and numbers it.
func (l *records) add(r record) (num uint32) {
	r.seq = l.seq
	l.seq++
	return l.put(r)
}

func (l *records) put(r record) (num uint32) {
	if l.n%chunkSize == 0 {
		l.chunks = append(l.chunks, new([chunkSize]record))
	}
	num = uint32(l.n)
	*l.at(num) = r
	l.n++
	return num
}

func (l *records) at(num uint32) *record { return &l.chunks[num/chunkSize][num%chunkSize] }
