package commands

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/idpsnap/idpsnap/report"
	"github.com/idpsnap/idpsnap/sandbox"
)

type sandboxArgs struct {
	listen      string
	load        cli.StringSlice
	users       int
	switches    cli.StringSlice
	noRateLimit bool
}

func newSandbox(env Env) command {
	a := new(sandboxArgs)
	return command{
		name:  "sandbox",
		short: "serve a Cloudflare on this machine, to try everything on",
		long: `
Serves a stand-in for Cloudflare Access: two accounts and a zone that do not exist,
with identity providers, SCIM users and groups, apps, policies and groups. It
prints what to export so that idpsnap, curl or anything else talks to it, and
serves until Ctrl-C; what was done to it is then gone. It listens on this machine
only.

--load fills it with your own: answers of the API that were recorded, or what
idpsnap export STATE wrote, or show STATE --json printed; what it prints to export
is then the first of these targets. curl http://127.0.0.1:8787/sandbox/ says how to
change things in it and how to make it fail.`,
		examples: []example{
			{"idpsnap sandbox", "then, in another terminal, paste what it printed and run idpsnap snapshot"},
			{"idpsnap export prod@latest --out prod.json && idpsnap sandbox --load prod.json", "a copy of an account"},
			{"idpsnap sandbox --users 100000 --no-rate-limit", ""},
			{"idpsnap sandbox --switch secrets=mask --switch order=shuffled", "curl …/sandbox/switches lists them"},
		},
		exits:    []int{exitDone, exitFailed, exitNotFound, exitUsage},
		noResult: true,
		flags: []cli.Flag{
			&cli.StringFlag{Name: "listen", Value: "127.0.0.1:8787", Destination: &a.listen, Usage: "`ADDRESS` of this machine to listen on (default 127.0.0.1:8787; port 0 is any)"},
			&cli.StringSliceFlag{Name: "load", Destination: &a.load, Usage: "`FILE` to fill it from; may be given again"},
			&cli.IntFlag{Name: "users", Destination: &a.users, Usage: "make this `NUMBER` of SCIM users more in the first account"},
			&cli.StringSliceFlag{Name: "switch", Destination: &a.switches, Usage: "`NAME=VALUE` to set at the start; may be given again"},
			&cli.BoolFlag{Name: "no-rate-limit", Destination: &a.noRateLimit, Usage: "lift the rate budget"},
		},
		run: func(ctx context.Context, _ []string) error { return runSandbox(ctx, env, a) },
	}
}

func runSandbox(ctx context.Context, env Env, a *sandboxArgs) error {
	if err := onlyHere(a.listen); err != nil {
		return err
	}
	server, err := a.world(env)
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", a.listen)
	if err != nil {
		return &problem{class: err, text: fmt.Sprintf("listen on %s: %v", a.listen, err), hint: "--listen 127.0.0.1:0 takes any port that is free"}
	}
	if err := writeExports(env, "http://"+listener.Addr().String(), server); err != nil {
		return err
	}
	return serve(ctx, server, listener)
}

// world makes what is served.
func (a *sandboxArgs) world(env Env) (*sandbox.Server, error) {
	server := sandbox.DefaultWorld(sandbox.Options{Now: env.Now, Sleep: env.Sleep, Seed: 1})
	switches := a.switches.Value()
	if a.noRateLimit {
		switches = append(switches, "rate-limit=off")
	}
	for _, s := range switches {
		name, value, ok := strings.Cut(s, "=")
		if !ok {
			return nil, usage("--switch secrets=mask", "--switch wants NAME=VALUE, not %q", s)
		}
		if err := server.Switch(name, value); err != nil {
			return nil, usage("curl …/sandbox/switches describes them", "--switch: %v", err)
		}
	}
	if a.users < 0 || a.users > 1_000_000 {
		return nil, usage("--users 100000", "--users wants a number up to 1000000, not %d", a.users)
	}
	if a.users > 0 {
		if err := server.Populate("account:"+sandbox.DefaultAccount, sandbox.Population{Users: a.users, Groups: a.users / 50}); err != nil {
			return nil, err
		}
	}
	for _, path := range a.load.Value() {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, &problem{class: errNotFound, text: fmt.Sprintf("--load: %v", err), hint: "idpsnap export STATE --out FILE makes one"}
		}
		if err := server.Load(data); err != nil {
			return nil, fmt.Errorf("--load %s: %w", path, err)
		}
	}
	return server, nil
}

// onlyHere refuses an address that others could reach: whoever reaches the
// sandbox may do anything with it, and it may hold a copy of an account.
func onlyHere(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return usage("--listen 127.0.0.1:8787", "--listen %s: want an address and a port", address)
	}
	if ip, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !ip.Unmap().IsLoopback()) {
		return usage("--listen 127.0.0.1:8787; ssh -L 8787:127.0.0.1:8787 reaches it from elsewhere",
			"--listen %s: the sandbox is for this machine only", address)
	}
	return nil
}

// writeExports prints lines for a shell to take in: for the first target that was
// loaded, else for the sandbox's own account.
func writeExports(env Env, url string, server *sandbox.Server) error {
	targets := server.Targets()
	chosen, note := "account:"+sandbox.DefaultAccount, "Nothing in it is real."
	if i := slices.IndexFunc(targets, func(t sandbox.TargetInfo) bool { return t.Loaded }); i >= 0 {
		chosen, note = targets[i].Target, "It holds what was loaded; nothing that is done to it reaches Cloudflare."
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# The sandbox listens. %s Paste these into another terminal:\n", note)
	fmt.Fprintf(&b, "export CLOUDFLARE_BASE_URL=%s/client/v4\n", url)
	fmt.Fprintf(&b, "export CLOUDFLARE_API_TOKEN=%s\n", sandbox.DefaultToken)
	if zone, ok := strings.CutPrefix(chosen, "zone:"); ok {
		fmt.Fprintf(&b, "export CLOUDFLARE_ZONE_ID=%s; unset CLOUDFLARE_ACCOUNT_ID\n", zone)
	} else {
		fmt.Fprintf(&b, "export CLOUDFLARE_ACCOUNT_ID=%s\n", strings.TrimPrefix(chosen, "account:"))
	}
	b.WriteString("# What else there is, for --account and --zone:\n")
	for _, t := range targets {
		if t.Target != chosen {
			fmt.Fprintf(&b, "#   %s  %s\n", t.Target, report.Safe(t.Name))
		}
	}
	fmt.Fprintf(&b, "# curl %s/sandbox/ says how to change things in it. Ctrl-C ends it.\n", url)
	_, err := env.Stdout.Write([]byte(b.String()))
	return err
}

// serve answers until the context ends, which is the way to end it.
func serve(ctx context.Context, handler http.Handler, listener net.Listener) error {
	server := &http.Server{Handler: onlyAsked(handler), ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		_ = server.Close() // whoever still listens has had time
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// onlyAsked refuses what a page in a browser of this machine could send: a name
// that was made to lead here, or a request from another origin.
func onlyAsked(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if onlyHere(r.Host) != nil || r.Header.Get("Origin") != "" {
			http.Error(w, "the sandbox is for programs on this machine", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}
