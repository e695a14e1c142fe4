package report

import (
	"io"
	"iter"

	"github.com/idpsnap/idpsnap/snapshot"
)

// ExportFormats lists the formats that Export knows.
func ExportFormats() []string { return []string{"json", "yaml", "csv", "terraform"} }

// Export writes a state for other programs: its resources come in display order, and
// are those of the kinds or, where there are none, all.
//
//	json       what Show prints as JSON; it reads back as a state
//	yaml       the same for people to read; it reads back, too
//	csv        the SCIM users, a line each
//	terraform  the providers, as a configuration of Cloudflare's Terraform provider
//
// CSV and Terraform take what they need of the resources. Terraform writes nothing
// where reading them fails.
func Export(format string, w io.Writer, sn snapshot.Snapshot, resources iter.Seq2[snapshot.Resource, error]) error {
	switch format {
	case "json":
		return jsonPrinter{w}.Show(sn, nil, resources)
	case "yaml":
		return exportYAML(w, sn, resources)
	case "csv":
		return exportUsers(w, sn, resources)
	case "terraform":
		return exportTerraform(w, sn, resources)
	}
	return unknownFormat(format)
}
