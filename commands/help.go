package commands

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"
)

const overview = `idpsnap records the identity providers of Cloudflare Access: it pulls them, with
the SCIM users and groups they have synced, into a versioned history on this
machine, shows and proves what was there when, and puts providers back, or into
another account.

Usage:
  idpsnap COMMAND [arguments and flags, in any order]

Commands:
`

const overviewEnd = `
Environment:
  CLOUDFLARE_API_TOKEN                      the credentials: a token,
  CLOUDFLARE_EMAIL, CLOUDFLARE_API_KEY      or an e-mail address and key; never flags
  CLOUDFLARE_ACCOUNT_ID, CLOUDFLARE_ZONE_ID the target where no flag names one
  CLOUDFLARE_BASE_URL                       another API host
  IDPSNAP_DB, IDPSNAP_CONFIG                as --db and --config
  NO_COLOR                                  no colour, if set to anything

Exit codes:
`

const overviewNext = `
idpsnap help COMMAND says more about one command.
No account at hand? idpsnap demo shows everything on one that it makes up.
`

// newHelp is the help command; it knows all the others.
func newHelp(env Env, all func() []command) command {
	return command{
		name: "help", args: "[COMMAND]", max: 1,
		short: "say what there is, or what one command does",
		exits: []int{exitDone, exitUsage},
		run: func(_ context.Context, args []string) error {
			if len(args) == 0 {
				return writeOverview(env.Stdout, all())
			}
			c, err := find(all(), args[0])
			if err != nil {
				return err
			}
			return writeHelp(env.Stdout, c)
		},
	}
}

func writeOverview(w io.Writer, all []command) error {
	var b strings.Builder
	b.WriteString(overview)
	for _, c := range all {
		fmt.Fprintf(&b, "  %-10s  %s\n", c.name, c.short)
	}
	b.WriteString(overviewEnd)
	for _, row := range outcomes() {
		fmt.Fprintf(&b, "  %3d  %s\n", row.code, row.means)
	}
	b.WriteString(overviewNext)
	_, err := io.WriteString(w, b.String())
	return err
}

// writeHelp says what the command does, with examples and its exit codes.
func writeHelp(w io.Writer, c command) error {
	var b strings.Builder
	fmt.Fprintf(&b, "idpsnap %s: %s\n\nUsage:\n  idpsnap %s [flags]\n", c.name, c.short, strings.TrimSpace(c.name+" "+c.args))
	if c.long != "" {
		fmt.Fprintf(&b, "\n%s\n", strings.TrimSpace(c.long))
	}
	if len(c.examples) > 0 {
		b.WriteString("\nExamples:\n")
		for _, e := range c.examples {
			fmt.Fprintf(&b, "  %s\n", e.line)
			if e.what != "" {
				fmt.Fprintf(&b, "      %s\n", e.what)
			}
		}
	}
	writeFlags(&b, "Flags", c.flags)
	writeFlags(&b, "Flags of every command", new(common).flags())
	b.WriteString("\nExit codes:\n")
	for _, code := range append(slices.Clone(c.exits), exitInterrupted, exitTerminated) {
		fmt.Fprintf(&b, "  %3d  %s\n", code, meaning(code))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func writeFlags(b *strings.Builder, title string, flags []cli.Flag) {
	if len(flags) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s:\n", title)
	tw := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, f := range flags {
		d, ok := f.(cli.DocGenerationFlag)
		if !ok {
			continue
		}
		value, text := placeholder(d.GetUsage())
		left := "--" + f.Names()[0]
		if len(f.Names()) > 1 {
			left = "-" + f.Names()[1] + ", " + left
		}
		if d.TakesValue() {
			left += " " + value
		}
		fmt.Fprintf(tw, "  %s\t%s\n", left, text)
	}
	_ = tw.Flush() // a strings.Builder takes everything
}

// placeholder finds the word in back quotes that stands for a flag's value.
func placeholder(usage string) (value, text string) {
	_, rest, ok := strings.Cut(usage, "`")
	value, _, closed := strings.Cut(rest, "`")
	if !ok || !closed {
		return "VALUE", usage
	}
	return value, strings.ReplaceAll(usage, "`", "")
}

func writeVersion(env Env) error {
	_, err := fmt.Fprintf(env.Stdout, "idpsnap %s\n", env.Version)
	return err
}
