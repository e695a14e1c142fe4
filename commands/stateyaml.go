package commands

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// maxYAML bounds a state in YAML, which takes some ten times its size to read.
const maxYAML = 256 << 20

// yamlToJSON gives the JSON that a YAML document says, numbers digit for digit. What
// JSON has no word for, such as anchors, tags and .inf, is refused.
func yamlToJSON(text []byte) ([]byte, error) {
	tokens := lexer.Tokenize(string(text))
	if tooDeep(tokens) {
		return nil, errDeep
	}
	f, err := parser.Parse(tokens, 0)
	if err != nil {
		return nil, notYAML(err)
	}
	if len(f.Docs) != 1 || f.Docs[0].Body == nil {
		return nil, fmt.Errorf("it holds %d documents, not one", len(f.Docs))
	}
	var j jsonOf
	if err := j.node(f.Docs[0].Body, 0); err != nil {
		return nil, err
	}
	return j.out.Bytes(), nil
}

// notYAML says where a text is not YAML, and no more: the parser's own words quote the
// text, which may be people's data.
func notYAML(err error) error {
	var of yaml.Error
	if errors.As(err, &of) && of.GetToken() != nil && of.GetToken().Position != nil {
		line := of.GetToken().Position.Line
		if strings.Contains(of.GetMessage(), "already defined") {
			return fmt.Errorf("line %d has a name that was already defined", line)
		}
		return fmt.Errorf("line %d is not YAML", line)
	}
	return errors.New("it is not YAML")
}

// jsonOf is the JSON of a YAML document.
type jsonOf struct{ out bytes.Buffer }

// maxYAMLDepth is more than a document of idpsnap nests, with what is around it.
const maxYAMLDepth = 250

var errDeep = errors.New("it nests too deep")

// tooDeep finds what nests so deep that the parser, which needs memory by the square of
// the depth, is not to see it: brackets, and dashes behind one another on a line.
func tooDeep(tokens token.Tokens) bool {
	const widest = 4 * maxYAMLDepth // indents of 2 are usual, of 4 not unheard of
	depth := 0
	for _, t := range tokens {
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		case token.SequenceEntryType, token.MappingKeyType:
			if t.Position.Column > widest {
				return true
			}
		default:
		}
		if depth > maxYAMLDepth {
			return true
		}
	}
	return false
}

func (j *jsonOf) node(n ast.Node, depth int) error {
	if depth > maxYAMLDepth {
		return errDeep
	}
	switch n := n.(type) {
	case *ast.MappingNode:
		return j.mapping(n.Values, depth)
	case *ast.MappingValueNode:
		return j.mapping([]*ast.MappingValueNode{n}, depth)
	case *ast.SequenceNode:
		j.out.WriteByte('[')
		for i, v := range n.Values {
			if i > 0 {
				j.out.WriteByte(',')
			}
			if err := j.node(v, depth+1); err != nil {
				return err
			}
		}
		j.out.WriteByte(']')
		return nil
	case *ast.LiteralNode:
		return j.text(n.Value.Value)
	case *ast.NullNode:
		j.out.WriteString("null")
		return nil
	case *ast.BoolNode:
		fmt.Fprint(&j.out, n.Value)
		return nil
	case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode:
		return j.scalar(n.GetToken())
	case nil:
		j.out.WriteString("null")
		return nil
	}
	return fmt.Errorf("line %d: JSON has nothing like %s", n.GetToken().Position.Line, n.Type())
}

func (j *jsonOf) mapping(members []*ast.MappingValueNode, depth int) error {
	j.out.WriteByte('{')
	for i, m := range members {
		if i > 0 {
			j.out.WriteByte(',')
		}
		name, ok := m.Key.(ast.ScalarNode)
		if !ok || m.Key.Type() == ast.MergeKeyType {
			return fmt.Errorf("line %d: JSON has no names like %s", m.GetToken().Position.Line, m.Key.Type())
		}
		if err := j.text(name.GetToken().Value); err != nil {
			return err
		}
		j.out.WriteByte(':')
		if err := j.node(m.Value, depth+1); err != nil {
			return err
		}
	}
	j.out.WriteByte('}')
	return nil
}

// jsonNumber is the grammar of numbers in RFC 8259.
var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// scalar writes a string, or what is not in quotes and reads as a number. The parser
// takes large numbers for strings.
func (j *jsonOf) scalar(t *token.Token) error {
	quoted := t.Type == token.DoubleQuoteType || t.Type == token.SingleQuoteType
	switch {
	case !quoted && jsonNumber.MatchString(t.Value):
		j.out.WriteString(t.Value)
		return nil
	case quoted || t.Type == token.StringType:
		return j.text(t.Value)
	}
	return fmt.Errorf("line %d: JSON has no number like %.20s: a text has to be in quotes", t.Position.Line, t.Value)
}

// text writes a string with the escapes that JSON requires and no others.
func (j *jsonOf) text(s string) error {
	quoted, err := jsontext.AppendQuote(nil, s)
	j.out.Write(quoted)
	return err
}

// exactly gives a document byte for byte as it was exported. YAML has one that it cannot
// hold as the text of its JSON, and beside others how some of their strings were
// written; what somebody changed since is as it is now.
func exactly(document []byte, asSent map[string]string) []byte {
	var whole string
	if len(document) > 0 && document[0] == '"' && json.Unmarshal(document, &whole) == nil {
		return []byte(whole)
	}
	if len(asSent) == 0 {
		return document
	}
	var out []byte
	copied := 0
	dec := jsontext.NewDecoder(bytes.NewReader(document))
	for {
		if dec.PeekKind() != '"' {
			if _, err := dec.ReadToken(); err != nil {
				return append(out, document[copied:]...) // at its end, or where the next reader finds what is wrong
			}
			continue
		}
		within, n := dec.StackIndex(dec.StackDepth())
		text, err := dec.ReadValue()
		if err != nil {
			return document
		}
		sent, ok := asSent[string(dec.StackPointer())]
		var now, then string
		if isName := within == '{' && n%2 == 0; isName || !ok || json.Unmarshal(text, &now) != nil || json.Unmarshal([]byte(sent), &then) != nil || now != then {
			continue
		}
		end := int(dec.InputOffset())
		out = append(append(out, document[copied:end-len(text)]...), strings.TrimSpace(sent)...)
		copied = end
	}
}
