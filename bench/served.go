package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// nights are those of a run that are read from the sandbox.
type nights struct {
	*lab
	*record
	dir     string
	history history
	sandbox *sandbox
	dump    *dump
	peers   []peer
}

// served measures nights that are read from the sandbox, and then what is asked of
// their history.
func (l *lab) served(ctx context.Context, r *record) (err error) {
	if r.Options.Nights == 0 {
		return nil
	}
	n := nights{lab: l, record: r, dir: filepath.Join(l.dir, "served")}
	if err := os.Mkdir(n.dir, 0o700); err != nil {
		return err
	}
	defer os.RemoveAll(n.dir)
	if n.sandbox, err = l.startSandbox(ctx, r.Options.Users); err != nil {
		return err
	}
	defer n.sandbox.stop()
	n.history = history{lab: l, path: filepath.Join(n.dir, "history.db"), env: n.sandbox.env()}
	if err := n.setUpPeers(ctx); err != nil {
		return err
	}
	for i := range r.Options.Nights {
		if err := n.night(ctx, i); err != nil {
			return fmt.Errorf("night %d: %w", i+1, err)
		}
	}
	if err := n.requests(ctx); err != nil {
		return err
	}
	if err := n.look(ctx); err != nil {
		return err
	}
	return n.slowNights(ctx)
}

// night lets one pass, and takes it with each program.
func (n *nights) night(ctx context.Context, i int) (err error) {
	step := firstNight
	if i > 0 {
		step = nextNight
		if err := n.sandbox.nightfall(ctx, &n.Options); err != nil {
			return err
		}
	}
	if err := n.read(ctx, step, i); err != nil {
		return err
	}
	if err := n.keepElsewhere(ctx, step); err != nil {
		return err
	}
	var told strings.Builder
	for _, program := range []string{idpsnap, plainFetch, cronDump, gitNight, resticNight} {
		if m := n.get(step, program, wallTime); m != nil {
			fmt.Fprintf(&told, "  %s %s", program, seconds(m.Values[len(m.Values)-1]))
		}
	}
	n.log.say("night %d of %d:%s", i+1, n.Options.Nights, &told)
	return n.sizes(i)
}

// read takes the night with idpsnap and with the plain fetch, which take turns in
// who is first.
func (n *nights) read(ctx context.Context, step string, i int) (err error) {
	if n.sandbox.pages, err = n.sandbox.listPages(ctx); err != nil {
		return err
	}
	programs := []string{idpsnap, plainFetch}
	take := map[string]func(context.Context) (usage, error){idpsnap: n.history.snapshot, plainFetch: n.fetch}
	for k := range programs {
		program := programs[(i+k)%2]
		u, err := take[program](ctx)
		if err != nil {
			return err
		}
		n.took(step, program, u)
	}
	return nil
}

// fetch reads the pages and throws them away.
func (n *nights) fetch(ctx context.Context) (usage, error) {
	cmd, err := n.child(ctx, job{Do: "fetch", Token: n.sandbox.token})
	if err != nil {
		return usage{}, err
	}
	cmd.Stdin = strings.NewReader(strings.Join(n.sandbox.pages, "\n"))
	return timed(cmd)
}

// keepElsewhere lets the peers take the night, from pages that are fetched once.
func (n *nights) keepElsewhere(ctx context.Context, step string) error {
	if n.dump == nil {
		return nil
	}
	dumped, err := n.dump.make(ctx, n.sandbox)
	if err != nil {
		return err
	}
	n.took(step, cronDump, dumped)
	for _, p := range n.peers {
		u, err := p.keep(ctx)
		if err != nil {
			return err
		}
		night, _ := p.names()
		n.took(step, night, dumped.plus(u))
	}
	return nil
}

// sizes notes what lies on the disk after the first night and after the last.
func (n *nights) sizes(i int) error {
	last := n.Options.Nights - 1
	if i != 0 && i != last {
		return nil
	}
	paths := map[string]string{idpsnap: n.history.path}
	for _, p := range n.peers {
		_, program := p.names()
		paths[program] = p.path()
	}
	for program, path := range paths {
		bytes, err := sizeOf(path)
		if err != nil {
			return err
		}
		if i == 0 {
			n.add(sizeFirst, program, size, float64(bytes))
		} else {
			n.grown(program, program, bytes)
		}
	}
	return nil
}

// grown notes the size after the last night, and what each night has added since
// the first.
func (r *record) grown(program, first string, bytes int64) {
	r.add(sizeAll, program, size, float64(bytes))
	before, _ := r.median(sizeFirst, first, size)
	r.add(sizeAdded, program, size, (float64(bytes)-before)/float64(r.Options.Nights-1))
}

// requests notes how many the last night took: they should be as many as pages are
// fetched plainly.
func (n *nights) requests(ctx context.Context) error {
	out, err := output(n.history.command(ctx, "snapshots", "--json"))
	if err != nil {
		return err
	}
	var list struct {
		Snapshots []struct {
			Requests int `json:"requests"`
		} `json:"snapshots"`
	}
	if err := json.Unmarshal(out, &list); err != nil {
		return err
	}
	if len(list.Snapshots) != n.Options.Nights {
		return fmt.Errorf("%d snapshots after %d nights", len(list.Snapshots), n.Options.Nights)
	}
	most := 0
	for _, s := range list.Snapshots {
		most = max(most, s.Requests)
	}
	n.add(asked, idpsnap, requests, float64(most))
	n.add(asked, plainFetch, requests, float64(len(n.sandbox.pages)))
	return nil
}

// slowNights are like the others, but each request takes its time.
func (n *nights) slowNights(ctx context.Context) error {
	if err := n.sandbox.slowDown(ctx, &n.Options); err != nil {
		return err
	}
	for i := range n.Options.Slow {
		if err := n.sandbox.nightfall(ctx, &n.Options); err != nil {
			return err
		}
		if err := n.read(ctx, slowNight, i); err != nil {
			return fmt.Errorf("slow night %d: %w", i+1, err)
		}
		n.log.say("slow night %d of %d", i+1, n.Options.Slow)
	}
	return nil
}
