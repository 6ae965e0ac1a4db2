package main

import (
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

func TestReachLines(t *testing.T) {
	for args, want := range map[string]string{
		"":                               "",
		"--sim 50":                       "",
		"--join 127.0.0.1:6881":          "It may send queries of the DHT to loopback addresses of IPv4, at ports from 1024 on.|It may listen where its own node does.",
		"--join 10.0.0.1:6881":           "It may send queries of the DHT to private addresses of IPv4, at ports from 1024 on.|It may listen where its own node does.",
		"--join [::1]:1 --allow-raw":     "It may send datagrams of any content to loopback addresses of IPv6, at ports from 1024 on.|It may listen where its own node does.",
		"--live --allow-net 10.0.0.0/8":  "It may send queries of the DHT to public addresses of IPv4, at ports from 1024 on, public addresses of IPv6, at ports from 1024 on, 10.0.0.0/8.|It may listen where its own node does.",
		"--join here:1 --allow-net ::/0": "It may send queries of the DHT to the kind of addresses that here:1 has (loopback, private or public), at ports from 1024 on, ::/0.|It may listen where its own node does.",
	} {
		o := &runOptions{flags: pflag.NewFlagSet("run", pflag.ContinueOnError)}
		o.networkFlags.register(o.flags)
		if err := o.flags.Parse(strings.Fields(args)); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(o.reachLines(), "|"); got != want {
			t.Errorf("%q: %s\nwant %s", args, got, want)
		}
	}
	for _, line := range (&runOptions{}).reachLines() {
		if len(line) > helpColumns {
			t.Errorf("%q is too wide", line)
		}
	}
}
