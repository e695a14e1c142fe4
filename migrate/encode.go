package migrate

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/snapshot"
)

var (
	// ErrNotPlan marks bytes that are no plan of this version.
	ErrNotPlan = errors.New("not a plan")
	// ErrEdited marks a plan that is not as it was made.
	ErrEdited = errors.New("the plan was edited after it was made")
	// ErrStale marks a target that is not as it was when the plan was made.
	ErrStale = errors.New("the target has changed since the plan was made")
)

// Encode gives the plan as JSON for people and programs, with a new line at its end.
func (p *Plan) Encode() ([]byte, error) {
	raw, err := encode(p)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// ParsePlan reads what Encode wrote, or the document in which --json shows a plan. Its
// errors wrap ErrNotPlan or ErrEdited.
func ParsePlan(data []byte) (*Plan, error) { return parsePlan(data, true) }

// parsePlan is ParsePlan; where it is not strict, for a plan that was carried out, maybe
// by a newer program, whose words need not all be known.
func parsePlan(data []byte, strict bool) (*Plan, error) {
	var wrapped struct {
		Plan json.RawMessage `json:"plan"`
	}
	if json.Unmarshal(data, &wrapped) == nil && wrapped.Plan != nil {
		data = wrapped.Plan
	}
	var p Plan
	d := json.NewDecoder(bytes.NewReader(data))
	if strict { // what is not understood is not carried out
		d.DisallowUnknownFields()
	}
	if err := d.Decode(&p); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotPlan, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: something follows it", ErrNotPlan)
	}
	if p.FormatVersion != FormatVersion || p.Digest == "" {
		return nil, fmt.Errorf("%w of format %s", ErrNotPlan, FormatVersion)
	}
	digest, err := digestOf(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotPlan, err)
	}
	if digest != p.Digest {
		return nil, ErrEdited
	}
	return &p, nil
}

// Override is the plan with more guards let pass: those of the codes, and, where so
// many are allowed, that of updates and deletions.
func (p *Plan) Override(codes []GuardCode, maxChanges int) (*Plan, error) {
	out := *p
	out.Options.Allow = slices.Clone(p.Options.Allow)
	for _, c := range codes {
		if !slices.Contains(out.Options.Allow, c) {
			out.Options.Allow = append(out.Options.Allow, c)
		}
	}
	out.Options.MaxChanges = max(p.Options.MaxChanges, maxChanges)
	out.Guards = slices.Clone(p.Guards)
	for i := range out.Guards {
		g := &out.Guards[i]
		switch g.Code {
		case GuardMaxChanges:
			g.Overridden = p.changed() <= out.Options.MaxChanges
		case GuardEncryption: // what would be sent is another thing then
		default:
			g.Overridden = slices.Contains(out.Options.Allow, g.Code)
		}
	}
	var err error
	out.Digest, err = out.digest()
	return &out, err
}

// changed counts the providers that exist and are updated or deleted.
func (p *Plan) changed() int {
	n := 0
	for _, a := range p.Actions {
		if a.Kind == snapshot.IdentityProvider && (a.Action == Update || a.Action == Delete) {
			n++
		}
	}
	return n
}

// digest is over the plan without its digest, in canonical form.
func (p *Plan) digest() (string, error) {
	raw, err := encode(p)
	if err != nil {
		return "", err
	}
	return digestOf(raw)
}

// digestOf is over the text of a plan, so that it also holds for what a newer program
// has put into it.
func digestOf(plan []byte) (string, error) {
	bare, err := without(plan, "/digest")
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(ordered(bare))
	return hex.EncodeToString(sum[:]), nil
}

// ordered is the value with the members of all objects sorted. Nothing is left out of
// it, as it would be of a document: what a plan calls secrets are their names.
func ordered(value json.RawMessage) json.RawMessage {
	switch kindOf(value) {
	case '{':
		members := membersOf(value)
		for i, m := range members {
			members[i].value = ordered(m.value)
		}
		return object(members)
	case '[':
		list := elementsOf(value)
		for i, v := range list {
			list[i] = ordered(v)
		}
		return array(list)
	case '"': // however its characters are escaped
		if plain, err := encode(textOf(value)); err == nil {
			return plain
		}
	}
	return value
}

// Fingerprint is over all of a target that a plan relies on.
func Fingerprint(target State) (string, error) {
	list := slices.Clone(target.Providers)
	known := map[string]bool{}
	for _, r := range target.Providers {
		known[r.ID] = true
	}
	for _, r := range target.References {
		for id := range mentions(r) {
			if known[id] {
				list = append(list, r)
				break
			}
		}
	}
	lines := []string{target.Snapshot.Target.String()}
	for _, r := range list {
		mark, err := fingerprint(r.Kind, r.Document)
		if err != nil {
			return "", err
		}
		lines = append(lines, fmt.Sprintf("%s %s %s", r.Kind, r.ID, mark))
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:]), nil
}
