package sim

// bitset is a set of the numbers of members.
type bitset []uint64

func (s bitset) has(number uint32) bool {
	return int(number/64) < len(s) && s[number/64]>>(number%64)&1 == 1
}

func (s *bitset) add(number uint32) {
	for int(number/64) >= len(*s) {
		*s = append(*s, 0)
	}
	(*s)[number/64] |= 1 << (number % 64)
}
