package commands

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/idpsnap/idpsnap/cloudflare"
)

// defaultReserve is the share of the rate budget that is left to others.
const defaultReserve = 0.2

// connection is what a client needs beside a target. The zero value is one with
// the defaults.
type connection struct {
	parallelism int
	budget      func(cloudflare.Credentials) *cloudflare.Budget
	wrap        func(http.RoundTripper) http.RoundTripper
	waiting     func(reason string, d time.Duration)
	writes      bool // with the profile's token for that, where it has one
}

// sharedBudgets gives one budget to all clients with the same credentials.
func sharedBudgets(env Env, reserve float64) func(cloudflare.Credentials) *cloudflare.Budget {
	budgets := map[cloudflare.Credentials]*cloudflare.Budget{}
	return func(c cloudflare.Credentials) *cloudflare.Budget {
		if budgets[c] == nil {
			budgets[c] = cloudflare.NewBudget(reserve, env.Now)
		}
		return budgets[c]
	}
}

// client makes a client with the selection's credentials.
func (s selection) client(ctx context.Context, env Env, conn connection) (*cloudflare.Client, error) {
	if conn.writes {
		s = s.writing()
	}
	creds, from, err := s.credentials(ctx, env)
	if err != nil {
		return nil, err
	}
	o := cloudflare.Options{
		BaseURL:     s.profile.BaseURL,
		Credentials: creds,
		HTTP:        env.HTTP,
		Now:         env.Now,
		Sleep:       env.Sleep,
		Random:      env.Random,
		UserAgent:   "idpsnap/" + env.Version,
		Parallelism: conn.parallelism,
		Waiting:     conn.waiting,
	}
	if o.BaseURL == "" {
		o.BaseURL = env.Getenv("CLOUDFLARE_BASE_URL")
	}
	if conn.wrap != nil {
		o.HTTP = conn.wrap(o.HTTP)
	}
	if conn.budget == nil {
		conn.budget = sharedBudgets(env, defaultReserve)
	}
	o.Budget = conn.budget(creds)
	client, err := cloudflare.New(o)
	switch {
	case errors.Is(err, cloudflare.ErrAddress):
		return nil, usage("mend CLOUDFLARE_BASE_URL or the profile's base_url, or unset it", "%v", err)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", from, err)
	}
	return client, nil
}
