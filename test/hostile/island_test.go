//go:build linux

package hostile

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"
)

// island is a network namespace in which this machine has addresses of all kinds, and a
// way out that leads nowhere: whatever leaves is counted, and lost. A nil island is this
// machine itself.
type island struct {
	name     string
	watchers []int // sockets that see what is sent
}

// shores are the addresses of an island, beside those of loopback.
var shores = []string{"10.77.0.1/24", "45.77.0.1/24", "fd77::1/64", "2a77::1/64"}

// islands reports whether there can be any.
var islands = sync.OnceValue(func() bool {
	i := island{name: fmt.Sprintf("lightdht-h-%d", os.Getpid())}
	err := i.make()
	i.remove()
	return err == nil
})

// numberOf islands, for their names.
var numberOf atomic.Int64

func newIsland(ts *testscript.TestScript, _ bool, _ []string) {
	i := &island{name: fmt.Sprintf("lightdht-h-%d-%d", os.Getpid(), numberOf.Add(1))}
	ts.Defer(i.remove)
	ts.Check(i.make())
	sceneOf(ts).island = i
}

func (i *island) make() error {
	steps := []string{"netns add " + i.name, "-n " + i.name + " link set lo up", "-n " + i.name + " link add out type veth peer name sea",
		"-n " + i.name + " link set sea up", "-n " + i.name + " link set out arp off up"}
	for _, a := range shores {
		steps = append(steps, "-n "+i.name+" addr add "+a+" dev out"+nodad(a))
	}
	steps = append(steps, "-n "+i.name+" route add default dev out", "-n "+i.name+" -6 route add default dev out")
	for _, s := range steps {
		if out, err := exec.Command("ip", strings.Fields(s)...).CombinedOutput(); err != nil {
			return fmt.Errorf("ip %s: %w: %s", s, err, out)
		}
	}
	return i.within(i.watch)
}

// nodad is for addresses that are to be used at once.
func nodad(addr string) string {
	if strings.Contains(addr, ":") {
		return " nodad"
	}
	return ""
}

func (i *island) remove() {
	for _, fd := range i.watchers {
		unix.Close(fd)
	}
	exec.Command("ip", "netns", "del", i.name).Run()
}

// ipHeader are where the two kinds of packets say what they carry.
var ipHeader = map[uint16]uint32{unix.ETH_P_IP: 9, unix.ETH_P_IPV6: 6}

// within runs f on the island: the sockets that it opens are there, and stay there.
func (i *island) within(f func() error) error {
	if i == nil {
		return f()
	}
	runtime.LockOSThread() // the namespace is a thread's; one that does not get home is not used again
	home, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		return err
	}
	defer home.Close()
	there, err := os.Open("/run/netns/" + i.name)
	if err != nil {
		return err
	}
	defer there.Close()
	if err := unix.Setns(int(there.Fd()), unix.CLONE_NEWNET); err != nil {
		return err
	}
	err = f()
	if back := unix.Setns(int(home.Fd()), unix.CLONE_NEWNET); back == nil {
		runtime.UnlockOSThread()
	}
	return err
}

// watch opens sockets that count the UDP packets that leave the island.
func (i *island) watch() error {
	sea, err := net.InterfaceByName("sea")
	if err != nil {
		return err
	}
	for kind, at := range ipHeader {
		network := kind<<8 | kind>>8 // as the wire has it
		fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return err
		}
		i.watchers = append(i.watchers, fd)
		udp := []unix.SockFilter{
			{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: at},
			{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.IPPROTO_UDP, Jf: 1},
			{Code: unix.BPF_RET | unix.BPF_K, K: 1},
			{Code: unix.BPF_RET | unix.BPF_K, K: 0},
		}
		program := unix.SockFprog{Len: uint16(len(udp)), Filter: &udp[0]}
		if err := unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &program); err != nil {
			return err
		}
		if err := unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: network, Ifindex: sea.Index}); err != nil {
			return err
		}
	}
	return nil
}

// sent is how many packets came by since the last time.
func (i *island) sent() (total int, err error) {
	for _, fd := range i.watchers {
		stats, err := unix.GetsockoptTpacketStats(fd, unix.SOL_PACKET, unix.PACKET_STATISTICS)
		if err != nil {
			return 0, err
		}
		total += int(stats.Packets)
	}
	return total, nil
}

// wrap is a command line for the island.
func (i *island) wrap(args []string) []string {
	if i == nil {
		return args
	}
	return append([]string{"ip", "netns", "exec", i.name}, args...)
}

// left compares how many datagrams of UDP were sent to beyond loopback.
func left(ts *testscript.TestScript, _ bool, args []string) {
	i := sceneOf(ts).island
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got, err := i.sent()
	ts.Check(err)
	sceneOf(ts).table.counted(ts.Name(), got)
	if got > want || want > 0 && got == 0 {
		ts.Fatalf("%d datagrams left the island, want %d", got, want)
	}
}
