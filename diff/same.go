package diff

import "github.com/idpsnap/idpsnap/snapshot"

// Fields lists, by path, the settings in which two documents of one resource of one
// target differ. Of the options, AllFields and Ignore count; nothing is weighed.
func Fields(a, b snapshot.Resource, o Options) ([]Field, error) {
	ch, err := resourceChange(&reducer{all: o.AllFields}, &a, &b, compilePatterns(o.Ignore))
	return ch.Fields, err
}
