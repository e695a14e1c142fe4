package diff

import "github.com/idpsnap/idpsnap/snapshot"

// Rest counts changes of SCIM users or groups that are not told one by one, because
// Options.Most of their list and action are, which are no less severe.
type Rest struct {
	snapshot.Collection
	ProviderName string
	Action
	Severity Severity
	N        int
}

// counted reports whether changes of the kind are found first, and only those that
// are told of looked at in full: of a long time between two states there are many,
// and nobody reads them all.
func (c *comparison) counted(k snapshot.Kind) bool { return c.o.Most > 0 && k.IsSCIM() }

// tellFew tells of the worst changes of each SCIM list and action, among equals of
// the first, and counts the rest.
func (c *comparison) tellFew() error {
	type list struct {
		slot
		Action
	}
	var order []list
	of := map[list][]*outcome{}
	told := make([]*outcome, 0, len(c.changed))
	for _, ch := range c.changed {
		at := list{ch.slot, ch.Action}
		switch {
		case !c.counted(ch.Kind):
			told = append(told, ch)
			continue
		case ch.Severity < c.o.AtLeast:
			continue
		case of[at] == nil:
			order = append(order, at)
		}
		of[at] = append(of[at], ch)
	}
	for _, at := range order {
		some, err := c.worst(of[at])
		if err != nil {
			return err
		}
		told = append(told, some...)
	}
	c.changed = told
	return nil
}

// worst looks at the worst of some changes in full, and counts the others.
func (c *comparison) worst(all []*outcome) (told []*outcome, err error) {
	r := reducer{all: c.o.AllFields}
	for _, severity := range Severities() {
		rest := Rest{
			Collection: all[0].Collection, ProviderName: c.providerName(all[0].slot),
			Action: all[0].Action, Severity: severity,
		}
		for _, ch := range all {
			switch {
			case ch.Severity != severity:
			case len(told) < c.o.Most:
				full, _, err := c.change(&r, ch.pair)
				if err != nil {
					return nil, err
				}
				if ch.Severity > full.Severity { // a mass
					full.Severity, full.Rule, full.Reason = ch.Severity, ch.Rule, ch.Reason
				}
				told = append(told, &full)
			default:
				rest.N++
			}
		}
		if rest.N > 0 {
			c.result.Rest = append(c.result.Rest, rest)
		}
	}
	return told, nil
}
