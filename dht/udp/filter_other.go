//go:build !linux

package udp

import "errors"

// filter: elsewhere there are no filters on sockets, or others.
func (s *socket) filter(hasher, []uint32) error { return errors.ErrUnsupported }

func (s *socket) unfilter() {}

// drops: elsewhere the kernel does not say what it dropped, and so no shield is raised.
func (s *socket) drops() (count uint32, ok bool) { return 0, false }
