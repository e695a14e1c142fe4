package commands

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxSecretFile bounds a file of secrets.
const maxSecretFile = 1 << 20

// readSecrets reads a secrets file.
func readSecrets(ctx context.Context, path string) ([]given, error) {
	if path == "-" {
		return nil, usage("--secrets-file /dev/stdin", "--secrets-file does not know - as a name of standard input")
	}
	data, regular, err := readPrivate(ctx, path)
	if err != nil {
		return nil, secretsUnread("secrets file: ", path, "idpsnap secrets template STATE --out FILE makes one to fill in", err)
	}
	all, err := parseSecrets(data, path)
	if err != nil {
		return nil, err
	}
	if regular { // nothing lies beside a pipe
		for i := range all {
			all[i].dir = filepath.Dir(path)
		}
	}
	return all, nil
}

// exposedError says that others may read a file of secrets.
type exposedError struct{ mode fs.FileMode }

func (e *exposedError) Error() string {
	return fmt.Sprintf("it may be read by others (mode %04o)", e.mode)
}

var (
	errTooLarge    = fmt.Errorf("it is larger than %d bytes", maxSecretFile)
	errIsDirectory = errors.New("it is a directory")
)

// readPrivate reads a file that only its owner may read, as ssh wants of a key, or
// what comes out of a pipe. The mode is of what was opened, wherever links lead.
func readPrivate(ctx context.Context, path string) (data []byte, regular bool, err error) {
	type result struct {
		data    []byte
		regular bool
		err     error
	}
	done := make(chan result, 1)
	go func() { // nobody may be writing to the pipe
		var r result
		r.data, r.regular, r.err = openPrivate(path)
		done <- r
	}()
	select {
	case r := <-done:
		return r.data, r.regular, r.err
	case <-ctx.Done():
		return nil, false, context.Cause(ctx)
	}
}

func openPrivate(path string) (data []byte, regular bool, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, false, err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	info, err := f.Stat()
	if err != nil {
		return nil, false, err
	}
	mode := info.Mode()
	switch {
	case mode.IsDir():
		return nil, false, errIsDirectory
	case mode.IsRegular() && mode.Perm()&0o077 != 0:
		return nil, true, &exposedError{mode.Perm()}
	}
	data, err = io.ReadAll(io.LimitReader(f, maxSecretFile+1))
	if err == nil && len(data) > maxSecretFile {
		err = errTooLarge
	}
	return data, mode.IsRegular(), err
}

// secretsUnread says why a file of secrets was not read, and with missing what to do
// where there is none.
func secretsUnread(prefix, path, missing string, err error) error {
	var exposed *exposedError
	var at *fs.PathError
	hint := "is it the right file?"
	switch {
	case errors.As(err, &exposed):
		hint = shellLine([]string{"chmod", "600", path})
	case errors.Is(err, fs.ErrNotExist):
		hint = missing
	case errors.Is(err, fs.ErrPermission):
		hint = "let this user read it"
	}
	if errors.As(err, &at) {
		err = at.Err // the path is said here
	}
	return &problem{class: errRefused, text: prefix + path + ": " + err.Error(), hint: hint, cause: err}
}

// secretsTop is the one key at the top of a secrets file.
const secretsTop = "identity_providers"

// parseSecrets reads
//
//	identity_providers:
//	  Corp okta:
//	    client_secret: …
//
// as YAML or JSON, which YAML includes. Errors name a line and quote nothing: what
// stands where it does not belong may be a secret.
func parseSecrets(data []byte, path string) ([]given, error) {
	p := secretsParser{path: path}
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // as some editors begin a file
	if !utf8.Valid(data) {
		return nil, p.bad(nil, "it is not text in UTF-8")
	}
	file, err := parseYAML(data)
	if err != nil {
		return nil, p.syntax(err)
	}
	var body ast.Node
	for _, doc := range file.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.DirectiveType {
			continue
		}
		if body != nil {
			return nil, p.bad(doc.Body, "a second document begins here, and one is wanted")
		}
		body = doc.Body
	}
	for _, top := range p.members(body, "the file has one key at its top, "+secretsTop) {
		if top.name != secretsTop {
			return nil, p.bad(top.node, "the file has one key at its top, "+secretsTop+", and this is another one")
		}
		for _, provider := range p.members(top.value, secretsTop+" holds names or ids of providers, and below each its secrets") {
			for _, secret := range p.members(provider.value, "a provider holds its secrets, each on a line: client_secret: …") {
				text := p.text(secret.value)
				p.all = append(p.all, given{
					provider: provider.name, key: secret.name, source: text,
					where: fmt.Sprintf("%s, line %d", path, lineOf(secret.node)),
				})
			}
		}
	}
	return p.all, p.err
}

// parseYAML parses without deciding what the scalars mean. A parser that fell over
// would say over what, so it is not let.
func parseYAML(data []byte) (file *ast.File, err error) {
	defer func() {
		if recover() != nil {
			file, err = nil, errors.New("not YAML")
		}
	}()
	return parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey()) // they are found here, and not quoted
}

// secretsParser remembers the first error.
type secretsParser struct {
	path string
	all  []given
	err  error
}

// member is a key and what it holds.
type member struct {
	name  string
	node  ast.Node
	value ast.Node
}

// members gives what a mapping holds; nothing holds nothing.
func (p *secretsParser) members(node ast.Node, want string) []member {
	var values []*ast.MappingValueNode
	switch n := node.(type) {
	case nil, *ast.NullNode:
		return nil
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		p.fail(node, want)
		return nil
	}
	var all []member
	seen := map[string]bool{}
	for _, v := range values {
		name, ok := scalar(v.Key)
		switch {
		case !ok:
			p.fail(v.Key, "a key is a word or a text in quotes")
			return nil
		case seen[name]:
			p.fail(v.Key, "the same key stands here twice")
			return nil
		}
		seen[name] = true
		all = append(all, member{name, v.Key, v.Value})
	}
	return all
}

// text is a value as it is written: to YAML a secret of digits is a number.
func (p *secretsParser) text(node ast.Node) string {
	switch n := node.(type) {
	case nil, *ast.NullNode:
		return ""
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		p.fail(node, "a value that begins with &, * or ! stands in quotes")
		return ""
	case *ast.LiteralNode:
		return strings.TrimRight(n.Value.Value, "\n") // no secret ends with a new line
	}
	text, ok := scalar(node)
	if !ok {
		p.fail(node, "a secret is one text, not a list or more keys")
	}
	return text
}

// scalar is what a scalar is written as.
func scalar(node any) (string, bool) {
	switch n := node.(type) {
	case *ast.LiteralNode, *ast.MergeKeyNode, *ast.AnchorNode, *ast.AliasNode, *ast.TagNode, *ast.MappingKeyNode:
		return "", false
	case *ast.StringNode:
		return n.Value, true
	case ast.ScalarNode:
		return n.GetToken().Value, true
	}
	return "", false
}

func lineOf(node ast.Node) int {
	if node == nil || node.GetToken() == nil || node.GetToken().Position == nil {
		return 0
	}
	return node.GetToken().Position.Line
}

func (p *secretsParser) fail(node ast.Node, what string) {
	if p.err == nil {
		p.err = p.bad(node, what)
	}
}

func (p *secretsParser) bad(node ast.Node, what string) error {
	return p.atLine(lineOf(node), what)
}

func (p *secretsParser) atLine(line int, what string) error {
	where := p.path
	if line > 0 {
		where = fmt.Sprintf("%s, line %d", p.path, line)
	}
	return usage("mend "+p.path+"; a value with signs in it stands in single quotes", "%s: %s", where, what)
}

// syntax gives the line of an error of the parser, whose text quotes the file.
func (p *secretsParser) syntax(err error) error {
	var of yaml.Error
	if errors.As(err, &of) && of.GetToken() != nil && of.GetToken().Position != nil {
		return p.atLine(of.GetToken().Position.Line, "not YAML, nor JSON")
	}
	return p.atLine(0, "not YAML, nor JSON")
}
