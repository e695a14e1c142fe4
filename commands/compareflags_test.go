package commands

import "testing"

func TestPathsAreReadAsTheyAreShown(t *testing.T) {
	for path, want := range map[string]string{
		"/config/claims":            "/config/claims",
		"config.claims":             "/config/claims",
		"scim_config.*":             "/scim_config/*",
		`config."weird name"."a.b"`: "/config/weird name/a.b",
		`"a/b~c\n".x`:               "/a~1b~0c\n/x",
		"a/b.~":                     "/a~1b/~0",
		`config.""`:                 "/config/",
	} {
		if got, err := pointer(path); err != nil || got != want {
			t.Errorf("%s: %q, %v, want %q", path, got, err, want)
		}
	}
	for _, path := range []string{"", "a.", ".a", "a..b", `"a"b`, `"a`, `a."b`} {
		if got, err := pointer(path); err == nil {
			t.Errorf("%s: %q", path, got)
		}
	}
}
