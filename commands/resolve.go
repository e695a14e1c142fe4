package commands

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/idpsnap/idpsnap/report"
	"github.com/idpsnap/idpsnap/snapshot"
	"github.com/idpsnap/idpsnap/store"
)

// state is what a stateRef turned out to mean: a file, a live target, or a
// snapshot in the history.
type state struct {
	text     string  // as typed
	file     string  // path, where it is a file
	read     *opened // the file, where it had to be read to know its target
	live     bool
	of       selection // of a live state, and of a snapshot that was found by its target
	snapshot snapshot.Snapshot
}

// scene is all that states are looked up in.
type scene struct {
	// profile finds a profile by name, or an error that wraps errNoProfile. It is
	// asked only for what can be one.
	profile func(name string) (profile, error)
	// named gives the names of the profiles of a target, sorted. It is asked only where
	// that helps to choose.
	named func(snapshot.Target) []string
	// chosen is the default target that flags or the environment name; ok is false
	// where they name none. It is asked only for a state that names no target.
	chosen func() (_ selection, ok bool, _ error)
	// history gives every snapshot, oldest first, or an error that wraps
	// store.ErrNoHistory. It is asked only where that matters.
	history func() ([]snapshot.Snapshot, error)
	// forgotten gives the snapshots that the history held once, oldest first. It is
	// asked only for an id that no snapshot has.
	forgotten func() ([]snapshot.Forgotten, error)
	now       time.Time
}

// resolve finds what a state means.
func (sc scene) resolve(text string) (state, error) {
	ref, err := parseState(text)
	if err != nil {
		return state{}, err
	}
	switch ref.form {
	case formFile:
		return state{text: text, file: ref.path}, nil
	case formID:
		return sc.byID(ref, true)
	case formName:
		if ref.id != "" {
			return sc.byID(ref, false)
		}
		st, err := sc.at(ref) // its revision is live
		if errors.Is(err, errNoProfile) {
			all, _ := sc.history() // what is in it may help; that there is none does not
			return state{}, unknownName(ref.target, err, all)
		}
		return st, err
	case formRev:
	}
	return sc.at(ref)
}

// at finds a revision of a target.
func (sc scene) at(ref stateRef) (state, error) {
	sel, err := sc.target(ref)
	if err != nil {
		return state{}, err
	}
	if ref.rev.kind == revLive {
		return state{text: ref.text, live: true, of: sel}, nil
	}
	all, err := sc.history()
	if err != nil {
		return state{}, err
	}
	sn, err := pickRev(of(all, sel.target), ref, sc.now, sel)
	return state{text: ref.text, of: sel, snapshot: sn}, err
}

// label begins an error about the state; where a target is all that is wanted,
// there is none.
func (ref stateRef) label() string {
	if ref.text == "" {
		return ""
	}
	return "state " + ref.text + ": "
}

// target finds the target of a reference; where it names none, that is the
// chosen one, or the only one that the history holds.
func (sc scene) target(ref stateRef) (selection, error) {
	switch {
	case strings.HasPrefix(ref.target, "account:") || strings.HasPrefix(ref.target, "zone:"):
		t, err := snapshot.ParseTarget(ref.target)
		if err != nil {
			return selection{}, usage("write account:<id> or zone:<id>", "%v", err)
		}
		return selection{target: t}, nil
	case ref.target != "":
		if !profileName.MatchString(ref.target) {
			return selection{}, usage(grammarHint, "%q of state %q is no target", ref.target, ref.text)
		}
		p, err := sc.profile(ref.target)
		if errors.Is(err, errNoProfile) {
			f := failure{}.withOwnHint(err)
			return selection{}, &problem{class: errNotFound, cause: errNoProfile, text: err.Error(), hint: f.hint}
		}
		if err != nil {
			return selection{}, err
		}
		return p.selection()
	}
	if sel, ok, err := sc.chosen(); ok || err != nil {
		return sel, err
	}
	all, err := sc.history()
	if err != nil {
		return selection{}, fmt.Errorf("%sno target is named, and the history tells none: %w", ref.label(), err)
	}
	switch targets := targetsIn(all); len(targets) {
	case 0:
		return selection{}, &problem{class: errNotFound, text: ref.label() + "the history holds no snapshot yet", hint: "idpsnap snapshot takes one"}
	case 1:
		return selection{target: targets[0].Target}, nil
	default:
		return selection{}, sc.manyTargets(ref, targets)
	}
}

// manyTargets is the error for a state without a target where there are more than one.
// A profile's name is what people would rather type.
func (sc scene) manyTargets(ref stateRef, targets []snapshot.Snapshot) error {
	var lines []string
	first := ""
	for _, sn := range targets {
		line := targetLine(sn)
		if names := sc.named(sn.Target); len(names) > 0 {
			line += "  profile " + strings.Join(names, ", ")
			first = cmp.Or(first, names[0])
		}
		lines = append(lines, line)
	}
	hint := "set --account, --zone or --profile"
	if ref.text != "" {
		hint = fmt.Sprintf("write %s@%s, or %s", cmp.Or(first, targets[0].Target.String()), strings.TrimPrefix(ref.text, "@"), hint)
	}
	return usage(hint, "%sthe history holds more than one target:\n%s", ref.label(), strings.Join(lines, "\n"))
}

// pickRev chooses among the snapshots of one target, oldest first.
func pickRev(all []snapshot.Snapshot, ref stateRef, now time.Time, sel selection) (snapshot.Snapshot, error) {
	if len(all) == 0 {
		return snapshot.Snapshot{}, &problem{
			class: errNotFound, text: fmt.Sprintf("state %s: the history holds no snapshot of %s", ref.text, sel),
			hint: fmt.Sprintf("idpsnap snapshot %s takes one", sel.flag()),
		}
	}
	at := ref.rev.at
	switch ref.rev.kind {
	case revLatest:
		regular := slices.DeleteFunc(slices.Clone(all), func(s snapshot.Snapshot) bool { return s.Origin == snapshot.Safety })
		if n := len(regular); ref.rev.back < n {
			return regular[n-1-ref.rev.back], nil
		}
		are := "are"
		if len(regular) == 1 {
			are = "is"
		}
		return snapshot.Snapshot{}, nothing(ref.text, fmt.Sprintf("there %s only %s of %s", are, plural(len(regular), "snapshot"), sel), all...)
	case revAge:
		at = now.Add(-ref.rev.age)
	case revAt, revLive:
	}
	for _, sn := range slices.Backward(all) {
		if sn.Status() == snapshot.Complete && sn.Origin != snapshot.Safety && !sn.TakenAt.After(at) {
			return sn, nil
		}
	}
	none := nothing(ref.text, fmt.Sprintf("no complete snapshot of %s was taken until %s", sel, at.UTC().Format(time.RFC3339)), all...)
	for _, sn := range all {
		if sn.Status() == snapshot.Complete && sn.Origin != snapshot.Safety {
			none.hint = fmt.Sprintf("the oldest complete one is %s", snapshot.ShortID(sn.ID))
			break
		}
	}
	return snapshot.Snapshot{}, none
}

// byID finds a snapshot by its id or the beginning of it, in one target where
// the reference names one.
func (sc scene) byID(ref stateRef, inTarget bool) (state, error) {
	all, err := sc.history()
	if err != nil {
		return state{}, err
	}
	within := func(snapshot.Target) bool { return true }
	if inTarget {
		sel, err := sc.target(ref)
		if err != nil {
			return state{}, err
		}
		all = of(all, sel.target)
		within = func(t snapshot.Target) bool { return t == sel.target }
	}
	found := slices.DeleteFunc(slices.Clone(all), func(s snapshot.Snapshot) bool { return !strings.HasPrefix(s.ID, ref.id) })
	switch len(found) {
	case 0:
		if err := sc.wasForgotten(ref, within); err != nil {
			return state{}, err
		}
		return state{}, nothing(ref.text, "no snapshot's id begins with "+ref.id, all...)
	case 1:
		return state{text: ref.text, snapshot: found[0]}, nil
	}
	return state{}, nothing(ref.text, "more than one snapshot's id begins with "+ref.id, found...)
}

// wasForgotten says of an id that no snapshot has whose it was, and what became of that
// snapshot. It is nil where there was none.
func (sc scene) wasForgotten(ref stateRef, within func(snapshot.Target) bool) error {
	gone, err := sc.forgotten()
	if err != nil {
		return err
	}
	gone = slices.DeleteFunc(slices.Clone(gone), func(f snapshot.Forgotten) bool {
		return !strings.HasPrefix(f.ID, ref.id) || !within(f.Target)
	})
	if len(gone) == 0 {
		return nil
	}
	const most = 10
	var lines []string
	for _, f := range gone[:min(len(gone), most)] {
		lines = append(lines, fmt.Sprintf("snapshot %s of %s, taken %s, was forgotten %s: %s", snapshot.ShortID(f.ID), f.Target,
			f.TakenAt.UTC().Format(time.RFC3339), f.ForgottenAt.UTC().Format(time.RFC3339), report.Safe(f.Why)))
	}
	if more := len(gone) - most; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more that begin so", more))
	}
	return &problem{
		class: errNotFound, cause: store.ErrForgotten, text: fmt.Sprintf("state %s: %s", ref.text, strings.Join(lines, "\n")),
		hint: "no command reads it any more; what it alone held stays in the file until the next idpsnap forget --prune",
	}
}

// unknownName says what a word could have been that is no profile.
func unknownName(name string, err error, all []snapshot.Snapshot) error {
	hint := grammarHint
	var p *problem
	if errors.As(err, &p) {
		hint = p.hint + "; " + hint
	}
	if near := nearest(name, []string{"latest", "live"}); near != "" {
		hint = "did you mean " + near + "?"
	} else if _, err := os.Stat(name); err == nil {
		hint = "did you mean file:" + name + "?"
	} else if onlyHex(name) {
		hint = "a snapshot's id needs at least 4 of its digits"
	}
	text := fmt.Sprintf("%q is neither a state nor a profile", name)
	if len(all) > 0 {
		text += "; the newest snapshots:" + candidateLines(all)
	}
	return &problem{class: errNotFound, text: text, hint: hint}
}

// nothing says that a state was not found, and what there is instead: the newest
// of the candidates.
func nothing(text, why string, candidates ...snapshot.Snapshot) *problem {
	hint := "idpsnap snapshots lists what there is"
	if len(candidates) == 0 {
		hint = "idpsnap snapshot takes one"
	}
	return &problem{class: errNotFound, text: fmt.Sprintf("state %s: %s", text, why) + candidateLines(candidates), hint: hint}
}

// candidateLines lists the newest of some snapshots, which are in the order in which
// they were taken: a line each, the newest first.
func candidateLines(candidates []snapshot.Snapshot) string {
	const most = 10
	var b strings.Builder
	if len(candidates) > most {
		candidates = candidates[len(candidates)-most:]
	}
	for _, sn := range slices.Backward(candidates) {
		fmt.Fprintf(&b, "\n%s  %s  %s", snapshot.ShortID(sn.ID), sn.TakenAt.UTC().Format(time.RFC3339), sn.Target)
		if sn.Status() != snapshot.Complete {
			fmt.Fprintf(&b, "  %s", sn.Status())
		}
		if sn.Origin != snapshot.Ordinary {
			fmt.Fprintf(&b, "  %s", sn.Origin)
		}
	}
	return b.String()
}

func of(all []snapshot.Snapshot, t snapshot.Target) []snapshot.Snapshot {
	return slices.DeleteFunc(slices.Clone(all), func(s snapshot.Snapshot) bool { return s.Target != t })
}

// targetsIn gives the newest snapshot of each target.
func targetsIn(all []snapshot.Snapshot) []snapshot.Snapshot {
	var newest []snapshot.Snapshot
	for _, sn := range slices.Backward(all) {
		if !slices.ContainsFunc(newest, func(s snapshot.Snapshot) bool { return s.Target == sn.Target }) {
			newest = append(newest, sn)
		}
	}
	return newest
}

func targetLine(sn snapshot.Snapshot) string {
	line := sn.Target.String()
	if sn.TargetName != "" {
		line += "  " + sn.TargetName
	}
	return line
}

func onlyHex(s string) bool { return strings.Trim(strings.ToLower(s), "0123456789abcdef") == "" }

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
