package report

import (
	"fmt"
	"io"

	"github.com/idpsnap/idpsnap/diff"
	"github.com/idpsnap/idpsnap/snapshot"
)

// Log writes the histories of resources of a target, as text or JSON.
func Log(format string, w io.Writer, target snapshot.Target, lives []diff.Life, o DiffOptions) error {
	switch format {
	case "text":
		return newText(w, o.Style).log(lives, o)
	case "json":
		return jsonPrinter{w}.log(target, lives)
	}
	return unknownFormat(format)
}

func unknownFormat(format string) error { return fmt.Errorf("unknown format %q: text or json", format) }
