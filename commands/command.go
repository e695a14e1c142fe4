package commands

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"
)

// command is one verb of the program: what its help says, its flags, and the
// function that does the work.
type command struct {
	name     string
	args     string   // as the usage line shows them: "STATE [RESOURCE]"
	min, max int      // how many arguments
	words    []string // that the first argument may be, where they are few
	short    string
	long     string
	examples []example
	exits    []int
	flags    []cli.Flag // its own; those of every command are added
	noResult bool       // that --json could print
	run      func(ctx context.Context, args []string) error
}

// example is a command line and what it is good for.
type example struct{ line, what string }

// common are the settings of flags that every command has.
type common struct {
	json      bool
	quiet     bool
	verbose   bool
	noColor   bool
	logFormat string
}

// flags of every command.
func (c *common) flags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "json", Destination: &c.json, Usage: "the result, where there is one, as one JSON document; errors as JSON on stderr"},
		&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Destination: &c.quiet, Usage: "no progress and no notes on stderr, errors only"},
		&cli.BoolFlag{Name: "verbose", Destination: &c.verbose, Usage: "say more on stderr"},
		&cli.StringFlag{Name: "log-format", Value: "text", Destination: &c.logFormat, Usage: "`FORMAT` of what is said on stderr: text or json"},
		&cli.BoolFlag{Name: "no-color", Destination: &c.noColor, Usage: "no colour (as NO_COLOR=1)"},
		&cli.BoolFlag{Name: "help", Aliases: []string{"h"}, Usage: "show this"},
	}
}

// format is the name of the printer to use.
func (c *common) format() string {
	if c.json {
		return "json"
	}
	return "text"
}

func (c *common) check() error {
	if c.logFormat != "text" && c.logFormat != "json" {
		return usage("--log-format text, or --log-format json", "unknown log format %q", c.logFormat)
	}
	if c.quiet && c.verbose {
		return usage("leave one of them out", "--quiet and --verbose contradict each other")
	}
	return nil
}

// cli turns the command into one of the framework's. The framework's help is
// off: it prints to stdout where the usage is wrong.
func (c command) cli(shared *common) *cli.Command {
	return &cli.Command{
		Name:            c.name,
		Flags:           append(c.flags, shared.flags()...),
		HideHelp:        true,
		HideHelpCommand: true,
		OnUsageError:    func(_ *cli.Context, err error, _ bool) error { return badValue(c.name, c.flags, err) },
		Action: func(cc *cli.Context) error {
			if err := shared.check(); err != nil {
				return err
			}
			if c.noResult && shared.json {
				return usage("leave it out", "--json has no meaning for %s", c.name)
			}
			args := cc.Args().Slice()
			if err := c.checkArgs(args); err != nil {
				return err
			}
			return c.run(cc.Context, args)
		},
	}
}

func (c command) checkArgs(args []string) error {
	if len(args) < c.min {
		return usage(c.typed(), "%s needs %s", c.name, c.args)
	}
	if len(args) > c.max {
		return usage(helpHint(c.name), "%s takes no argument %q", c.name, args[c.max])
	}
	for _, a := range args {
		if a == "" {
			return usage("is a variable empty that should not be?", "an argument of %s is empty", c.name)
		}
	}
	return nil
}

// typed is what to type where an argument is missing: what may stand there, if that is
// one of a few words, else an example.
func (c command) typed() string {
	switch {
	case len(c.words) > 0:
		return c.args + " is one of " + strings.Join(c.words, ", ") + "; " + helpHint(c.name) + " says more"
	case len(c.examples) > 0:
		return "such as " + c.examples[0].line + "; " + helpHint(c.name) + " says more"
	}
	return helpHint(c.name)
}

// badValue says of a flag's value what is wrong with it, in our words.
func badValue(command string, flags []cli.Flag, err error) error {
	text := strings.TrimSuffix(err.Error(), ": parse error")
	text = strings.Replace(text, "for flag -", "for flag --", 1)
	for _, f := range flags {
		_, isTime := f.(*cli.DurationFlag)
		flag := "--" + f.Names()[0]
		before, found := strings.CutSuffix(text, " for flag "+flag)
		if !isTime || !found {
			continue
		}
		value, err := strconv.Unquote(strings.TrimPrefix(before, "invalid value "))
		if _, seconds := strconv.ParseUint(value, 10, 16); err != nil || seconds != nil {
			value = "90"
		}
		return usage(flag+" "+value+"s", "%s: want a time such as 90s or 5m", text)
	}
	return usage(helpHint(command), "%s", text)
}

// dispatch runs the command line: the framework with its traps disarmed.
func dispatch(ctx context.Context, env Env, all []command, shared *common, args []string) error {
	flags, rest, err := leading(shared, args)
	if err != nil {
		return err
	}
	if len(rest) == 0 {
		return noCommand(env, all, flags)
	}
	c, err := find(all, rest[0])
	if err != nil {
		return err
	}
	app := &cli.App{
		Name:            "idpsnap",
		HideHelp:        true,
		HideHelpCommand: true,
		HideVersion:     true,
		// A name may have a comma in it.
		DisableSliceFlagSeparator: true,

		Writer:         env.Stderr,
		ErrWriter:      env.Stderr,
		ExitErrHandler: func(*cli.Context, error) {},
		OnUsageError:   func(_ *cli.Context, err error, _ bool) error { return badValue("", nil, err) },
		Action:         func(*cli.Context) error { return errors.New("no command was run") },
		Commands:       []*cli.Command{c.cli(shared)},
	}
	table := tableOf(app.Commands[0].Flags)
	flags, words, err := table.split(c.name, append(flags, rest[1:]...))
	if err != nil {
		return err
	}
	for _, f := range flags {
		// The framework would answer --help itself, even with its help off.
		if asksForHelp(f) {
			return writeHelp(env.Stdout, c)
		}
	}
	line := append([]string{"idpsnap", c.name}, flags...)
	return app.RunContext(ctx, append(append(line, "--"), words...))
}

// leading takes what stands before the command's name: flags that every command
// has.
func leading(shared *common, args []string) (flags, rest []string, err error) {
	table := tableOf(append(shared.flags(), new(historyArgs).flags()...))
	for i := 0; i < len(args); i++ {
		if !looksLikeFlag(args[i]) {
			return flags, args[i:], nil
		}
		name, _, has := cutFlag(args[i])
		if name == "version" {
			return []string{"--version"}, nil, nil
		}
		if _, known := table[name]; !known {
			return nil, nil, unknownFlag("", args[i], append(table.full(), "--version"))
		}
		n := 1
		if table[name].takes && !has && i+1 < len(args) {
			n = 2
		}
		got, _, err := table.split("", args[i:i+n])
		if err != nil {
			return nil, nil, err
		}
		flags = append(flags, got...)
		i += n - 1
	}
	return flags, nil, nil
}

func noCommand(env Env, all []command, flags []string) error {
	for _, f := range flags {
		switch {
		case f == "--version":
			return writeVersion(env)
		case asksForHelp(f):
			return writeOverview(env.Stdout, all)
		}
	}
	return usage("idpsnap help lists the commands; idpsnap demo shows them at work, no account needed", "no command given")
}

func asksForHelp(flag string) bool {
	name, _, _ := cutFlag(flag)
	return name == "help" || name == "h"
}

func find(all []command, name string) (command, error) {
	var names []string
	for _, c := range all {
		if c.name == name {
			return c, nil
		}
		names = append(names, c.name)
	}
	hint := "idpsnap help lists the commands"
	if near := nearest(name, names); near != "" {
		hint = "did you mean idpsnap " + near + "?"
	}
	return command{}, usage(hint, "unknown command %q", name)
}
