package migrate

import (
	"fmt"
	"strconv"
	"strings"
)

// escapes are what names in JSON Pointers (RFC 6901) write in another way.
var (
	escapes   = strings.NewReplacer("~", "~0", "/", "~1")
	unescapes = strings.NewReplacer("~1", "/", "~0", "~")
)

// below is the pointer to what lies below another one.
func below(pointer, name string) string { return pointer + "/" + escapes.Replace(name) }

// stepsOf takes a pointer apart.
func stepsOf(pointer string) ([]string, error) {
	if pointer == "" {
		return nil, nil
	}
	if pointer[0] != '/' {
		return nil, fmt.Errorf("%q is no JSON Pointer: it begins with a slash", pointer)
	}
	steps := strings.Split(pointer[1:], "/")
	for i, s := range steps {
		steps[i] = unescapes.Replace(s)
	}
	return steps, nil
}

// indexOf reads a step into a list of n elements.
func indexOf(step string, n int) (int, bool) {
	i, err := strconv.Atoi(step)
	return i, err == nil && i >= 0 && i < n && strconv.Itoa(i) == step
}

// element is the pointer to an element of a list.
func element(path string, i int) string { return path + "/" + strconv.Itoa(i) }
