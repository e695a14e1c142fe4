package commands

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// plainly says in words of the file, and not of the program, why JSON could not be
// read.
func plainly(err error) error {
	var kind *json.UnmarshalTypeError
	var moment *time.ParseError
	switch {
	case errors.As(err, &kind) && kind.Field == "":
		return errors.New("it has no fields")
	case errors.As(err, &kind):
		return fmt.Errorf("its field %q holds what does not belong there (%s)", kind.Field, kind.Value)
	case errors.As(err, &moment):
		return fmt.Errorf("%.64q is no time such as 2026-06-30T12:00:00Z", moment.Value)
	}
	return err
}
