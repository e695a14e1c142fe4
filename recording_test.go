package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/idpsnap/idpsnap/sandbox"
)

// TestCompareWhileRecording: who compares while others record sees whole nights
// only, and never waits in vain.
func TestCompareWhileRecording(t *testing.T) {
	t.Parallel()
	cloud, provider := office(t, 12, 400, 10)
	m := newMachine(t, cloud)
	m.flick("rate-limit", "off")
	m.want(0, "snapshot", "--quiet")
	// Half of a night: the providers are read, the users are not.
	m.arm(sandbox.Fault{Kind: sandbox.FaultLatency, Latency: 10 * time.Minute, Path: "/scim/users"})
	cloud.ClearRequests()
	p := m.start("snapshot", "--quiet")
	m.awaitRequests(4)
	m.want(10, "diff", "latest~1", "latest")
	m.want(0, "log", provider)
	must(p.Process.Kill())
	p.end(t)
	cloud.ClearFaults()

	// Many nights, while others look.
	const nights = 40
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range nights {
			must(cloud.Churn(account, 5, 0, 0))
			if r := m.start("snapshot", "--quiet").end(t); r.code != 0 {
				t.Error(r)
			}
		}
	}()
	looks := 0
	for running := true; running; looks++ {
		select {
		case <-done:
			running = false
		default:
		}
		r := m.run("diff", "latest~1", "latest", "--exit-code", "--json")
		switch c := (compared{}); {
		case r.code == 10 && strings.Contains(r.stderr, "only 1 snapshot"):
		case r.code != 2 || json.Unmarshal([]byte(r.stdout), &c) != nil || !c.Complete || len(c.Changes) != 5:
			t.Errorf("of a night with 5 changes %d: %s", len(c.Changes), r)
		}
		if r := m.run("log", provider, "--json"); r.code != 0 {
			t.Error(r)
		}
	}
	t.Logf("%d looks", looks)
	if got := len(m.snapshots()); got != nights+1 || looks < nights {
		t.Errorf("%d snapshots, %d looks", got, looks)
	}
	m.want(0, "verify")
}
