package main

import (
	"debug/buildinfo"
	"fmt"
)

// build is the program that was measured, as the Go linker noted it in the file.
type build struct {
	Version  string `json:"version,omitempty"`
	Revision string `json:"revision,omitempty"` // of git
	Modified bool   `json:"modified,omitempty"` // since that revision
	Go       string `json:"go,omitempty"`       // it was built with
}

// buildOf reads it. What the file does not say is left out: a run of a program that
// nobody knows is still a run.
func buildOf(path string) (b build) {
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return b
	}
	b.Version, b.Go = info.Main.Version, info.GoVersion
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

func (b build) String() string {
	switch {
	case b.Revision != "" && b.Modified:
		return fmt.Sprintf("idpsnap at %.12s, with changes that were not committed", b.Revision)
	case b.Revision != "":
		return fmt.Sprintf("idpsnap at %.12s", b.Revision)
	case b.Version != "" && b.Version != "(devel)":
		return "idpsnap " + b.Version
	}
	return "idpsnap of a revision that is not known"
}
