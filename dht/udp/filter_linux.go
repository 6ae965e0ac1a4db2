package udp

import (
	"errors"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Offsets in a packet as a filter of a UDP socket sees it. It begins with the UDP header; the IP
// header has negative offsets (linux/filter.h).
const (
	portAt   = 0         // in the UDP header: the sender's port
	bodyAt   = 8         // the datagram itself
	ipHeader = -0x100000 // SKF_NET_OFF
	source4  = 12        // in the IPv4 header: the sender's address
	source6  = 8         // in the IPv6 header
)

// shortest is the least number of bytes that a message can have, as jech/dht sees it.
const shortest = 15

// leafKeys is how many blocked senders are compared one after the other, where the
// tree of the filter ends.
const leafKeys = 8

// filter has the kernel drop datagrams that cannot be messages, and those from
// senders whose hash is among blocked, which is sorted. Where the system allows only
// short programs, the last of them are spared.
func (s *socket) filter(h hasher, blocked []uint32) (err error) {
	for {
		program := assemble(h, s.addr.Addr().Is4(), blocked)
		attach := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
		controlErr := s.raw.Control(func(fd uintptr) {
			err = unix.SetsockoptSockFprog(int(fd), unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &attach)
		})
		if len(blocked) == 0 || controlErr != nil || !errors.Is(err, unix.ENOMEM) {
			return errors.Join(err, controlErr)
		}
		blocked = blocked[:len(blocked)/2]
	}
}

// unfilter removes the filter.
func (s *socket) unfilter() {
	s.raw.Control(func(fd uintptr) { unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_DETACH_FILTER, 0) })
}

// drops reads the kernel's counter of datagrams that it dropped.
func (s *socket) drops() (count uint32, ok bool) {
	const at = 8 // SK_MEMINFO_DROPS
	var info [at + 1]uint32
	size := uint32(unsafe.Sizeof(info))
	err := s.raw.Control(func(fd uintptr) {
		_, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, fd, unix.SOL_SOCKET, unix.SO_MEMINFO,
			uintptr(unsafe.Pointer(&info)), uintptr(unsafe.Pointer(&size)), 0)
		ok = errno == 0 && size == uint32(unsafe.Sizeof(info))
	})
	return info[at], ok && err == nil
}

// assemble writes the program of a filter in classic BPF; it returns how many bytes
// of a datagram to keep, none or all.
func assemble(h hasher, is4 bool, blocked []uint32) []unix.SockFilter {
	const all = 1 << 16
	p := []unix.SockFilter{
		op(unix.BPF_LD|unix.BPF_W|unix.BPF_LEN, 0),
		jump(unix.BPF_JGE, bodyAt+shortest, 1, 0),
		op(unix.BPF_RET, 0),
		op(unix.BPF_ALU|unix.BPF_SUB|unix.BPF_K, 1),
		op(unix.BPF_MISC|unix.BPF_TAX, 0),
		op(unix.BPF_LD|unix.BPF_B|unix.BPF_IND, 0), // the last byte
		jump(unix.BPF_JEQ, 'e', 1, 0),
		op(unix.BPF_RET, 0),
		op(unix.BPF_LD|unix.BPF_B|unix.BPF_ABS, bodyAt),
		jump(unix.BPF_JEQ, 'd', 1, 0),
		op(unix.BPF_RET, 0),
	}
	if len(blocked) == 0 {
		return append(p, op(unix.BPF_RET, all))
	}
	p = append(p, hashing(h, is4)...)
	return tree(p, blocked, all)
}

// hashing leaves the hash of the sender in the accumulator.
func hashing(h hasher, is4 bool) (p []unix.SockFilter) {
	at := ipHeader + source4
	if !is4 {
		at = ipHeader + source6
	}
	term := func(load uint16, at int, factor uint32) {
		p = append(p, op(unix.BPF_LD|load|unix.BPF_ABS, uint32(at)), op(unix.BPF_ALU|unix.BPF_MUL|unix.BPF_K, factor))
	}
	add := func() { p = append(p, op(unix.BPF_ALU|unix.BPF_ADD|unix.BPF_X, 0)) }
	keep := func() { p = append(p, op(unix.BPF_MISC|unix.BPF_TAX, 0)) }
	term(unix.BPF_W, at, h.high)
	if !is4 {
		keep()
		term(unix.BPF_W, at+4, h.low)
		add()
	}
	if h.port != 0 {
		keep()
		term(unix.BPF_H, portAt, h.port)
		add()
	}
	return p
}

// tree appends the search for the accumulator among keys, which are sorted.
func tree(p []unix.SockFilter, keys []uint32, all uint32) []unix.SockFilter {
	if len(keys) <= leafKeys {
		for i, key := range keys {
			p = append(p, jump(unix.BPF_JEQ, key, uint8(len(keys)-i), 0))
		}
		return append(p, op(unix.BPF_RET, all), op(unix.BPF_RET, 0))
	}
	half := len(keys) / 2
	p = append(p, jump(unix.BPF_JGE, keys[half], 0, 1), unix.SockFilter{})
	far := len(p) - 1 // a jump without the limit of 255 that others have
	p = tree(p, keys[:half], all)
	p[far] = op(unix.BPF_JMP|unix.BPF_JA, uint32(len(p)-far-1))
	return tree(p, keys[half:], all)
}

func op(code uint16, k uint32) unix.SockFilter { return unix.SockFilter{Code: code, K: k} }

// jump compares the accumulator with k and skips then or otherwise instructions.
func jump(test uint16, k uint32, then, otherwise uint8) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_JMP | test | unix.BPF_K, K: k, Jt: then, Jf: otherwise}
}
