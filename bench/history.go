package main

import (
	"context"
	"fmt"
	"os/exec"
)

// history is one of idpsnap's, and how to use it.
type history struct {
	*lab
	path string
	env  []string
}

func (h history) command(ctx context.Context, args ...string) *exec.Cmd {
	env := append(append(h.lab.env(), "IDPSNAP_DB="+h.path), h.env...)
	return command(ctx, h.dir, env, h.program, append(args, "--quiet")...)
}

func (h history) snapshot(ctx context.Context) (usage, error) {
	return timed(h.command(ctx, "snapshot", "--parallelism", fmt.Sprint(parallelism)))
}

// probe is a question to a history that is timed.
type probe struct {
	step, program string
	most          int // times that it is put
	run           func(ctx context.Context) (usage, error)
}

// probes are what is asked of a history of so many nights.
func (h history) probes(nights int, prefix string) (list []probe) {
	state := func(i int) string { return fmt.Sprintf("latest~%d", nights-1-i) }
	for _, q := range []struct {
		step string
		args []string
	}{
		{neighbours, []string{"diff", state(nights - 2), state(nights - 1)}},
		{firstLast, []string{"diff", state(0), state(nights - 1)}},
		{asOf, []string{"show", state(middle(nights)), "--json"}},
		{verified, []string{"verify"}},
	} {
		list = append(list, probe{prefix + q.step, idpsnap, many, func(ctx context.Context) (usage, error) {
			return timed(h.command(ctx, q.args...))
		}})
	}
	return list
}

const many = 1 << 30

// ask puts the questions round by round, so that what else the machine does hits
// all of them alike.
func (l *lab) ask(ctx context.Context, r *record, probes []probe) error {
	for round := range r.Options.Rounds {
		for _, p := range probes {
			if round >= p.most {
				continue
			}
			u, err := p.run(ctx)
			if err != nil {
				return err
			}
			r.took(p.step, p.program, u)
		}
		l.log.say("looked into the history, round %d of %d", round+1, r.Options.Rounds)
	}
	return nil
}
