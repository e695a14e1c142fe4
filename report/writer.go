package report

import (
	"bufio"
	"fmt"
	"io"
)

// writer buffers what is printed and remembers its first error, so that the
// printing code need not look at any.
type writer struct {
	buf *bufio.Writer
	err error
}

func newWriter(w io.Writer) *writer { return &writer{buf: bufio.NewWriterSize(w, 64<<10)} }

// Write implements io.Writer. After an error it writes nothing more.
func (w *writer) Write(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	n, err := w.buf.Write(p)
	w.err = err
	return n, err
}

func (w *writer) print(parts ...string) {
	for _, p := range parts {
		if w.err == nil {
			_, w.err = w.buf.WriteString(p)
		}
	}
}

func (w *writer) printf(format string, args ...any) { fmt.Fprintf(w, format, args...) }

// end writes what is still buffered and gives the first error there was.
func (w *writer) end() error {
	if w.err == nil {
		w.err = w.buf.Flush()
	}
	if w.err != nil {
		return fmt.Errorf("write result: %w", w.err)
	}
	return nil
}
