package member

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/entry"
	"github.com/lightdht/lightdht/dht/state"
	"github.com/lightdht/lightdht/dht/table"
	"github.com/lightdht/lightdht/dht/udp"
)

// Config says which node to make, and how it gets into its network.
type Config struct {
	Way entry.Way
	// Node is the configuration of the node. If its ID is zero, the node has that of the state, or
	// one at random. Open sets Reach and Bootstrap.
	Node dht.Config
	// State is the file in which id and table are kept from one run to the next; "": they are not
	// kept.
	State string
	// Lookup is asked for the names in Way.
	Lookup entry.Lookup
	// Reading is called, while a state is read, after each page with the number of nodes so far.
	Reading func(nodes int)
	// Warn is told what goes wrong without being an error, and what is waited for: a sentence.
	Warn func(text string)
	// Closing is called at the beginning of Close, which may take seconds for a large table. It may
	// be nil.
	Closing func()
}

// Member is a node on real sockets, and how it gets into its network.
type Member struct {
	cfg      Config
	node     *udp.Host
	entry    []netip.AddrPort // to join through; none: it waits to be found
	restored int
	state    *state.File   // nil: nothing is kept
	keeper   *state.Keeper // likewise
	refused  refusals
}

// Open binds the sockets, and makes the node with what it knew the last time if there is a state.
// It joins later, by [Member.Join].
func Open(ctx context.Context, cfg Config) (*Member, error) {
	m := &Member{cfg: cfg}
	if cfg.State == "" {
		if err := m.open(ctx, state.State{}); err != nil {
			return nil, err
		}
		return m, nil
	}
	file, err := state.Hold(cfg.State)
	if err != nil {
		return nil, err
	}
	m.state = file
	if err := m.load(ctx); err != nil {
		file.Release()
		return nil, err
	}
	return m, nil
}

// load reads the state, opens the node with it, and keeps it from then on.
func (m *Member) load(ctx context.Context) error {
	saved, err := m.state.Load(m.cfg.Reading)
	if damage, ok := errors.AsType[*state.Damage](err); ok {
		m.cfg.Warn(damage.Error())
	} else if err != nil {
		return err
	}
	if err := m.open(ctx, saved); err != nil {
		return err
	}
	if m.keeper, err = m.state.Keep(m.node, m.cfg.Warn); err != nil {
		m.node.Close()
	}
	return err
}

// open binds the sockets and makes the node.
func (m *Member) open(ctx context.Context, saved state.State) error {
	listen, through, err := m.cfg.Way.Find(ctx, m.cfg.Lookup, saved.Nodes > 0)
	if err != nil {
		return err
	}
	cfg := &m.cfg.Node
	if cfg.ID.IsZero() {
		cfg.ID = saved.ID
	}
	cfg.Reach, cfg.Bootstrap = m.cfg.Way.Reach(listen, through), through
	if m.node, err = listen.Bind(*cfg); err != nil {
		return err
	}
	m.entry = through
	m.restore(listen, saved.Pages)
	return nil
}

// restore gives the node those nodes of the last time that it can reach. They are
// unverified until they answer. Each page is dropped once it is restored, as the table
// takes as much memory again.
func (m *Member) restore(listen entry.Addresses, pages [][]table.Entry) {
	for i, page := range pages {
		m.node.Do(func(now dht.Time, n *dht.Node) {
			for _, e := range page {
				if listen.Reach(e.Addr) && m.cfg.Node.Reach.Allows(e.Addr) && n.Table().Restore(now, e) {
					m.restored++
				}
			}
		})
		pages[i] = nil
	}
}

// Node is the node. It is closed by Close.
func (m *Member) Node() *udp.Host { return m.node }

// Entry are the addresses to join through that can be reached. They are not to be changed.
func (m *Member) Entry() []netip.AddrPort { return m.entry }

// NodeConfig is the configuration that the node was made with.
func (m *Member) NodeConfig() dht.Config { return m.cfg.Node }

// Restored is how many nodes are known from the last time.
func (m *Member) Restored() int { return m.restored }

// manyRestored is from how many nodes on Returning says that they are asked; chosen by us.
const manyRestored = 10_000

// Returning says what takes long about joining: that the nodes of a large table of the last time
// are asked. "" if it is not large.
func (m *Member) Returning() string {
	if m.restored < manyRestored {
		return ""
	}
	return fmt.Sprintf("knows %d nodes from the last time (--state); asking which of them are still there, for %v at most", m.restored, dht.JoinTime)
}

// Close writes the state, closes the node, and then lets other processes have the state.
func (m *Member) Close() error {
	if m.cfg.Closing != nil {
		m.cfg.Closing()
	}
	if m.state == nil {
		return m.node.Close()
	}
	defer m.state.Release()
	return errors.Join(m.keeper.Close(), m.node.Close())
}
