package main

import "context"

// look asks the history of the nights, and what the peers have kept, the same
// questions.
func (n *nights) look(ctx context.Context) error {
	all := n.Options.Nights
	if err := n.askAlone(ctx, n.record, n.history, ""); err != nil {
		return err
	}
	probes := n.history.probes(all, "")
	for _, p := range n.peers {
		if err := p.settle(ctx); err != nil {
			return err
		}
		_, program := p.names()
		probes = append(probes, probesOf(p, program, all)...)
	}
	if err := n.ask(ctx, n.record, probes); err != nil {
		return err
	}
	for _, p := range n.peers {
		if g, ok := p.(*git); ok {
			return n.lookPacked(ctx, g)
		}
	}
	return nil
}

// probesOf are the questions to a peer. They take long, so it is asked less often.
func probesOf(p peer, program string, nights int) []probe {
	list := []probe{
		{neighbours, program, 3, func(ctx context.Context) (usage, error) { return p.differ(ctx, nights-2, nights-1) }},
		{firstLast, program, 3, func(ctx context.Context) (usage, error) { return p.differ(ctx, 0, nights-1) }},
		{asOf, program, 3, func(ctx context.Context) (usage, error) { return p.show(ctx, middle(nights)) }},
	}
	if program != gitAsked { // unpacked, git would need minutes
		list = append(list, probe{verified, program, 1, p.check})
	}
	return list
}

// lookPacked asks git again when it has packed what it keeps.
func (n *nights) lookPacked(ctx context.Context, g *git) error {
	u, err := g.pack(ctx)
	if err != nil {
		return err
	}
	n.took(packed, gitAsked, u)
	n.log.say("git gc: %s", seconds(u.wall.Seconds()))
	bytes, err := sizeOf(g.path())
	if err != nil {
		return err
	}
	n.grown(gitPacked, gitAsked, bytes)
	return n.ask(ctx, n.record, probesOf(g, gitPacked, n.Options.Nights))
}
