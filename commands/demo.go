package commands

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fatih/color"
	"github.com/urfave/cli/v2"

	"github.com/idpsnap/idpsnap/report"
	"github.com/idpsnap/idpsnap/sandbox"
	"github.com/idpsnap/idpsnap/snapshot"
)

func newDemo(env Env, shared *common) command {
	var dir string
	return command{
		name:  "demo",
		short: "the whole story in one command, no account needed",
		long: `
Makes up a Cloudflare account in this process, takes a snapshot of it, lets a day
pass on which somebody joins, somebody leaves and a provider's issuer is changed,
takes another snapshot, and asks what happened; then somebody deletes a provider,
and it is put back, and in the end all of them move to a second account. Every
command that it types is printed with what it really says. The story's clock is
behind yours, so that it ends in the past. Nothing leaves this machine; your
credentials, profiles and history are not touched. The demo's own history is kept,
for you to play with.`,
		examples: []example{{"idpsnap demo", ""}},
		exits:    []int{exitDone, exitFailed, exitUsage},
		noResult: true,
		flags: []cli.Flag{
			&cli.StringFlag{Name: "dir", Destination: &dir, Usage: "`DIRECTORY` for the demo's history (default: a new temporary one)"},
		},
		run: func(ctx context.Context, _ []string) error { return runDemo(ctx, env, shared, dir) },
	}
}

// demoLasts is how long before the day on which it is told the story begins: two nights,
// a month, and a day to spare.
const demoLasts = 33 * 24 * time.Hour

const demoAccount = "account:" + sandbox.DefaultAccount

// demo is a story in which commands are typed.
type demo struct {
	env    Env // of the commands: their world is made up
	shared *common
	server *sandbox.Server
	clock  time.Time
	db     string
}

func runDemo(ctx context.Context, env Env, shared *common, dir string) error {
	var err error
	if dir == "" {
		dir, err = os.MkdirTemp("", "idpsnap-demo-")
	} else {
		err = os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return &problem{class: err, text: fmt.Sprintf("make a directory for the demo: %v", err), hint: "--dir DIRECTORY names another"}
	}
	d := &demo{shared: shared, db: filepath.Join(dir, "history.db")}
	if _, err := os.Stat(d.db); err == nil {
		return usage("--dir DIRECTORY wants one without a history", "%s exists: the demo makes its own", d.db)
	}
	// The story begins at two in the morning, when cron would run, and so long ago that it
	// ends in the past: nothing that keeps time takes a snapshot of tomorrow.
	d.clock = env.Now().UTC().Truncate(24 * time.Hour).Add(2*time.Hour - demoLasts)
	d.env = d.world(env)
	d.server = sandbox.DefaultWorld(sandbox.Options{Now: d.env.Now, Sleep: env.Sleep, Seed: 1})
	d.env.HTTP = roundTripper(func(req *http.Request) (*http.Response, error) { return inProcess(d.server, req) })
	return d.tell(ctx)
}

// world is an Env in which there is nothing but the demo.
func (d *demo) world(env Env) Env {
	begin := env.Now()
	story := env
	story.Now = func() time.Time { return d.clock.Add(env.Now().Sub(begin)) }
	story.Stdin = strings.NewReader("")
	story.Stderr = io.Discard // progress and notes would only disturb; errors come back
	story.Terminal = false
	vars := map[string]string{ //nolint:gosec // made up
		"CLOUDFLARE_BASE_URL":   "http://localhost/client/v4",
		"CLOUDFLARE_API_TOKEN":  sandbox.DefaultToken,
		"CLOUDFLARE_ACCOUNT_ID": sandbox.DefaultAccount,
		"IDPSNAP_DB":            d.db,
		"HOME":                  filepath.Dir(d.db),
		"OKTA_SECRET":           "made-up-by-the-demo",
		"NO_COLOR":              env.Getenv("NO_COLOR"),
		"TERM":                  env.Getenv("TERM"),
	}
	story.Getenv = func(name string) string { return vars[name] }
	return story
}

func (d *demo) tell(ctx context.Context) error {
	d.say("A Cloudflare account that does not exist, and a history in %s.", d.db)
	d.say("It is two in the morning of %s, and cron runs:", d.clock.Format(time.DateOnly))
	if err := d.types(ctx, "snapshot", "--note", "the first night"); err != nil {
		return err
	}
	d.clock = d.clock.Add(8 * time.Hour) // ten in the morning
	provider, joiner, leaver, err := d.day()
	if err != nil {
		return err
	}
	d.clock = d.clock.Add(16 * time.Hour)
	d.say("A day passes. %s joins, %s leaves, and somebody gives %q another issuer and lets it sign no requests.",
		joiner.Name(), leaver.Name(), provider)
	d.say("Two in the morning again:")
	for _, step := range []struct {
		say  string
		line []string
	}{
		{"", []string{"snapshot", "--note", "the second night"}},
		{"What the history holds:", []string{"snapshots"}},
		{"At three, nobody can sign in any more. What has changed since last night?", []string{"diff", "latest~1", "latest"}},
		{"Since when? All that the history knows of it:", []string{"log", provider}},
		{"What it was the night before, all of it:", []string{"show", "latest~1", provider}},
		{"Who was it that left?", []string{"log", leaver.Summary().Email}},
		{"And the one who joined:", []string{"show", "latest", joiner.Summary().Email}},
		{"Nothing has changed since. In cron, this line is silent on such a night and ends with 2 on others:", []string{"diff", "latest", "live", "--exit-code"}},
	} {
		if step.say != "" {
			d.say("%s", step.say)
		}
		if err := d.types(ctx, step.line...); err != nil {
			return err
		}
	}
	if err := d.putsBack(ctx, provider); err != nil {
		return err
	}
	if err := d.moves(ctx); err != nil {
		return err
	}
	d.say("That nobody has touched the history since:")
	if err := d.types(ctx, "verify"); err != nil {
		return err
	}
	d.say("That was all. The history is yours to look at:")
	d.say("  export IDPSNAP_DB=%s", d.db)
	d.say("  idpsnap snapshots")
	d.say("idpsnap sandbox serves the same account for you to change; rm -r %s throws the history away.", filepath.Dir(d.db))
	return nil
}

// putsBack tells how a provider that was deleted comes back.
func (d *demo) putsBack(ctx context.Context, changed string) error {
	d.clock = d.clock.Add(time.Hour)
	d.say("So %q is put back as it was. It exists, and so keeps its secrets; --yes stands for the account's name, which would be asked for:", changed)
	if err := d.types(ctx, "restore", "latest~1", "--only", changed, "--yes"); err != nil {
		return err
	}
	d.clock = d.clock.Add(time.Hour)
	var id, name string
	for _, p := range d.server.Targets()[0].Providers {
		if p.Type == "okta" {
			id, name = p.ID, p.Name
		}
	}
	if err := d.server.Remove(demoAccount, sandbox.KindProvider, "", id); err != nil {
		return err
	}
	d.say("At four, somebody deletes %q, and does not know what depended on it:", name)
	if err := d.types(ctx, "impact", name, "--state", "latest"); err != nil {
		return err
	}
	d.say("It comes back under a new id: --rewrite-references puts that into the apps, policies and groups that name it, and --scim-secrets-out keeps the SCIM token that Cloudflare tells only once. Its client secret is the one thing that no backup has; here it comes from the environment, and on a terminal it would be asked for:")
	tokens := filepath.Join(filepath.Dir(d.db), "tokens.json")
	err := d.types(ctx, "restore", "latest", "--only", name, "--rewrite-references", "--scim-secrets-out", tokens,
		"--secret", name+".client_secret=env:OKTA_SECRET", "--yes")
	if err != nil {
		return err
	}
	d.clock = d.clock.Add(22 * time.Hour)
	d.say("Two in the morning again:")
	return d.types(ctx, "snapshot", "--note", "the third night")
}

// moves tells how all providers move to the second account.
func (d *demo) moves(ctx context.Context) error {
	dir := filepath.Dir(d.db)
	secrets := filepath.Join(dir, "secrets.yaml")
	d.clock = d.clock.Add(30 * 24 * time.Hour)
	d.say("A month later the company moves to another account. This makes a file for the secrets that have to be collected:")
	if err := d.types(ctx, "secrets", "template", "latest", "--out", secrets); err != nil {
		return err
	}
	if err := fillIn(secrets); err != nil {
		return err
	}
	d.say("Somebody fills it in. The other account has an Okta of its own, with other settings, and little else to sign in with: --on-conflict update and --allow-lockout say that this is meant. Now the move:")
	migrate := []string{
		"migrate", "--from", "latest", "--to", "account:" + sandbox.DefaultSecondAccount, "--on-conflict", "update", "--allow-lockout",
		"--secrets-file", secrets, "--scim-secrets-out", filepath.Join(dir, "moved-tokens.json"), "--yes",
	}
	if err := d.types(ctx, append(migrate, "--checklist", filepath.Join(dir, "moving.html"))...); err != nil {
		return err
	}
	d.say("What is left to do by hand, at each vendor, is in %s. What was written, and what came of it:", filepath.Join(dir, "moving.html"))
	return d.types(ctx, "runs")
}

// fillIn does what a person does with the template of secrets.
func fillIn(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, bytes.ReplaceAll(text, []byte(`: ""`), []byte(`: "made-up-by-the-demo"`)), 0o600) //nolint:gosec // the demo's own file
}

// say tells the story.
func (d *demo) say(format string, args ...any) {
	fmt.Fprintln(d.env.Stdout, report.Safe(fmt.Sprintf(format, args...)))
}

// types runs a command line and shows it as a shell would.
func (d *demo) types(ctx context.Context, args ...string) error {
	prompt := color.New(color.Bold)
	prompt.DisableColor()
	if d.env.OutTerminal && !d.shared.noColor && d.env.Getenv("NO_COLOR") == "" {
		prompt.EnableColor()
	}
	fmt.Fprintf(d.env.Stdout, "\n%s\n", prompt.Sprint("$ idpsnap "+shellLine(args)))
	if d.shared.noColor {
		args = append(args, "--no-color")
	}
	shared := new(common)
	err := dispatch(ctx, d.env, all(d.env, shared), shared, args)
	fmt.Fprintln(d.env.Stdout)
	return err
}

// shellLine quotes what a shell would take apart.
func shellLine(args []string) string {
	quoted := make([]string, len(args))
	for i, a := range args {
		quoted[i] = a
		if strings.ContainsAny(a, " '\"()&;$") {
			quoted[i] = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}

// day changes the account: a joiner, a leaver, another issuer.
func (d *demo) day() (provider string, joiner, leaver snapshot.Resource, err error) {
	account := d.server.Targets()[0]
	for _, p := range account.Providers {
		if joiner.ID == "" && p.SCIM && p.Users > 1 {
			if joiner, leaver, err = d.people(p.ID); err != nil {
				return "", joiner, leaver, err
			}
		}
		if field := issuerOf[p.Type]; provider == "" && field != "" {
			provider = p.Name
			if err := d.server.Edit(demoAccount, sandbox.KindProvider, "", p.ID, map[string]json.RawMessage{
				field: json.RawMessage(`"https://sso.corp.example.net/metadata"`), "/config/sign_request": json.RawMessage("false"),
			}); err != nil {
				return "", joiner, leaver, err
			}
		}
	}
	if provider == "" || joiner.ID == "" {
		return "", joiner, leaver, errors.New("the sandbox has nobody to tell a story about")
	}
	return provider, joiner, leaver, nil
}

// issuerOf says where a type of provider has its issuer.
var issuerOf = map[string]string{"saml": "/config/issuer_url"}

// people lets one user leave a provider and another one join it.
func (d *demo) people(provider string) (joiner, leaver snapshot.Resource, err error) {
	ids, err := d.server.IDs(demoAccount, sandbox.KindSCIMUser, provider)
	if err != nil {
		return joiner, leaver, err
	}
	if leaver, err = d.person(provider, ids[len(ids)/2]); err != nil {
		return joiner, leaver, err
	}
	if err := d.server.Leave(demoAccount, provider, leaver.ID); err != nil {
		return joiner, leaver, err
	}
	id, err := d.server.Join(demoAccount, provider)
	if err != nil {
		return joiner, leaver, err
	}
	joiner, err = d.person(provider, id)
	return joiner, leaver, err
}

func (d *demo) person(provider, id string) (snapshot.Resource, error) {
	raw, err := d.server.Stored(demoAccount, sandbox.KindSCIMUser, provider, id)
	return snapshot.Resource{
		Collection: snapshot.Collection{Kind: snapshot.SCIMUser, Provider: provider}, ID: id, Document: raw,
	}, err
}
