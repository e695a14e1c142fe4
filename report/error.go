package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

type errorJSON struct {
	FormatVersion string `json:"format_version"`
	Error         struct {
		Code    int    `json:"code"` // the exit status
		Message string `json:"message"`
		Hint    string `json:"hint"` // what to do next, or ""
	} `json:"error"`
}

// Error tells, on the error stream w, why a command ended with the exit status
// code, and what to do next if hint is not "": as text, or for the format "json"
// as one line of JSON. Lines after the first are indented in text, so that a line
// break in text from outside cannot pass itself off as a message or hint of ours.
// There is nobody to tell that writing failed, so it does not say.
func Error(w io.Writer, format string, code int, message, hint string) {
	if format == "json" {
		e := errorJSON{FormatVersion: formatVersion}
		e.Error.Code, e.Error.Message, e.Error.Hint = code, message, hint
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		_ = enc.Encode(e)
		return
	}
	fmt.Fprintf(w, "idpsnap: %s\n", indented(message))
	if hint != "" {
		fmt.Fprintf(w, "hint: %s\n", indented(hint))
	}
}

func indented(s string) string {
	lines := strings.Split(strings.TrimRight(s, "\n"), "\n")
	for i, l := range lines {
		lines[i] = Safe(l)
	}
	return strings.Join(lines, "\n  ")
}
