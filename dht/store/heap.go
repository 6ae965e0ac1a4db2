package store

// seated is an element of a heap: it knows its order, and stores its index.
type seated[T any] interface {
	// before reports whether the receiver leaves before other.
	before(other T) bool
	// seat returns where the index in the heap is kept.
	seat() *int
}

// heap is a binary heap with the next element to leave on top. The order of ties follows from the
// history of calls, so it is repeatable.
type heap[T seated[T]] []T

func (h *heap[T]) push(x T) {
	*x.seat() = len(*h)
	*h = append(*h, x)
	h.up(*x.seat())
}

func (h *heap[T]) remove(x T) {
	var none T
	last, place := len(*h)-1, *x.seat()
	moved := (*h)[last]
	(*h)[last] = none
	*h = (*h)[:last]
	if place != last {
		(*h)[place], *moved.seat() = moved, place
		h.fix(moved)
	}
}

// fix restores the order after x has changed.
func (h heap[T]) fix(x T) {
	if !h.up(*x.seat()) {
		h.down(*x.seat())
	}
}

// sort restores the order after all elements may have changed.
func (h heap[T]) sort() {
	for i := len(h)/2 - 1; i >= 0; i-- {
		h.down(i)
	}
}

func (h heap[T]) up(i int) (moved bool) {
	for i > 0 && h[i].before(h[(i-1)/2]) {
		h.swap(i, (i-1)/2)
		i = (i - 1) / 2
		moved = true
	}
	return moved
}

func (h heap[T]) down(i int) {
	for {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(h); child++ {
			if h[child].before(h[least]) {
				least = child
			}
		}
		if least == i {
			return
		}
		h.swap(i, least)
		i = least
	}
}

func (h heap[T]) swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	*h[i].seat(), *h[j].seat() = i, j
}
