package sim

// numbers is a set of numbers of members.
type numbers []uint64

func (n numbers) has(number uint32) bool {
	return int(number/64) < len(n) && n[number/64]>>(number%64)&1 == 1
}

func (n *numbers) add(number uint32) {
	for int(number/64) >= len(*n) {
		*n = append(*n, 0)
	}
	(*n)[number/64] |= 1 << (number % 64)
}
